package callgate.machine.isa;

import static callgate.machine.isa.FloatFormat.BINARY32;
import static callgate.machine.isa.FloatFormat.BINARY64;
import static callgate.machine.isa.FloatRounding.NX;
import static callgate.machine.isa.FloatRounding.RDN;
import static callgate.machine.isa.FloatRounding.RNE;
import static callgate.machine.isa.FloatRounding.RTZ;
import static java.lang.Double.doubleToRawLongBits;
import static java.lang.Double.longBitsToDouble;
import static java.lang.Float.floatToRawIntBits;
import static java.lang.Float.intBitsToFloat;
import static java.lang.Math.abs;
import static java.lang.Math.fma;
import static java.lang.Math.sqrt;

import callgate.machine.hart.Cause;
import callgate.machine.hart.GuestFault;
import callgate.machine.hart.Hart;

/**
 * The arithmetic of the F and D extensions, bit-exact, flags included, in every rounding mode.
 *
 * <p>Floating-point operands and results are raw register values. Those of single precision are
 * NaN-boxed: an operand whose upper half is not all ones counts as the canonical NaN. Integers of
 * 32 bits are taken from the lower half of a register and given sign-extended, unsigned ones too.
 * {@code rm} is a resolved rounding mode, 0 to 4 (see {@link #roundingMode}). Exceptions accumulate
 * in {@link Hart#fflags}; nothing else of the hart is touched. A hart belongs to one thread, and so
 * does a call with it.
 *
 * <p>Hot operations stand here as a short test around the host's own arithmetic, with all other
 * cases in a method named {@code ...Slow}, which is right for every operand as well. The host
 * rounds to nearest even, so its result is the right one in that mode. With a finite result that is
 * not near underflow no flag but NX can come, so all is done if NX is already raised, as it soon is
 * in programs that calculate in earnest: {@code (rm | ~h.fflags & NX) == 0}. Near underflow
 * includes the smallest normal number: a tiny number may be rounded up to it.
 *
 * <p>The tests are written out, not in helpers, to be small when inlined: C2 stops inlining into a
 * method at 8,000 bytecodes, and translated code may have hundreds of these operations in one.
 */
public final class SoftFloat {
    private static final int DYNAMIC = 7;
    private static final int CANONICAL_NAN = 0x7fc0_0000;
    private static final long LOWER = 0xffff_ffffL;
    private static final long BOX = ~LOWER;
    private static final long SIGN_32 = 1L << 31;
    private static final long SIGN_64 = 1L << 63;
    private static final double TWO_31 = 0x1p31;
    private static final double TWO_32 = 0x1p32;
    private static final double TWO_63 = 0x1p63;

    private SoftFloat() {}

    /**
     * The rounding mode that the rm field of instruction {@code raw} means, 0 to 4; a fault if it
     * means none.
     */
    public static int roundingMode(Hart h, int rm, int raw) {
        int mode = rm == DYNAMIC ? h.frm : rm;
        if (mode > FloatRounding.RMM) {
            throw illegal(h, raw);
        }
        return mode;
    }

    private static GuestFault illegal(Hart h, int raw) {
        return h.fault(Cause.ILLEGAL_INSTRUCTION, raw & LOWER);
    }

    /** The register value of a single precision bit pattern. */
    public static long box(int bits) {
        return bits | BOX;
    }

    /** The single precision bit pattern that a register holds; canonical NaN if it holds none. */
    public static int unbox(long register) {
        return areBoxed(register) ? (int) register : CANONICAL_NAN;
    }

    // ---- single precision: arithmetic ----

    // Sums below the normal numbers are exact, so any finite one will do.

    public static long f32Add(Hart h, long a, long b, int rm) {
        float r = intBitsToFloat((int) a) + intBitsToFloat((int) b);
        if ((rm | ~h.fflags & NX) == 0 && abs(r) <= Float.MAX_VALUE && (a & b) >> 32 == -1) {
            return BOX | floatToRawIntBits(r);
        }
        return f32AddSlow(h, a, b, rm);
    }

    public static long f32AddSlow(Hart h, long a, long b, int rm) {
        double x = intBitsToFloat((int) a);
        double y = intBitsToFloat((int) b);
        double r = x + y;
        if (rm != RDN && ExactResult.isSum(x, y, r) && ExactResult.isSingle(r) && areBoxed(a & b)) {
            return BOX | floatToRawIntBits((float) r);
        }
        return boxed(FloatArithmetic.add(h, BINARY32, pattern(a), pattern(b), rm));
    }

