package callgate.machine.isa;

/**
 * C: every compressed instruction is another spelling of a 32-bit one, and is expanded into it
 * (unprivileged specification, chapter "C" Extension, tables of quadrants 0 to 2). HINTs expand
 * into instructions that write x0.
 */
final class Compressed {
    private static final int SP = 2;
    private static final int RA = 1;

    private static final int LOAD = 0x03;
    private static final int LOAD_FP = 0x07;
    private static final int OP_IMM = 0x13;
    private static final int OP_IMM_32 = 0x1b;
    private static final int STORE = 0x23;
    private static final int STORE_FP = 0x27;
    private static final int OP = 0x33;
    private static final int LUI = 0x37;
    private static final int OP_32 = 0x3b;
    private static final int BRANCH = 0x63;
    private static final int JALR = 0x67;
    private static final int JAL = 0x6f;
    private static final int EBREAK = 0x0010_0073;

    private static final int WORD = 2;
    private static final int DOUBLE = 3;

    private Compressed() {}

    /** The equivalent 32-bit encoding, or 0 if {@code c} is reserved or illegal. */
    static int expand(int c) {
        int function = c >>> 13 & 7;
        return switch (c & 3) {
            case 0 -> quadrant0(c, function);
            case 1 -> quadrant1(c, function);
            case 2 -> quadrant2(c, function);
            default ->
                    throw new IllegalArgumentException("not compressed: " + Integer.toHexString(c));
        };
    }

    private static int quadrant0(int c, int function) {
        int rd = shortRegister(c >>> 2);
        int rs1 = shortRegister(c >>> 7);
        return switch (function) {
            case 0 -> addi4spn(c, rd);
            case 1 -> immediate(LOAD_FP, DOUBLE, rd, rs1, offset64(c));
            case 2 -> immediate(LOAD, WORD, rd, rs1, offset32(c));
            case 3 -> immediate(LOAD, DOUBLE, rd, rs1, offset64(c));
            case 5 -> store(STORE_FP, DOUBLE, rs1, rd, offset64(c));
            case 6 -> store(STORE, WORD, rs1, rd, offset32(c));
            case 7 -> store(STORE, DOUBLE, rs1, rd, offset64(c));
            default -> 0;
        };
    }

    private static int quadrant1(int c, int function) {
        int rd = c >>> 7 & 31;
        return switch (function) {
            case 0 -> immediate(OP_IMM, 0, rd, rd, immediate6(c));
            case 1 -> rd == 0 ? 0 : immediate(OP_IMM_32, 0, rd, rd, immediate6(c));
            case 2 -> immediate(OP_IMM, 0, rd, 0, immediate6(c));
            case 3 -> rd == SP ? addi16sp(c) : lui(c, rd);
            case 4 -> arithmetic(c);
            case 5 -> jal(0, jumpOffset(c));
            case 6 -> branch(0, shortRegister(c >>> 7), branchOffset(c));
            default -> branch(1, shortRegister(c >>> 7), branchOffset(c));
        };
    }

    private static int quadrant2(int c, int function) {
        int rd = c >>> 7 & 31;
        int rs2 = c >>> 2 & 31;
        return switch (function) {
            case 0 -> immediate(OP_IMM, 1, rd, rd, immediate6(c) & 63);
            case 1 -> immediate(LOAD_FP, DOUBLE, rd, SP, stackLoad64(c));
            case 2 -> rd == 0 ? 0 : immediate(LOAD, WORD, rd, SP, stackLoad32(c));
            case 3 -> rd == 0 ? 0 : immediate(LOAD, DOUBLE, rd, SP, stackLoad64(c));
            case 4 -> jumpOrMove(c, rd, rs2);
            case 5 -> store(STORE_FP, DOUBLE, SP, rs2, stackStore64(c));
            case 6 -> store(STORE, WORD, SP, rs2, stackStore32(c));
            default -> store(STORE, DOUBLE, SP, rs2, stackStore64(c));
        };
    }

    private static int addi4spn(int c, int rd) {
        int value =
                bits(c, 7, 4) << 6 | bits(c, 11, 2) << 4 | bits(c, 5, 1) << 3 | bits(c, 6, 1) << 2;
        return value == 0 ? 0 : immediate(OP_IMM, 0, rd, SP, value);
    }

    private static int addi16sp(int c) {
        int value =
                -bits(c, 12, 1) << 9
                        | bits(c, 3, 2) << 7
                        | bits(c, 5, 1) << 6
                        | bits(c, 2, 1) << 5
                        | bits(c, 6, 1) << 4;
        return value == 0 ? 0 : immediate(OP_IMM, 0, SP, SP, value);
    }

    private static int lui(int c, int rd) {
        int value = immediate6(c);
        return value == 0 ? 0 : value << 12 | rd << 7 | LUI;
    }

