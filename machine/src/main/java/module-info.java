/**
 * The RISC-V machine: instructions, harts, physical memory and the translator. It knows no Linux.
 */
module callgate.machine {
    exports callgate.machine.memory;
    exports callgate.machine.hart;
    exports callgate.machine.isa;
    exports callgate.machine.link to
            callgate.gate;
}