    public static long f32Sub(Hart h, long a, long b, int rm) {
        float r = intBitsToFloat((int) a) - intBitsToFloat((int) b);
        if ((rm | ~h.fflags & NX) == 0 && abs(r) <= Float.MAX_VALUE && (a & b) >> 32 == -1) {
            return BOX | floatToRawIntBits(r);
        }
        return f32SubSlow(h, a, b, rm);
    }

    public static long f32SubSlow(Hart h, long a, long b, int rm) {
        double x = intBitsToFloat((int) a);
        double y = intBitsToFloat((int) b);
        double r = x - y;
        if (rm != RDN
                && ExactResult.isSum(x, -y, r)
                && ExactResult.isSingle(r)
                && areBoxed(a & b)) {
            return BOX | floatToRawIntBits((float) r);
        }
        return boxed(FloatArithmetic.add(h, BINARY32, pattern(a), pattern(b) ^ SIGN_32, rm));
    }

    public static long f32Mul(Hart h, long a, long b, int rm) {
        float r = intBitsToFloat((int) a) * intBitsToFloat((int) b);
        if ((rm | ~h.fflags & NX) == 0 && isNormal(r) && (a & b) >> 32 == -1) {
            return BOX | floatToRawIntBits(r);
        }
        return f32MulSlow(h, a, b, rm);
    }

    public static long f32MulSlow(Hart h, long a, long b, int rm) {
        double x = intBitsToFloat((int) a);
        double y = intBitsToFloat((int) b);
        double r = x * y;
        if (ExactResult.isSingle(r) && areBoxed(a & b)) {
            return BOX | floatToRawIntBits((float) r);
        }
        return boxed(FloatArithmetic.multiply(h, BINARY32, pattern(a), pattern(b), rm));
    }

    public static long f32Div(Hart h, long a, long b, int rm) {
        float r = intBitsToFloat((int) a) / intBitsToFloat((int) b);
        if ((rm | ~h.fflags & NX) == 0 && isNormal(r) && (a & b) >> 32 == -1) {
            return BOX | floatToRawIntBits(r);
        }
        return f32DivSlow(h, a, b, rm);
    }

    public static long f32DivSlow(Hart h, long a, long b, int rm) {
        double x = intBitsToFloat((int) a);
        double y = intBitsToFloat((int) b);
        double r = x / y;
        if (ExactResult.isQuotient(x, y, r) && ExactResult.isSingle(r) && areBoxed(a & b)) {
            return BOX | floatToRawIntBits((float) r);
        }
        return boxed(FloatArithmetic.divide(h, BINARY32, pattern(a), pattern(b), rm));
    }

    public static long f32Sqrt(Hart h, long a, int rm) {
        float r = (float) sqrt(intBitsToFloat((int) a));
        if ((rm | ~h.fflags & NX) == 0 && isNormal(r) && a >> 32 == -1) {
            return BOX | floatToRawIntBits(r);
        }
        return f32SqrtSlow(h, a, rm);
    }

    public static long f32SqrtSlow(Hart h, long a, int rm) {
        double x = intBitsToFloat((int) a);
        double r = sqrt(x);
        if (ExactResult.isRoot(x, r) && ExactResult.isSingle(r) && areBoxed(a)) {
            return BOX | floatToRawIntBits((float) r);
        }
        return boxed(FloatArithmetic.squareRoot(h, BINARY32, pattern(a), rm));
    }

    /** a * b + c, rounded once. */
    public static long f32MulAdd(Hart h, long a, long b, long c, int rm) {
        float r = fma(intBitsToFloat((int) a), intBitsToFloat((int) b), intBitsToFloat((int) c));
        if ((rm | ~h.fflags & NX) == 0 && isNormal(r) && (a & b & c) >> 32 == -1) {
            return BOX | floatToRawIntBits(r);
        }
        return f32MulAddSlow(h, a, b, c, rm);
    }

