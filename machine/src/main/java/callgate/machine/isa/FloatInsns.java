package callgate.machine.isa;

import static callgate.machine.isa.SoftFloat.roundingMode;

import callgate.machine.hart.Hart;

/**
 * F: single precision. Registers hold raw NaN-boxed patterns; {@link SoftFloat} gives the meaning.
 */
public final class FloatInsns {
    private FloatInsns() {}

    // ---- loads, stores and moves of bits ----

    @Insn(bits = "....... ..... ..... 010 ..... 0000111", asm = "flw fd, imm(rs1)")
    public static long flw(Hart hart, long rs1, long imm) {
        return SoftFloat.box(hart.load32(rs1 + imm));
    }

    @Insn(bits = "....... ..... ..... 010 ..... 0100111", asm = "fsw fs2, imm(rs1)")
    public static void fsw(Hart hart, long rs1, long fs2, long imm) {
        hart.store32(rs1 + imm, (int) fs2);
    }

    @Insn(bits = "1110000 00000 ..... 000 ..... 1010011", asm = "fmv.x.w rd, fs1")
    public static long fmvXW(long fs1) {
        return (int) fs1;
    }

    @Insn(bits = "1111000 00000 ..... 000 ..... 1010011", asm = "fmv.w.x fd, rs1")
    public static long fmvWX(long rs1) {
        return SoftFloat.box((int) rs1);
    }

    // ---- arithmetic ----

    @Insn(bits = "0000000 ..... ..... ... ..... 1010011", asm = "fadd.s fd, fs1, fs2, rm")
    public static long faddS(Hart hart, long fs1, long fs2, int rm, int raw) {
        return SoftFloat.f32Add(hart, fs1, fs2, roundingMode(hart, rm, raw));
    }

    @Insn(bits = "0000100 ..... ..... ... ..... 1010011", asm = "fsub.s fd, fs1, fs2, rm")
    public static long fsubS(Hart hart, long fs1, long fs2, int rm, int raw) {
        return SoftFloat.f32Sub(hart, fs1, fs2, roundingMode(hart, rm, raw));
    }

    @Insn(bits = "0001000 ..... ..... ... ..... 1010011", asm = "fmul.s fd, fs1, fs2, rm")
    public static long fmulS(Hart hart, long fs1, long fs2, int rm, int raw) {
        return SoftFloat.f32Mul(hart, fs1, fs2, roundingMode(hart, rm, raw));
    }

    @Insn(bits = "0001100 ..... ..... ... ..... 1010011", asm = "fdiv.s fd, fs1, fs2, rm")
    public static long fdivS(Hart hart, long fs1, long fs2, int rm, int raw) {
        return SoftFloat.f32Div(hart, fs1, fs2, roundingMode(hart, rm, raw));
    }

    @Insn(bits = "0101100 00000 ..... ... ..... 1010011", asm = "fsqrt.s fd, fs1, rm")
    public static long fsqrtS(Hart hart, long fs1, int rm, int raw) {
        return SoftFloat.f32Sqrt(hart, fs1, roundingMode(hart, rm, raw));
    }

    @Insn(bits = ".....00 ..... ..... ... ..... 1000011", asm = "fmadd.s fd, fs1, fs2, fs3, rm")
    public static long fmaddS(Hart hart, long fs1, long fs2, long fs3, int rm, int raw) {
        return SoftFloat.f32MulAdd(hart, fs1, fs2, fs3, roundingMode(hart, rm, raw));
    }

    @Insn(bits = ".....00 ..... ..... ... ..... 1000111", asm = "fmsub.s fd, fs1, fs2, fs3, rm")
    public static long fmsubS(Hart hart, long fs1, long fs2, long fs3, int rm, int raw) {
        return SoftFloat.f32MulSub(hart, fs1, fs2, fs3, roundingMode(hart, rm, raw));
    }

    @Insn(bits = ".....00 ..... ..... ... ..... 1001011", asm = "fnmsub.s fd, fs1, fs2, fs3, rm")
    public static long fnmsubS(Hart hart, long fs1, long fs2, long fs3, int rm, int raw) {
        return SoftFloat.f32NMulSub(hart, fs1, fs2, fs3, roundingMode(hart, rm, raw));
    }

    @Insn(bits = ".....00 ..... ..... ... ..... 1001111", asm = "fnmadd.s fd, fs1, fs2, fs3, rm")
    public static long fnmaddS(Hart hart, long fs1, long fs2, long fs3, int rm, int raw) {
        return SoftFloat.f32NMulAdd(hart, fs1, fs2, fs3, roundingMode(hart, rm, raw));
    }

    /** A number with the sign of another. */
    private static long sign(long fs1, int sign) {
        return SoftFloat.box(SoftFloat.unbox(fs1) & Integer.MAX_VALUE | sign & Integer.MIN_VALUE);
    }

    // ---- sign, minimum, maximum, comparison ----

    @Insn(bits = "0010000 ..... ..... 000 ..... 1010011", asm = "fsgnj.s fd, fs1, fs2")
    public static long fsgnjS(long fs1, long fs2) {
        return sign(fs1, SoftFloat.unbox(fs2));
    }

