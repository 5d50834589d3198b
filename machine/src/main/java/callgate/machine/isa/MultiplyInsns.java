package callgate.machine.isa;

/**
 * M: multiplication and division. Division never traps: by zero the quotient is all ones and the
 * remainder the dividend; the one signed overflow gives the dividend and 0 (unprivileged
 * specification, table "Semantics for division by zero and division overflow").
 */
public final class MultiplyInsns {
    private MultiplyInsns() {}

    @Insn(bits = "0000001 ..... ..... 000 ..... 0110011", asm = "mul rd, rs1, rs2")
    public static long mul(long rs1, long rs2) {
        return rs1 * rs2;
    }

    @Insn(bits = "0000001 ..... ..... 001 ..... 0110011", asm = "mulh rd, rs1, rs2")
    public static long mulh(long rs1, long rs2) {
        return Math.multiplyHigh(rs1, rs2);
    }

    @Insn(bits = "0000001 ..... ..... 010 ..... 0110011", asm = "mulhsu rd, rs1, rs2")
    public static long mulhsu(long rs1, long rs2) {
        return Math.multiplyHigh(rs1, rs2)
                + (rs1 & (rs2 >> 63)); // rs2 read as signed is 2^64 too small if its top bit is set
    }

    @Insn(bits = "0000001 ..... ..... 011 ..... 0110011", asm = "mulhu rd, rs1, rs2")
    public static long mulhu(long rs1, long rs2) {
        return Math.unsignedMultiplyHigh(rs1, rs2);
    }

    @Insn(bits = "0000001 ..... ..... 100 ..... 0110011", asm = "div rd, rs1, rs2")
    public static long div(long rs1, long rs2) {
        return rs2 == 0 ? -1 : rs1 / rs2;
    }

    @Insn(bits = "0000001 ..... ..... 101 ..... 0110011", asm = "divu rd, rs1, rs2")
    public static long divu(long rs1, long rs2) {
        return rs2 == 0 ? -1 : Long.divideUnsigned(rs1, rs2);
    }

    @Insn(bits = "0000001 ..... ..... 110 ..... 0110011", asm = "rem rd, rs1, rs2")
    public static long rem(long rs1, long rs2) {
        return rs2 == 0 ? rs1 : rs1 % rs2;
    }

    @Insn(bits = "0000001 ..... ..... 111 ..... 0110011", asm = "remu rd, rs1, rs2")
    public static long remu(long rs1, long rs2) {
        return rs2 == 0 ? rs1 : Long.remainderUnsigned(rs1, rs2);
    }

    @Insn(bits = "0000001 ..... ..... 000 ..... 0111011", asm = "mulw rd, rs1, rs2")
    public static long mulw(long rs1, long rs2) {
        return (int) (rs1 * rs2);
    }

    @Insn(bits = "0000001 ..... ..... 100 ..... 0111011", asm = "divw rd, rs1, rs2")
    public static long divw(long rs1, long rs2) {
        return (int) rs2 == 0 ? -1 : (int) rs1 / (int) rs2;
    }

    @Insn(bits = "0000001 ..... ..... 101 ..... 0111011", asm = "divuw rd, rs1, rs2")
    public static long divuw(long rs1, long rs2) {
        return (int) rs2 == 0 ? -1 : Integer.divideUnsigned((int) rs1, (int) rs2);
    }

    @Insn(bits = "0000001 ..... ..... 110 ..... 0111011", asm = "remw rd, rs1, rs2")
    public static long remw(long rs1, long rs2) {
        return (int) rs2 == 0 ? (int) rs1 : (int) rs1 % (int) rs2;
    }

    @Insn(bits = "0000001 ..... ..... 111 ..... 0111011", asm = "remuw rd, rs1, rs2")
    public static long remuw(long rs1, long rs2) {
        return (int) rs2 == 0 ? (int) rs1 : Integer.remainderUnsigned((int) rs1, (int) rs2);
    }
}