    public static long f32MulAddSlow(Hart h, long a, long b, long c, int rm) {
        double x = intBitsToFloat((int) a);
        double y = intBitsToFloat((int) b);
        double z = intBitsToFloat((int) c);
        double r = x * y + z;
        if (rm != RDN
                && ExactResult.isSum(x * y, z, r)
                && ExactResult.isSingle(r)
                && areBoxed(a & b & c)) {
            return BOX | floatToRawIntBits((float) r);
        }
        return boxed(
                FloatArithmetic.multiplyAdd(h, BINARY32, pattern(a), pattern(b), pattern(c), rm));
    }

    /** a * b - c, rounded once. */
    public static long f32MulSub(Hart h, long a, long b, long c, int rm) {
        float r = fma(intBitsToFloat((int) a), intBitsToFloat((int) b), -intBitsToFloat((int) c));
        if ((rm | ~h.fflags & NX) == 0 && isNormal(r) && (a & b & c) >> 32 == -1) {
            return BOX | floatToRawIntBits(r);
        }
        return f32MulSubSlow(h, a, b, c, rm);
    }

    public static long f32MulSubSlow(Hart h, long a, long b, long c, int rm) {
        return f32MulAddSlow(h, a, b, c ^ SIGN_32, rm);
    }

    /** -(a * b) + c, rounded once. */
    public static long f32NMulSub(Hart h, long a, long b, long c, int rm) {
        float r = fma(-intBitsToFloat((int) a), intBitsToFloat((int) b), intBitsToFloat((int) c));
        if ((rm | ~h.fflags & NX) == 0 && isNormal(r) && (a & b & c) >> 32 == -1) {
            return BOX | floatToRawIntBits(r);
        }
        return f32NMulSubSlow(h, a, b, c, rm);
    }

    public static long f32NMulSubSlow(Hart h, long a, long b, long c, int rm) {
        return f32MulAddSlow(h, a ^ SIGN_32, b, c, rm);
    }

    /** -(a * b) - c, rounded once. */
    public static long f32NMulAdd(Hart h, long a, long b, long c, int rm) {
        float r = fma(-intBitsToFloat((int) a), intBitsToFloat((int) b), -intBitsToFloat((int) c));
        if ((rm | ~h.fflags & NX) == 0 && isNormal(r) && (a & b & c) >> 32 == -1) {
            return BOX | floatToRawIntBits(r);
        }
        return f32NMulAddSlow(h, a, b, c, rm);
    }

    public static long f32NMulAddSlow(Hart h, long a, long b, long c, int rm) {
        return f32MulAddSlow(h, a ^ SIGN_32, b, c ^ SIGN_32, rm);
    }

    // ---- single precision: comparison ----

    /** The smaller number; a number wins over a NaN, -0 is below +0. */
    public static long f32Min(Hart h, long a, long b) {
        float r = Math.min(intBitsToFloat((int) a), intBitsToFloat((int) b));
        return (a & b) >> 32 == -1 && r == r ? BOX | floatToRawIntBits(r) : f32MinSlow(h, a, b);
    }

    public static long f32MinSlow(Hart h, long a, long b) {
        return boxed(FloatComparison.minimum(h, BINARY32, pattern(a), pattern(b)));
    }

    /** The greater number; a number wins over a NaN, -0 is below +0. */
    public static long f32Max(Hart h, long a, long b) {
        float r = Math.max(intBitsToFloat((int) a), intBitsToFloat((int) b));
        return (a & b) >> 32 == -1 && r == r ? BOX | floatToRawIntBits(r) : f32MaxSlow(h, a, b);
    }

    public static long f32MaxSlow(Hart h, long a, long b) {
        return boxed(FloatComparison.maximum(h, BINARY32, pattern(a), pattern(b)));
    }

    /** 1 if a = b, else 0; quiet: only signaling NaNs raise NV. */
    public static long f32Eq(Hart h, long a, long b) {
        float x = intBitsToFloat((int) a);
        float y = intBitsToFloat((int) b);
        if ((a & b) >> 32 == -1 && (x == y)) {
            return 1;
        }
        return (a & b) >> 32 == -1 && (x < y || x > y) ? 0 : f32EqSlow(h, a, b);
    }

    public static long f32EqSlow(Hart h, long a, long b) {
        return FloatComparison.equal(h, BINARY32, pattern(a), pattern(b));
    }

