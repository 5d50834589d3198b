package callgate.machine.isa;

/** What a parameter of an instruction's method is bound to, by its name; see {@link Insn}. */
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
    HART;

    /** The operands that parameter names, separated by spaces, are bound to. */
    static Operand[] parse(String parameters) {
        if (parameters.isEmpty()) {
            return new Operand[0];
        }
        String[] names = parameters.split(" ");
        Operand[] operands = new Operand[names.length];
        for (int i = 0; i < names.length; i++) {
            operands[i] = of(names[i]);
        }
        return operands;
    }

    private static Operand of(String parameter) {
        return switch (parameter) {
            case "rs1" -> RS1;
            case "rs2" -> RS2;
            case "fs1" -> FS1;
            case "fs2" -> FS2;
            case "fs3" -> FS3;
            case "imm" -> IMM;
            case "shamt" -> SHAMT;
            case "pc" -> PC;
            case "next" -> NEXT;
            case "rm" -> RM;
            case "csr" -> CSR;
            case "uimm" -> UIMM;
            case "raw" -> RAW;
            case "hart" -> HART;
            default ->
                    throw new IllegalArgumentException(
                            "nothing is bound to a parameter named " + parameter);
        };
    }
}
