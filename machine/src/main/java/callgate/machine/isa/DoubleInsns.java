package callgate.machine.isa;

import static callgate.machine.isa.SoftFloat.roundingMode;

import callgate.machine.hart.Hart;

/**
 * D: double precision. Registers hold raw patterns; {@link SoftFloat} gives the meaning.
 *
 * <p>Where a conversion is exact its rounding mode is checked all the same: an invalid one makes
 * the instruction illegal.
 */
public final class DoubleInsns {
    private DoubleInsns() {}

    // ---- loads, stores and moves of bits ----

    @Insn(bits = "....... ..... ..... 011 ..... 0000111", asm = "fld fd, imm(rs1)")
    public static long fld(Hart hart, long rs1, long imm) {
        return hart.load64(rs1 + imm);
    }

    @Insn(bits = "....... ..... ..... 011 ..... 0100111", asm = "fsd fs2, imm(rs1)")
    public static void fsd(Hart hart, long rs1, long fs2, long imm) {
        hart.store64(rs1 + imm, fs2);
    }

    @Insn(bits = "1110001 00000 ..... 000 ..... 1010011", asm = "fmv.x.d rd, fs1")
    public static long fmvXD(long fs1) {
        return fs1;
    }

    @Insn(bits = "1111001 00000 ..... 000 ..... 1010011", asm = "fmv.d.x fd, rs1")
    public static long fmvDX(long rs1) {
        return rs1;
    }

    // ---- arithmetic ----

    @Insn(bits = "0000001 ..... ..... ... ..... 1010011", asm = "fadd.d fd, fs1, fs2, rm")
    public static long faddD(Hart hart, long fs1, long fs2, int rm, int raw) {
        return SoftFloat.f64Add(hart, fs1, fs2, roundingMode(hart, rm, raw));
    }

    @Insn(bits = "0000101 ..... ..... ... ..... 1010011", asm = "fsub.d fd, fs1, fs2, rm")
    public static long fsubD(Hart hart, long fs1, long fs2, int rm, int raw) {
        return SoftFloat.f64Sub(hart, fs1, fs2, roundingMode(hart, rm, raw));
    }

    @Insn(bits = "0001001 ..... ..... ... ..... 1010011", asm = "fmul.d fd, fs1, fs2, rm")
    public static long fmulD(Hart hart, long fs1, long fs2, int rm, int raw) {
        return SoftFloat.f64Mul(hart, fs1, fs2, roundingMode(hart, rm, raw));
    }

    @Insn(bits = "0001101 ..... ..... ... ..... 1010011", asm = "fdiv.d fd, fs1, fs2, rm")
    public static long fdivD(Hart hart, long fs1, long fs2, int rm, int raw) {
        return SoftFloat.f64Div(hart, fs1, fs2, roundingMode(hart, rm, raw));
    }

    @Insn(bits = "0101101 00000 ..... ... ..... 1010011", asm = "fsqrt.d fd, fs1, rm")
    public static long fsqrtD(Hart hart, long fs1, int rm, int raw) {
        return SoftFloat.f64Sqrt(hart, fs1, roundingMode(hart, rm, raw));
    }

    @Insn(bits = ".....01 ..... ..... ... ..... 1000011", asm = "fmadd.d fd, fs1, fs2, fs3, rm")
    public static long fmaddD(Hart hart, long fs1, long fs2, long fs3, int rm, int raw) {
        return SoftFloat.f64MulAdd(hart, fs1, fs2, fs3, roundingMode(hart, rm, raw));
    }

    @Insn(bits = ".....01 ..... ..... ... ..... 1000111", asm = "fmsub.d fd, fs1, fs2, fs3, rm")
    public static long fmsubD(Hart hart, long fs1, long fs2, long fs3, int rm, int raw) {
        return SoftFloat.f64MulSub(hart, fs1, fs2, fs3, roundingMode(hart, rm, raw));
    }

    @Insn(bits = ".....01 ..... ..... ... ..... 1001011", asm = "fnmsub.d fd, fs1, fs2, fs3, rm")
    public static long fnmsubD(Hart hart, long fs1, long fs2, long fs3, int rm, int raw) {
        return SoftFloat.f64NMulSub(hart, fs1, fs2, fs3, roundingMode(hart, rm, raw));
    }

    @Insn(bits = ".....01 ..... ..... ... ..... 1001111", asm = "fnmadd.d fd, fs1, fs2, fs3, rm")
    public static long fnmaddD(Hart hart, long fs1, long fs2, long fs3, int rm, int raw) {
        return SoftFloat.f64NMulAdd(hart, fs1, fs2, fs3, roundingMode(hart, rm, raw));
    }

    // ---- sign, minimum, maximum, comparison ----

    @Insn(bits = "0010001 ..... ..... 000 ..... 1010011", asm = "fsgnj.d fd, fs1, fs2")
    public static long fsgnjD(long fs1, long fs2) {
        return fs1 & Long.MAX_VALUE | fs2 & Long.MIN_VALUE;
    }