    /** 1 if a {@literal <} b, else 0; any NaN raises NV. */
    public static long f32Lt(Hart h, long a, long b) {
        float x = intBitsToFloat((int) a);
        float y = intBitsToFloat((int) b);
        if ((a & b) >> 32 == -1 && (x < y)) {
            return 1;
        }
        return (a & b) >> 32 == -1 && (x >= y) ? 0 : f32LtSlow(h, a, b);
    }

    public static long f32LtSlow(Hart h, long a, long b) {
        return FloatComparison.less(h, BINARY32, pattern(a), pattern(b));
    }

    /** 1 if a {@literal <}= b, else 0; any NaN raises NV. */
    public static long f32Le(Hart h, long a, long b) {
        float x = intBitsToFloat((int) a);
        float y = intBitsToFloat((int) b);
        if ((a & b) >> 32 == -1 && (x <= y)) {
            return 1;
        }
        return (a & b) >> 32 == -1 && (x > y) ? 0 : f32LeSlow(h, a, b);
    }

    public static long f32LeSlow(Hart h, long a, long b) {
        return FloatComparison.lessOrEqual(h, BINARY32, pattern(a), pattern(b));
    }

    /**
     * One of ten bits: -inf, -normal, -subnormal, -0, +0, +subnormal, +normal, +inf, signaling NaN,
     * quiet NaN.
     */
    public static long f32Classify(long a) {
        return FloatComparison.classify(BINARY32, pattern(a));
    }

    // ---- single precision: conversion ----

    public static long f32ToI32(Hart h, long a, int rm) {
        return f64ToI32(h, widened(a), rm);
    }

    public static long f32ToU32(Hart h, long a, int rm) {
        return f64ToU32(h, widened(a), rm);
    }

    public static long f32ToI64(Hart h, long a, int rm) {
        return f64ToI64(h, widened(a), rm);
    }

    public static long f32ToU64(Hart h, long a, int rm) {
        return f64ToU64(h, widened(a), rm);
    }

    public static long i32ToF32(Hart h, long value, int rm) {
        int i = (int) value;
        float r = i;
        if ((rm | ~h.fflags & NX) == 0 || (long) r == i) {
            return BOX | floatToRawIntBits(r);
        }
        return i64ToF32Slow(h, i, rm);
    }

    public static long u32ToF32(Hart h, long value, int rm) {
        return i64ToF32(h, value & LOWER, rm);
    }

    public static long i64ToF32(Hart h, long value, int rm) {
        float r = value;
        boolean exact = (long) r == value && value != Long.MAX_VALUE;
        if ((rm | ~h.fflags & NX) == 0 || exact) {
            return BOX | floatToRawIntBits(r);
        }
        return i64ToF32Slow(h, value, rm);
    }

    public static long i64ToF32Slow(Hart h, long value, int rm) {
        return boxed(FloatConversion.fromSigned(h, BINARY32, value, rm));
    }

    public static long u64ToF32(Hart h, long value, int rm) {
        return value >= 0 ? i64ToF32(h, value, rm) : u64ToF32Slow(h, value, rm);
    }

    public static long u64ToF32Slow(Hart h, long value, int rm) {
        return boxed(FloatConversion.fromUnsigned(h, BINARY32, value, rm));
    }

    // ---- double precision: arithmetic ----

    // Sums below the normal numbers are exact, so any finite one will do.

    public static long f64Add(Hart h, long a, long b, int rm) {
        double r = longBitsToDouble(a) + longBitsToDouble(b);
        if ((rm | ~h.fflags & NX) == 0 && abs(r) <= Double.MAX_VALUE) {
            return doubleToRawLongBits(r);
        }
        return f64AddSlow(h, a, b, rm);
    }

    public static long f64AddSlow(Hart h, long a, long b, int rm) {
        double x = longBitsToDouble(a);
        double y = longBitsToDouble(b);
        double r = x + y;
        if (rm != RDN && ExactResult.isSum(x, y, r)) {
            return doubleToRawLongBits(r);
        }
        return FloatArithmetic.add(h, BINARY64, a, b, rm);
    }

    public static long f64Sub(Hart h, long a, long b, int rm) {
        double r = longBitsToDouble(a) - longBitsToDouble(b);
        if ((rm | ~h.fflags & NX) == 0 && abs(r) <= Double.MAX_VALUE) {
            return doubleToRawLongBits(r);
        }
        return f64SubSlow(h, a, b, rm);
    }