    @Insn(bits = "0010000 ..... ..... 001 ..... 1010011", asm = "fsgnjn.s fd, fs1, fs2")
    public static long fsgnjnS(long fs1, long fs2) {
        return sign(fs1, ~SoftFloat.unbox(fs2));
    }

    @Insn(bits = "0010000 ..... ..... 010 ..... 1010011", asm = "fsgnjx.s fd, fs1, fs2")
    public static long fsgnjxS(long fs1, long fs2) {
        return sign(fs1, SoftFloat.unbox(fs1) ^ SoftFloat.unbox(fs2));
    }

    @Insn(bits = "0010100 ..... ..... 000 ..... 1010011", asm = "fmin.s fd, fs1, fs2")
    public static long fminS(Hart hart, long fs1, long fs2) {
        return SoftFloat.f32Min(hart, fs1, fs2);
    }

    @Insn(bits = "0010100 ..... ..... 001 ..... 1010011", asm = "fmax.s fd, fs1, fs2")
    public static long fmaxS(Hart hart, long fs1, long fs2) {
        return SoftFloat.f32Max(hart, fs1, fs2);
    }

    @Insn(bits = "1010000 ..... ..... 000 ..... 1010011", asm = "fle.s rd, fs1, fs2")
    public static long fleS(Hart hart, long fs1, long fs2) {
        return SoftFloat.f32Le(hart, fs1, fs2);
    }

    @Insn(bits = "1010000 ..... ..... 001 ..... 1010011", asm = "flt.s rd, fs1, fs2")
    public static long fltS(Hart hart, long fs1, long fs2) {
        return SoftFloat.f32Lt(hart, fs1, fs2);
    }

    @Insn(bits = "1010000 ..... ..... 010 ..... 1010011", asm = "feq.s rd, fs1, fs2")
    public static long feqS(Hart hart, long fs1, long fs2) {
        return SoftFloat.f32Eq(hart, fs1, fs2);
    }

    @Insn(bits = "1110000 00000 ..... 001 ..... 1010011", asm = "fclass.s rd, fs1")
    public static long fclassS(long fs1) {
        return SoftFloat.f32Classify(fs1);
    }

    // ---- conversions ----

    @Insn(bits = "0100000 00001 ..... ... ..... 1010011", asm = "fcvt.s.d fd, fs1, rm")
    public static long fcvtSD(Hart hart, long fs1, int rm, int raw) {
        return SoftFloat.f64ToF32(hart, fs1, roundingMode(hart, rm, raw));
    }

    @Insn(bits = "1100000 00000 ..... ... ..... 1010011", asm = "fcvt.w.s rd, fs1, rm")
    public static long fcvtWS(Hart hart, long fs1, int rm, int raw) {
        return SoftFloat.f32ToI32(hart, fs1, roundingMode(hart, rm, raw));
    }

    @Insn(bits = "1101000 00000 ..... ... ..... 1010011", asm = "fcvt.s.w fd, rs1, rm")
    public static long fcvtSW(Hart hart, long rs1, int rm, int raw) {
        return SoftFloat.i32ToF32(hart, rs1, roundingMode(hart, rm, raw));
    }

    @Insn(bits = "1100000 00001 ..... ... ..... 1010011", asm = "fcvt.wu.s rd, fs1, rm")
    public static long fcvtWUS(Hart hart, long fs1, int rm, int raw) {
        return SoftFloat.f32ToU32(hart, fs1, roundingMode(hart, rm, raw));
    }

    @Insn(bits = "1101000 00001 ..... ... ..... 1010011", asm = "fcvt.s.wu fd, rs1, rm")
    public static long fcvtSWU(Hart hart, long rs1, int rm, int raw) {
        return SoftFloat.u32ToF32(hart, rs1, roundingMode(hart, rm, raw));
    }

    @Insn(bits = "1100000 00010 ..... ... ..... 1010011", asm = "fcvt.l.s rd, fs1, rm")
    public static long fcvtLS(Hart hart, long fs1, int rm, int raw) {
        return SoftFloat.f32ToI64(hart, fs1, roundingMode(hart, rm, raw));
    }

    @Insn(bits = "1101000 00010 ..... ... ..... 1010011", asm = "fcvt.s.l fd, rs1, rm")
    public static long fcvtSL(Hart hart, long rs1, int rm, int raw) {
        return SoftFloat.i64ToF32(hart, rs1, roundingMode(hart, rm, raw));
    }

    @Insn(bits = "1100000 00011 ..... ... ..... 1010011", asm = "fcvt.lu.s rd, fs1, rm")
    public static long fcvtLUS(Hart hart, long fs1, int rm, int raw) {
        return SoftFloat.f32ToU64(hart, fs1, roundingMode(hart, rm, raw));
    }

    @Insn(bits = "1101000 00011 ..... ... ..... 1010011", asm = "fcvt.s.lu fd, rs1, rm")
    public static long fcvtSLU(Hart hart, long rs1, int rm, int raw) {
        return SoftFloat.u64ToF32(hart, rs1, roundingMode(hart, rm, raw));
    }
}
