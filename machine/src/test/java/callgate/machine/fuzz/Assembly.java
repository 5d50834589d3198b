package callgate.machine.fuzz;

import callgate.machine.isa.Op;

/** Encodings of the instructions that the frame around the random ones needs. */
final class Assembly {
    private Assembly() {}

    /** An instruction with an immediate of 12 bits: OP-IMM, loads, JALR, SYSTEM. */
    static int immediate(Op op, int rd, int rs1, int imm) {
        return op.match() | rd << 7 | rs1 << 15 | imm << 20;
    }

    static int store(Op op, int rs2, int rs1, int imm) {
        return op.match() | rs1 << 15 | rs2 << 20 | (imm & 31) << 7 | imm >> 5 << 25;
    }

    static int branch(Op op, int rs1, int rs2, int offset) {
        return op.match()
                | rs1 << 15
                | rs2 << 20
                | (offset >> 12 & 1) << 31
                | (offset >> 5 & 63) << 25
                | (offset >> 1 & 15) << 8
                | (offset >> 11 & 1) << 7;
    }

    static int jump(int rd, int offset) {
        return Op.JAL.match()
                | rd << 7
                | (offset >> 20 & 1) << 31
                | (offset >> 1 & 0x3ff) << 21
                | (offset >> 11 & 1) << 20
                | (offset >> 12 & 0xff) << 12;
    }

    /** Two instructions that set a register to a value from 0 to 2^31 - 2049. */
    static int[] load(int rd, int value) {
        int upper = value + 0x800 & ~0xfff;
        return new int[] {
            Op.LUI.match() | rd << 7 | upper, immediate(Op.ADDIW, rd, rd, value - upper)
        };
    }
}