    public static long f64SubSlow(Hart h, long a, long b, int rm) {
        double x = longBitsToDouble(a);
        double y = longBitsToDouble(b);
        double r = x - y;
        if (rm != RDN && ExactResult.isSum(x, -y, r)) {
            return doubleToRawLongBits(r);
        }
        return FloatArithmetic.add(h, BINARY64, a, b ^ SIGN_64, rm);
    }

    public static long f64Mul(Hart h, long a, long b, int rm) {
        double r = longBitsToDouble(a) * longBitsToDouble(b);
        if ((rm | ~h.fflags & NX) == 0 && isNormal(r)) {
            return doubleToRawLongBits(r);
        }
        return f64MulSlow(h, a, b, rm);
    }

    public static long f64MulSlow(Hart h, long a, long b, int rm) {
        double x = longBitsToDouble(a);
        double y = longBitsToDouble(b);
        double r = x * y;
        if (ExactResult.isProduct(x, y, r)) {
            return doubleToRawLongBits(r);
        }
        return FloatArithmetic.multiply(h, BINARY64, a, b, rm);
    }

    public static long f64Div(Hart h, long a, long b, int rm) {
        double r = longBitsToDouble(a) / longBitsToDouble(b);
        if ((rm | ~h.fflags & NX) == 0 && isNormal(r)) {
            return doubleToRawLongBits(r);
        }
        return f64DivSlow(h, a, b, rm);
    }

    public static long f64DivSlow(Hart h, long a, long b, int rm) {
        double x = longBitsToDouble(a);
        double y = longBitsToDouble(b);
        double r = x / y;
        if (ExactResult.isQuotient(x, y, r)) {
            return doubleToRawLongBits(r);
        }
        return FloatArithmetic.divide(h, BINARY64, a, b, rm);
    }

    public static long f64Sqrt(Hart h, long a, int rm) {
        double r = sqrt(longBitsToDouble(a));
        if ((rm | ~h.fflags & NX) == 0 && isNormal(r)) {
            return doubleToRawLongBits(r);
        }
        return f64SqrtSlow(h, a, rm);
    }

    public static long f64SqrtSlow(Hart h, long a, int rm) {
        double x = longBitsToDouble(a);
        double r = sqrt(x);
        if (ExactResult.isRoot(x, r)) {
            return doubleToRawLongBits(r);
        }
        return FloatArithmetic.squareRoot(h, BINARY64, a, rm);
    }

    /** a * b + c, rounded once. */
    public static long f64MulAdd(Hart h, long a, long b, long c, int rm) {
        double r = fma(longBitsToDouble(a), longBitsToDouble(b), longBitsToDouble(c));
        if ((rm | ~h.fflags & NX) == 0 && isNormal(r)) {
            return doubleToRawLongBits(r);
        }
        return f64MulAddSlow(h, a, b, c, rm);
    }

    public static long f64MulAddSlow(Hart h, long a, long b, long c, int rm) {
        double x = longBitsToDouble(a);
        double y = longBitsToDouble(b);
        double z = longBitsToDouble(c);
        double r = fma(x, y, z);
        if (rm != RDN && ExactResult.isProductAndSum(x, y, z, r)) {
            return doubleToRawLongBits(r);
        }
        return FloatArithmetic.multiplyAdd(h, BINARY64, a, b, c, rm);
    }

    /** a * b - c, rounded once. */
    public static long f64MulSub(Hart h, long a, long b, long c, int rm) {
        double r = fma(longBitsToDouble(a), longBitsToDouble(b), -longBitsToDouble(c));
        if ((rm | ~h.fflags & NX) == 0 && isNormal(r)) {
            return doubleToRawLongBits(r);
        }
        return f64MulSubSlow(h, a, b, c, rm);
    }

    public static long f64MulSubSlow(Hart h, long a, long b, long c, int rm) {
        return f64MulAddSlow(h, a, b, c ^ SIGN_64, rm);
    }

    /** -(a * b) + c, rounded once. */
    public static long f64NMulSub(Hart h, long a, long b, long c, int rm) {
        double r = fma(-longBitsToDouble(a), longBitsToDouble(b), longBitsToDouble(c));
        if ((rm | ~h.fflags & NX) == 0 && isNormal(r)) {
            return doubleToRawLongBits(r);
        }
        return f64NMulSubSlow(h, a, b, c, rm);
    }