    private static int arithmetic(int c) {
        int rd = shortRegister(c >>> 7);
        return switch (bits(c, 10, 2)) {
            case 0 -> immediate(OP_IMM, 5, rd, rd, immediate6(c) & 63);
            case 1 -> immediate(OP_IMM, 5, rd, rd, immediate6(c) & 63 | 0x400);
            case 2 -> immediate(OP_IMM, 7, rd, rd, immediate6(c));
            default -> registers(c, rd, shortRegister(c >>> 2));
        };
    }

    private static int registers(int c, int rd, int rs2) {
        return switch (bits(c, 12, 1) << 2 | bits(c, 5, 2)) {
            case 0 -> register(OP, 0x20, 0, rd, rd, rs2); // c.sub
            case 1 -> register(OP, 0, 4, rd, rd, rs2); // c.xor
            case 2 -> register(OP, 0, 6, rd, rd, rs2); // c.or
            case 3 -> register(OP, 0, 7, rd, rd, rs2); // c.and
            case 4 -> register(OP_32, 0x20, 0, rd, rd, rs2); // c.subw
            case 5 -> register(OP_32, 0, 0, rd, rd, rs2); // c.addw
            default -> 0;
        };
    }

    private static int jumpOrMove(int c, int rd, int rs2) {
        boolean isSecondForm = bits(c, 12, 1) != 0;
        if (rs2 != 0) {
            return register(OP, 0, 0, rd, isSecondForm ? rd : 0, rs2); // c.add, c.mv
        }
        if (rd == 0) {
            return isSecondForm ? EBREAK : 0;
        }
        return immediate(JALR, 0, isSecondForm ? RA : 0, rd, 0); // c.jalr, c.jr
    }

    // ---- fields of compressed encodings ----

    private static int bits(int c, int lowest, int count) {
        return c >>> lowest & (1 << count) - 1;
    }

    /** Registers x8 to x15. */
    private static int shortRegister(int field) {
        return 8 + (field & 7);
    }

    private static int immediate6(int c) {
        return -bits(c, 12, 1) << 5 | bits(c, 2, 5);
    }

    private static int offset32(int c) {
        return bits(c, 5, 1) << 6 | bits(c, 10, 3) << 3 | bits(c, 6, 1) << 2;
    }

    private static int offset64(int c) {
        return bits(c, 5, 2) << 6 | bits(c, 10, 3) << 3;
    }

    private static int stackLoad32(int c) {
        return bits(c, 2, 2) << 6 | bits(c, 12, 1) << 5 | bits(c, 4, 3) << 2;
    }

    private static int stackLoad64(int c) {
        return bits(c, 2, 3) << 6 | bits(c, 12, 1) << 5 | bits(c, 5, 2) << 3;
    }

    private static int stackStore32(int c) {
        return bits(c, 7, 2) << 6 | bits(c, 9, 4) << 2;
    }

    private static int stackStore64(int c) {
        return bits(c, 7, 3) << 6 | bits(c, 10, 3) << 3;
    }

    private static int branchOffset(int c) {
        return -bits(c, 12, 1) << 8
                | bits(c, 5, 2) << 6
                | bits(c, 2, 1) << 5
                | bits(c, 10, 2) << 3
                | bits(c, 3, 2) << 1;
    }

    private static int jumpOffset(int c) {
        return -bits(c, 12, 1) << 11
                | bits(c, 8, 1) << 10
                | bits(c, 9, 2) << 8
                | bits(c, 6, 1) << 7
                | bits(c, 7, 1) << 6
                | bits(c, 2, 1) << 5
                | bits(c, 11, 1) << 4
                | bits(c, 3, 3) << 1;
    }

    // ---- 32-bit formats ----

    private static int immediate(int opcode, int function, int rd, int rs1, int value) {
        return value << 20 | rs1 << 15 | function << 12 | rd << 7 | opcode;
    }

    private static int register(
            int opcode, int function7, int function3, int rd, int rs1, int rs2) {
        return function7 << 25 | rs2 << 20 | rs1 << 15 | function3 << 12 | rd << 7 | opcode;
    }

    private static int store(int opcode, int function, int rs1, int rs2, int value) {
        return value >>> 5 << 25
                | rs2 << 20
                | rs1 << 15
                | function << 12
                | (value & 31) << 7
                | opcode;
    }

    private static int branch(int function, int rs1, int offset) {
        return (offset >>> 12 & 1) << 31
                | (offset >>> 5 & 63) << 25
                | rs1 << 15
                | function << 12
                | (offset >>> 1 & 15) << 8
                | (offset >>> 11 & 1) << 7
                | BRANCH;
    }

    private static int jal(int rd, int offset) {
        return (offset >>> 20 & 1) << 31
                | (offset >>> 1 & 0x3ff) << 21
                | (offset >>> 11 & 1) << 20
                | (offset >>> 12 & 0xff) << 12
                | rd << 7
                | JAL;
    }
}
