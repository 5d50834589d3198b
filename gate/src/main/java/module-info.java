/** The trusted border: the only module that may link guest code to the kernel. */
module callgate.gate {
    requires transitive callgate.machine;

    exports callgate.gate;
}