    public static long f64NMulSubSlow(Hart h, long a, long b, long c, int rm) {
        return f64MulAddSlow(h, a ^ SIGN_64, b, c, rm);
    }

    /** -(a * b) - c, rounded once. */
    public static long f64NMulAdd(Hart h, long a, long b, long c, int rm) {
        double r = fma(-longBitsToDouble(a), longBitsToDouble(b), -longBitsToDouble(c));
        if ((rm | ~h.fflags & NX) == 0 && isNormal(r)) {
            return doubleToRawLongBits(r);
        }
        return f64NMulAddSlow(h, a, b, c, rm);
    }

    public static long f64NMulAddSlow(Hart h, long a, long b, long c, int rm) {
        return f64MulAddSlow(h, a ^ SIGN_64, b, c ^ SIGN_64, rm);
    }

    // ---- double precision: comparison ----

    /** The smaller number; a number wins over a NaN, -0 is below +0. */
    public static long f64Min(Hart h, long a, long b) {
        double r = Math.min(longBitsToDouble(a), longBitsToDouble(b));
        return r == r ? doubleToRawLongBits(r) : f64MinSlow(h, a, b);
    }

    public static long f64MinSlow(Hart h, long a, long b) {
        return FloatComparison.minimum(h, BINARY64, a, b);
    }

    /** The greater number; a number wins over a NaN, -0 is below +0. */
    public static long f64Max(Hart h, long a, long b) {
        double r = Math.max(longBitsToDouble(a), longBitsToDouble(b));
        return r == r ? doubleToRawLongBits(r) : f64MaxSlow(h, a, b);
    }

    public static long f64MaxSlow(Hart h, long a, long b) {
        return FloatComparison.maximum(h, BINARY64, a, b);
    }

    /** 1 if a = b, else 0; quiet: only signaling NaNs raise NV. */
    public static long f64Eq(Hart h, long a, long b) {
        double x = longBitsToDouble(a);
        double y = longBitsToDouble(b);
        if (x == y) {
            return 1;
        }
        return x < y || x > y ? 0 : f64EqSlow(h, a, b);
    }

    public static long f64EqSlow(Hart h, long a, long b) {
        return FloatComparison.equal(h, BINARY64, a, b);
    }

    /** 1 if a {@literal <} b, else 0; any NaN raises NV. */
    public static long f64Lt(Hart h, long a, long b) {
        double x = longBitsToDouble(a);
        double y = longBitsToDouble(b);
        if (x < y) {
            return 1;
        }
        return x >= y ? 0 : f64LtSlow(h, a, b);
    }

    public static long f64LtSlow(Hart h, long a, long b) {
        return FloatComparison.less(h, BINARY64, a, b);
    }

    /** 1 if a {@literal <}= b, else 0; any NaN raises NV. */
    public static long f64Le(Hart h, long a, long b) {
        double x = longBitsToDouble(a);
        double y = longBitsToDouble(b);
        if (x <= y) {
            return 1;
        }
        return x > y ? 0 : f64LeSlow(h, a, b);
    }

    public static long f64LeSlow(Hart h, long a, long b) {
        return FloatComparison.lessOrEqual(h, BINARY64, a, b);
    }

    /**
     * One of ten bits: -inf, -normal, -subnormal, -0, +0, +subnormal, +normal, +inf, signaling NaN,
     * quiet NaN.
     */
    public static long f64Classify(long a) {
        return FloatComparison.classify(BINARY64, a);
    }

    // ---- double precision: conversion ----

    // Integral values are exact in every mode; of the rest most are truncated, by casts of C.

    public static long f64ToI32(Hart h, long a, int rm) {
        double x = longBitsToDouble(a);
        int r = (int) x;
        return abs(x) < TWO_31 && (r == x || (rm ^ RTZ | ~h.fflags & NX) == 0)
                ? r
                : f64ToI32Slow(h, a, rm);
    }

    public static long f64ToI32Slow(Hart h, long a, int rm) {
        return FloatConversion.toSigned(h, BINARY64, a, 32, rm);
    }