    @Insn(bits = "0010001 ..... ..... 001 ..... 1010011", asm = "fsgnjn.d fd, fs1, fs2")
    public static long fsgnjnD(long fs1, long fs2) {
        return fs1 & Long.MAX_VALUE | ~fs2 & Long.MIN_VALUE;
    }

    @Insn(bits = "0010001 ..... ..... 010 ..... 1010011", asm = "fsgnjx.d fd, fs1, fs2")
    public static long fsgnjxD(long fs1, long fs2) {
        return fs1 ^ fs2 & Long.MIN_VALUE;
    }

    @Insn(bits = "0010101 ..... ..... 000 ..... 1010011", asm = "fmin.d fd, fs1, fs2")
    public static long fminD(Hart hart, long fs1, long fs2) {
        return SoftFloat.f64Min(hart, fs1, fs2);
    }

    @Insn(bits = "0010101 ..... ..... 001 ..... 1010011", asm = "fmax.d fd, fs1, fs2")
    public static long fmaxD(Hart hart, long fs1, long fs2) {
        return SoftFloat.f64Max(hart, fs1, fs2);
    }

    @Insn(bits = "1010001 ..... ..... 000 ..... 1010011", asm = "fle.d rd, fs1, fs2")
    public static long fleD(Hart hart, long fs1, long fs2) {
        return SoftFloat.f64Le(hart, fs1, fs2);
    }

    @Insn(bits = "1010001 ..... ..... 001 ..... 1010011", asm = "flt.d rd, fs1, fs2")
    public static long fltD(Hart hart, long fs1, long fs2) {
        return SoftFloat.f64Lt(hart, fs1, fs2);
    }

    @Insn(bits = "1010001 ..... ..... 010 ..... 1010011", asm = "feq.d rd, fs1, fs2")
    public static long feqD(Hart hart, long fs1, long fs2) {
        return SoftFloat.f64Eq(hart, fs1, fs2);
    }

    @Insn(bits = "1110001 00000 ..... 001 ..... 1010011", asm = "fclass.d rd, fs1")
    public static long fclassD(long fs1) {
        return SoftFloat.f64Classify(fs1);
    }

    // ---- conversions ----

    @Insn(bits = "0100001 00000 ..... ... ..... 1010011", asm = "fcvt.d.s fd, fs1, rm")
    public static long fcvtDS(Hart hart, long fs1, int rm, int raw) {
        roundingMode(hart, rm, raw); // exact, but checked
        return SoftFloat.f32ToF64(hart, fs1);
    }

    @Insn(bits = "1100001 00000 ..... ... ..... 1010011", asm = "fcvt.w.d rd, fs1, rm")
    public static long fcvtWD(Hart hart, long fs1, int rm, int raw) {
        return SoftFloat.f64ToI32(hart, fs1, roundingMode(hart, rm, raw));
    }

    @Insn(bits = "1101001 00000 ..... ... ..... 1010011", asm = "fcvt.d.w fd, rs1, rm")
    public static long fcvtDW(Hart hart, long rs1, int rm, int raw) {
        roundingMode(hart, rm, raw); // exact, but checked
        return SoftFloat.i32ToF64(rs1);
    }

    @Insn(bits = "1100001 00001 ..... ... ..... 1010011", asm = "fcvt.wu.d rd, fs1, rm")
    public static long fcvtWUD(Hart hart, long fs1, int rm, int raw) {
        return SoftFloat.f64ToU32(hart, fs1, roundingMode(hart, rm, raw));
    }

    @Insn(bits = "1101001 00001 ..... ... ..... 1010011", asm = "fcvt.d.wu fd, rs1, rm")
    public static long fcvtDWU(Hart hart, long rs1, int rm, int raw) {
        roundingMode(hart, rm, raw); // exact, but checked
        return SoftFloat.u32ToF64(rs1);
    }

    @Insn(bits = "1100001 00010 ..... ... ..... 1010011", asm = "fcvt.l.d rd, fs1, rm")
    public static long fcvtLD(Hart hart, long fs1, int rm, int raw) {
        return SoftFloat.f64ToI64(hart, fs1, roundingMode(hart, rm, raw));
    }

    @Insn(bits = "1101001 00010 ..... ... ..... 1010011", asm = "fcvt.d.l fd, rs1, rm")
    public static long fcvtDL(Hart hart, long rs1, int rm, int raw) {
        return SoftFloat.i64ToF64(hart, rs1, roundingMode(hart, rm, raw));
    }

    @Insn(bits = "1100001 00011 ..... ... ..... 1010011", asm = "fcvt.lu.d rd, fs1, rm")
    public static long fcvtLUD(Hart hart, long fs1, int rm, int raw) {
        return SoftFloat.f64ToU64(hart, fs1, roundingMode(hart, rm, raw));
    }

    @Insn(bits = "1101001 00011 ..... ... ..... 1010011", asm = "fcvt.d.lu fd, rs1, rm")
    public static long fcvtDLU(Hart hart, long rs1, int rm, int raw) {
        return SoftFloat.u64ToF64(hart, rs1, roundingMode(hart, rm, raw));
    }
}
