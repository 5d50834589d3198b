package callgate.machine.isa;

/** What a parameter of an instruction's method is bound to; the constants' names are the parameters' names in capitals. See {@link Insn}. */
public enum Operand {
    RS1,
    RS2,
    FS1,
    FS2,
    FS3,
    IMM,
    SHAMT,
    PC,
    NEXT,
    RM,
    CSR,
    UIMM,
    RAW,
    HART
}