    public static long f64ToU32(Hart h, long a, int rm) {
        double x = longBitsToDouble(a);
        long r = (long) x;
        return x > -1 && x < TWO_32 && (r == x || (rm ^ RTZ | ~h.fflags & NX) == 0)
                ? (int) r
                : f64ToU32Slow(h, a, rm);
    }

    public static long f64ToU32Slow(Hart h, long a, int rm) {
        return FloatConversion.toUnsigned(h, BINARY64, a, 32, rm);
    }

    public static long f64ToI64(Hart h, long a, int rm) {
        double x = longBitsToDouble(a);
        long r = (long) x;
        return abs(x) < TWO_63 && (r == x || (rm ^ RTZ | ~h.fflags & NX) == 0)
                ? r
                : f64ToI64Slow(h, a, rm);
    }

    public static long f64ToI64Slow(Hart h, long a, int rm) {
        return FloatConversion.toSigned(h, BINARY64, a, 64, rm);
    }

    public static long f64ToU64(Hart h, long a, int rm) {
        double x = longBitsToDouble(a);
        long r = (long) x;
        return x > -1 && x < TWO_63 && (r == x || (rm ^ RTZ | ~h.fflags & NX) == 0)
                ? r
                : f64ToU64Slow(h, a, rm);
    }

    public static long f64ToU64Slow(Hart h, long a, int rm) {
        return FloatConversion.toUnsigned(h, BINARY64, a, 64, rm);
    }

    /** Always exact. */
    public static long i32ToF64(long value) {
        return doubleToRawLongBits((double) (int) value);
    }

    /** Always exact. */
    public static long u32ToF64(long value) {
        return doubleToRawLongBits((double) (value & LOWER));
    }

    public static long i64ToF64(Hart h, long value, int rm) {
        double r = value;
        boolean exact = (long) r == value && value != Long.MAX_VALUE;
        if ((rm | ~h.fflags & NX) == 0 || exact) {
            return doubleToRawLongBits(r);
        }
        return i64ToF64Slow(h, value, rm);
    }

    public static long i64ToF64Slow(Hart h, long value, int rm) {
        return FloatConversion.fromSigned(h, BINARY64, value, rm);
    }

    public static long u64ToF64(Hart h, long value, int rm) {
        return value >= 0 ? i64ToF64(h, value, rm) : u64ToF64Slow(h, value, rm);
    }

    public static long u64ToF64Slow(Hart h, long value, int rm) {
        return FloatConversion.fromUnsigned(h, BINARY64, value, rm);
    }

    // ---- between the formats ----

    public static long f32ToF64(Hart h, long a) {
        float x = intBitsToFloat((int) a);
        return a >> 32 == -1 && x == x ? doubleToRawLongBits((double) x) : f32ToF64Slow(h, a);
    }

    public static long f32ToF64Slow(Hart h, long a) {
        return FloatConversion.toFormat(h, BINARY32, pattern(a), BINARY64, RNE);
    }

    public static long f64ToF32(Hart h, long a, int rm) {
        float r = (float) longBitsToDouble(a);
        boolean exact = r == longBitsToDouble(a);
        if (exact || (rm | ~h.fflags & NX) == 0 && isNormal(r)) {
            return BOX | floatToRawIntBits(r);
        }
        return f64ToF32Slow(h, a, rm);
    }

    public static long f64ToF32Slow(Hart h, long a, int rm) {
        return boxed(FloatConversion.toFormat(h, BINARY64, a, BINARY32, rm));
    }

    // ---- tests and forms of values ----

    /** Finite and above the smallest normal number. */
    private static boolean isNormal(float r) {
        return abs(r) > Float.MIN_NORMAL && abs(r) <= Float.MAX_VALUE;
    }

    /** Finite and above the smallest normal number. */
    private static boolean isNormal(double r) {
        return abs(r) > Double.MIN_NORMAL && abs(r) <= Double.MAX_VALUE;
    }

    /** Whether registers, given as the conjunction of all of them, are NaN-boxed. */
    private static boolean areBoxed(long registers) {
        return registers >>> 32 == LOWER;
    }

    /** A single precision register as a double precision one; NaNs need not keep their kind. */
    private static long widened(long register) {
        return doubleToRawLongBits(intBitsToFloat(unbox(register)));
    }

    private static long pattern(long register) {
        return unbox(register) & LOWER;
    }

    private static long boxed(long pattern) {
        return pattern | BOX;
    }
}
