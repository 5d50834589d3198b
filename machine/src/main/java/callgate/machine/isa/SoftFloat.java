package callgate.machine.isa;

import static callgate.machine.isa.FloatFormat.BINARY32;
import static callgate.machine.isa.FloatFormat.BINARY64;
import static callgate.machine.isa.FloatRounding.NX;
import static callgate.machine.isa.FloatRounding.RDN;
import static callgate.machine.isa.FloatRounding.RNE;
import static callgate.machine.isa.FloatRounding.RTZ;

import callgate.machine.hart.Cause;
import callgate.machine.hart.Hart;

/**
 * The arithmetic of the F and D extensions, bit-exact, flags included, in every rounding mode.
 *
 * <p>Floating-point operands and results are raw register values. Those of single precision are NaN-boxed: an operand
 * whose upper half is not all ones counts as the canonical NaN. Integers of 32 bits are taken from the lower half of a
 * register and given sign-extended, unsigned ones too. {@code rm} is a resolved rounding mode, 0 to 4 (see {@link
 * #roundingMode}). Exceptions accumulate in {@link Hart#fflags}; nothing else of the hart is touched. A hart belongs to
 * one thread, and so does a call with it.
 *
 * <p>Hot operations stand here as a short test around the host's own arithmetic, with all other cases in a method named
 * {@code ...Slow}, which is right for every operand as well. The host rounds to nearest even, so its result is the
 * right one in that mode. With a finite result that is not near underflow no flag but NX can come, so all is done if NX
 * is already raised, as it soon is in programs that calculate in earnest. Near underflow includes the smallest normal
 * number: a tiny number may be rounded up to it.
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

    /** The rounding mode that the rm field of instruction {@code raw} means, 0 to 4; a fault if it means none. */
    public static int roundingMode(Hart h, int rm, int raw) {
        int mode = rm == DYNAMIC ? h.frm : rm;
        if (mode > FloatRounding.RMM) {
            throw h.fault(Cause.ILLEGAL_INSTRUCTION, raw & LOWER);
        }
        return mode;
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
        float r = toFloat(a) + toFloat(b);
        return isSettled(h, rm) && isFinite(r) && areBoxed(a & b) ? toRegister(r) : f32AddSlow(h, a, b, rm);
    }

    public static long f32AddSlow(Hart h, long a, long b, int rm) {
        double x = toFloat(a);
        double y = toFloat(b);
        double r = x + y;
        if (rm != RDN && ExactResult.isSum(x, y, r) && ExactResult.isSingle(r) && areBoxed(a & b)) {
            return toRegister((float) r);
        }
        return boxed(FloatArithmetic.add(h, BINARY32, pattern(a), pattern(b), rm));
    }

    public static long f32Sub(Hart h, long a, long b, int rm) {
        float r = toFloat(a) - toFloat(b);
        return isSettled(h, rm) && isFinite(r) && areBoxed(a & b) ? toRegister(r) : f32SubSlow(h, a, b, rm);
    }

    public static long f32SubSlow(Hart h, long a, long b, int rm) {
        double x = toFloat(a);
        double y = toFloat(b);
        double r = x - y;
        if (rm != RDN && ExactResult.isSum(x, -y, r) && ExactResult.isSingle(r) && areBoxed(a & b)) {
            return toRegister((float) r);
        }
        return boxed(FloatArithmetic.add(h, BINARY32, pattern(a), pattern(b) ^ SIGN_32, rm));
    }

    public static long f32Mul(Hart h, long a, long b, int rm) {
        float r = toFloat(a) * toFloat(b);
        return isSettled(h, rm) && isNormal(r) && areBoxed(a & b) ? toRegister(r) : f32MulSlow(h, a, b, rm);
    }

    public static long f32MulSlow(Hart h, long a, long b, int rm) {
        double x = toFloat(a);
        double y = toFloat(b);
        double r = x * y;
        if (ExactResult.isSingle(r) && areBoxed(a & b)) {
            return toRegister((float) r);
        }
        return boxed(FloatArithmetic.multiply(h, BINARY32, pattern(a), pattern(b), rm));
    }

    public static long f32Div(Hart h, long a, long b, int rm) {
        float r = toFloat(a) / toFloat(b);
        return isSettled(h, rm) && isNormal(r) && areBoxed(a & b) ? toRegister(r) : f32DivSlow(h, a, b, rm);
    }

    public static long f32DivSlow(Hart h, long a, long b, int rm) {
        double x = toFloat(a);
        double y = toFloat(b);
        double r = x / y;
        if (ExactResult.isQuotient(x, y, r) && ExactResult.isSingle(r) && areBoxed(a & b)) {
            return toRegister((float) r);
        }
        return boxed(FloatArithmetic.divide(h, BINARY32, pattern(a), pattern(b), rm));
    }

    public static long f32Sqrt(Hart h, long a, int rm) {
        float r = (float) Math.sqrt(toFloat(a));
        return isSettled(h, rm) && isNormal(r) && areBoxed(a) ? toRegister(r) : f32SqrtSlow(h, a, rm);
    }

    public static long f32SqrtSlow(Hart h, long a, int rm) {
        double x = toFloat(a);
        double r = Math.sqrt(x);
        if (ExactResult.isRoot(x, r) && ExactResult.isSingle(r) && areBoxed(a)) {
            return toRegister((float) r);
        }
        return boxed(FloatArithmetic.squareRoot(h, BINARY32, pattern(a), rm));
    }

    /** a * b + c, rounded once. */
    public static long f32MulAdd(Hart h, long a, long b, long c, int rm) {
        float r = Math.fma(toFloat(a), toFloat(b), toFloat(c));
        return isSettled(h, rm) && isNormal(r) && areBoxed(a & b & c) ? toRegister(r) : f32MulAddSlow(h, a, b, c, rm);
    }

    public static long f32MulAddSlow(Hart h, long a, long b, long c, int rm) {
        double x = toFloat(a);
        double y = toFloat(b);
        double z = toFloat(c);
        double r = x * y + z;
        if (rm != RDN && ExactResult.isSum(x * y, z, r) && ExactResult.isSingle(r) && areBoxed(a & b & c)) {
            return toRegister((float) r);
        }
        return boxed(FloatArithmetic.multiplyAdd(h, BINARY32, pattern(a), pattern(b), pattern(c), rm));
    }

    /** a * b - c, rounded once. */
    public static long f32MulSub(Hart h, long a, long b, long c, int rm) {
        float r = Math.fma(toFloat(a), toFloat(b), -toFloat(c));
        return isSettled(h, rm) && isNormal(r) && areBoxed(a & b & c) ? toRegister(r) : f32MulSubSlow(h, a, b, c, rm);
    }

    public static long f32MulSubSlow(Hart h, long a, long b, long c, int rm) {
        return f32MulAddSlow(h, a, b, c ^ SIGN_32, rm);
    }

    /** -(a * b) + c, rounded once. */
    public static long f32NMulSub(Hart h, long a, long b, long c, int rm) {
        float r = Math.fma(-toFloat(a), toFloat(b), toFloat(c));
        return isSettled(h, rm) && isNormal(r) && areBoxed(a & b & c) ? toRegister(r) : f32NMulSubSlow(h, a, b, c, rm);
    }

    public static long f32NMulSubSlow(Hart h, long a, long b, long c, int rm) {
        return f32MulAddSlow(h, a ^ SIGN_32, b, c, rm);
    }

    /** -(a * b) - c, rounded once. */
    public static long f32NMulAdd(Hart h, long a, long b, long c, int rm) {
        float r = Math.fma(-toFloat(a), toFloat(b), -toFloat(c));
        return isSettled(h, rm) && isNormal(r) && areBoxed(a & b & c) ? toRegister(r) : f32NMulAddSlow(h, a, b, c, rm);
    }

    public static long f32NMulAddSlow(Hart h, long a, long b, long c, int rm) {
        return f32MulAddSlow(h, a ^ SIGN_32, b, c ^ SIGN_32, rm);
    }

    // ---- single precision: comparison ----

    /** The smaller number; a number wins over a NaN, -0 is below +0. */
    public static long f32Min(Hart h, long a, long b) {
        float r = Math.min(toFloat(a), toFloat(b));
        return areBoxed(a & b) && r == r ? toRegister(r) : f32MinSlow(h, a, b);
    }

    public static long f32MinSlow(Hart h, long a, long b) {
        return boxed(FloatComparison.minimum(h, BINARY32, pattern(a), pattern(b)));
    }

    /** The greater number; a number wins over a NaN, -0 is below +0. */
    public static long f32Max(Hart h, long a, long b) {
        float r = Math.max(toFloat(a), toFloat(b));
        return areBoxed(a & b) && r == r ? toRegister(r) : f32MaxSlow(h, a, b);
    }

    public static long f32MaxSlow(Hart h, long a, long b) {
        return boxed(FloatComparison.maximum(h, BINARY32, pattern(a), pattern(b)));
    }

    /** 1 if a = b, else 0; quiet: only signaling NaNs raise NV. */
    public static long f32Eq(Hart h, long a, long b) {
        float x = toFloat(a);
        float y = toFloat(b);
        if (areBoxed(a & b) && (x == y)) {
            return 1;
        }
        return areBoxed(a & b) && (x < y || x > y) ? 0 : f32EqSlow(h, a, b);
    }

    public static long f32EqSlow(Hart h, long a, long b) {
        return FloatComparison.equal(h, BINARY32, pattern(a), pattern(b));
    }

    /** 1 if a {@literal <} b, else 0; any NaN raises NV. */
    public static long f32Lt(Hart h, long a, long b) {
        float x = toFloat(a);
        float y = toFloat(b);
        if (areBoxed(a & b) && (x < y)) {
            return 1;
        }
        return areBoxed(a & b) && (x >= y) ? 0 : f32LtSlow(h, a, b);
    }

    public static long f32LtSlow(Hart h, long a, long b) {
        return FloatComparison.less(h, BINARY32, pattern(a), pattern(b));
    }

    /** 1 if a {@literal <}= b, else 0; any NaN raises NV. */
    public static long f32Le(Hart h, long a, long b) {
        float x = toFloat(a);
        float y = toFloat(b);
        if (areBoxed(a & b) && (x <= y)) {
            return 1;
        }
        return areBoxed(a & b) && (x > y) ? 0 : f32LeSlow(h, a, b);
    }

    public static long f32LeSlow(Hart h, long a, long b) {
        return FloatComparison.lessOrEqual(h, BINARY32, pattern(a), pattern(b));
    }

    /** One of ten bits: -inf, -normal, -subnormal, -0, +0, +subnormal, +normal, +inf, signaling NaN, quiet NaN. */
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
        return isSettled(h, rm) || (long) r == i ? toRegister(r) : i64ToF32Slow(h, i, rm);
    }

    public static long u32ToF32(Hart h, long value, int rm) {
        return i64ToF32(h, value & LOWER, rm);
    }

    public static long i64ToF32(Hart h, long value, int rm) {
        float r = value;
        boolean exact = (long) r == value && value != Long.MAX_VALUE;
        return isSettled(h, rm) || exact ? toRegister(r) : i64ToF32Slow(h, value, rm);
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
        double r = toDouble(a) + toDouble(b);
        return isSettled(h, rm) && isFinite(r) ? toRegister(r) : f64AddSlow(h, a, b, rm);
    }

    public static long f64AddSlow(Hart h, long a, long b, int rm) {
        double x = toDouble(a);
        double y = toDouble(b);
        double r = x + y;
        if (rm != RDN && ExactResult.isSum(x, y, r)) {
            return toRegister(r);
        }
        return FloatArithmetic.add(h, BINARY64, a, b, rm);
    }

    public static long f64Sub(Hart h, long a, long b, int rm) {
        double r = toDouble(a) - toDouble(b);
        return isSettled(h, rm) && isFinite(r) ? toRegister(r) : f64SubSlow(h, a, b, rm);
    }

    public static long f64SubSlow(Hart h, long a, long b, int rm) {
        double x = toDouble(a);
        double y = toDouble(b);
        double r = x - y;
        if (rm != RDN && ExactResult.isSum(x, -y, r)) {
            return toRegister(r);
        }
        return FloatArithmetic.add(h, BINARY64, a, b ^ SIGN_64, rm);
    }

    public static long f64Mul(Hart h, long a, long b, int rm) {
        double r = toDouble(a) * toDouble(b);
        return isSettled(h, rm) && isNormal(r) ? toRegister(r) : f64MulSlow(h, a, b, rm);
    }

    public static long f64MulSlow(Hart h, long a, long b, int rm) {
        double x = toDouble(a);
        double y = toDouble(b);
        double r = x * y;
        if (ExactResult.isProduct(x, y, r)) {
            return toRegister(r);
        }
        return FloatArithmetic.multiply(h, BINARY64, a, b, rm);
    }

    public static long f64Div(Hart h, long a, long b, int rm) {
        double r = toDouble(a) / toDouble(b);
        return isSettled(h, rm) && isNormal(r) ? toRegister(r) : f64DivSlow(h, a, b, rm);
    }

    public static long f64DivSlow(Hart h, long a, long b, int rm) {
        double x = toDouble(a);
        double y = toDouble(b);
        double r = x / y;
        if (ExactResult.isQuotient(x, y, r)) {
            return toRegister(r);
        }
        return FloatArithmetic.divide(h, BINARY64, a, b, rm);
    }

    public static long f64Sqrt(Hart h, long a, int rm) {
        double r = Math.sqrt(toDouble(a));
        return isSettled(h, rm) && isNormal(r) ? toRegister(r) : f64SqrtSlow(h, a, rm);
    }

    public static long f64SqrtSlow(Hart h, long a, int rm) {
        double x = toDouble(a);
        double r = Math.sqrt(x);
        if (ExactResult.isRoot(x, r)) {
            return toRegister(r);
        }
        return FloatArithmetic.squareRoot(h, BINARY64, a, rm);
    }

    /** a * b + c, rounded once. */
    public static long f64MulAdd(Hart h, long a, long b, long c, int rm) {
        double r = Math.fma(toDouble(a), toDouble(b), toDouble(c));
        return isSettled(h, rm) && isNormal(r) ? toRegister(r) : f64MulAddSlow(h, a, b, c, rm);
    }

    public static long f64MulAddSlow(Hart h, long a, long b, long c, int rm) {
        double x = toDouble(a);
        double y = toDouble(b);
        double z = toDouble(c);
        double r = Math.fma(x, y, z);
        if (rm != RDN && ExactResult.isProductAndSum(x, y, z, r)) {
            return toRegister(r);
        }
        return FloatArithmetic.multiplyAdd(h, BINARY64, a, b, c, rm);
    }

    /** a * b - c, rounded once. */
    public static long f64MulSub(Hart h, long a, long b, long c, int rm) {
        double r = Math.fma(toDouble(a), toDouble(b), -toDouble(c));
        return isSettled(h, rm) && isNormal(r) ? toRegister(r) : f64MulSubSlow(h, a, b, c, rm);
    }

    public static long f64MulSubSlow(Hart h, long a, long b, long c, int rm) {
        return f64MulAddSlow(h, a, b, c ^ SIGN_64, rm);
    }

    /** -(a * b) + c, rounded once. */
    public static long f64NMulSub(Hart h, long a, long b, long c, int rm) {
        double r = Math.fma(-toDouble(a), toDouble(b), toDouble(c));
        return isSettled(h, rm) && isNormal(r) ? toRegister(r) : f64NMulSubSlow(h, a, b, c, rm);
    }

    public static long f64NMulSubSlow(Hart h, long a, long b, long c, int rm) {
        return f64MulAddSlow(h, a ^ SIGN_64, b, c, rm);
    }

    /** -(a * b) - c, rounded once. */
    public static long f64NMulAdd(Hart h, long a, long b, long c, int rm) {
        double r = Math.fma(-toDouble(a), toDouble(b), -toDouble(c));
        return isSettled(h, rm) && isNormal(r) ? toRegister(r) : f64NMulAddSlow(h, a, b, c, rm);
    }

    public static long f64NMulAddSlow(Hart h, long a, long b, long c, int rm) {
        return f64MulAddSlow(h, a ^ SIGN_64, b, c ^ SIGN_64, rm);
    }

    // ---- double precision: comparison ----

    /** The smaller number; a number wins over a NaN, -0 is below +0. */
    public static long f64Min(Hart h, long a, long b) {
        double r = Math.min(toDouble(a), toDouble(b));
        return r == r ? toRegister(r) : f64MinSlow(h, a, b);
    }

    public static long f64MinSlow(Hart h, long a, long b) {
        return FloatComparison.minimum(h, BINARY64, a, b);
    }

    /** The greater number; a number wins over a NaN, -0 is below +0. */
    public static long f64Max(Hart h, long a, long b) {
        double r = Math.max(toDouble(a), toDouble(b));
        return r == r ? toRegister(r) : f64MaxSlow(h, a, b);
    }

    public static long f64MaxSlow(Hart h, long a, long b) {
        return FloatComparison.maximum(h, BINARY64, a, b);
    }

    /** 1 if a = b, else 0; quiet: only signaling NaNs raise NV. */
    public static long f64Eq(Hart h, long a, long b) {
        double x = toDouble(a);
        double y = toDouble(b);
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
        double x = toDouble(a);
        double y = toDouble(b);
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
        double x = toDouble(a);
        double y = toDouble(b);
        if (x <= y) {
            return 1;
        }
        return x > y ? 0 : f64LeSlow(h, a, b);
    }

    public static long f64LeSlow(Hart h, long a, long b) {
        return FloatComparison.lessOrEqual(h, BINARY64, a, b);
    }

    /** One of ten bits: -inf, -normal, -subnormal, -0, +0, +subnormal, +normal, +inf, signaling NaN, quiet NaN. */
    public static long f64Classify(long a) {
        return FloatComparison.classify(BINARY64, a);
    }

    // ---- double precision: conversion ----

    // Integral values are exact in every mode; of the rest most are truncated, by casts of C.

    public static long f64ToI32(Hart h, long a, int rm) {
        double x = toDouble(a);
        int r = (int) x;
        return Math.abs(x) < TWO_31 && (r == x || isTruncation(h, rm)) ? r : f64ToI32Slow(h, a, rm);
    }

    public static long f64ToI32Slow(Hart h, long a, int rm) {
        return FloatConversion.toSigned(h, BINARY64, a, 32, rm);
    }

    public static long f64ToU32(Hart h, long a, int rm) {
        double x = toDouble(a);
        long r = (long) x;
        return x > -1 && x < TWO_32 && (r == x || isTruncation(h, rm)) ? (int) r : f64ToU32Slow(h, a, rm);
    }

    public static long f64ToU32Slow(Hart h, long a, int rm) {
        return FloatConversion.toUnsigned(h, BINARY64, a, 32, rm);
    }

    public static long f64ToI64(Hart h, long a, int rm) {
        double x = toDouble(a);
        long r = (long) x;
        return Math.abs(x) < TWO_63 && (r == x || isTruncation(h, rm)) ? r : f64ToI64Slow(h, a, rm);
    }

    public static long f64ToI64Slow(Hart h, long a, int rm) {
        return FloatConversion.toSigned(h, BINARY64, a, 64, rm);
    }

    public static long f64ToU64(Hart h, long a, int rm) {
        double x = toDouble(a);
        long r = (long) x;
        return x > -1 && x < TWO_63 && (r == x || isTruncation(h, rm)) ? r : f64ToU64Slow(h, a, rm);
    }

    public static long f64ToU64Slow(Hart h, long a, int rm) {
        return FloatConversion.toUnsigned(h, BINARY64, a, 64, rm);
    }

    /** Always exact. */
    public static long i32ToF64(long value) {
        return toRegister((double) (int) value);
    }

    /** Always exact. */
    public static long u32ToF64(long value) {
        return toRegister((double) (value & LOWER));
    }

    public static long i64ToF64(Hart h, long value, int rm) {
        double r = value;
        boolean exact = (long) r == value && value != Long.MAX_VALUE;
        return isSettled(h, rm) || exact ? toRegister(r) : i64ToF64Slow(h, value, rm);
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
        float x = toFloat(a);
        return areBoxed(a) && x == x ? toRegister((double) x) : f32ToF64Slow(h, a);
    }

    public static long f32ToF64Slow(Hart h, long a) {
        return FloatConversion.toFormat(h, BINARY32, pattern(a), BINARY64, RNE);
    }

    public static long f64ToF32(Hart h, long a, int rm) {
        float r = (float) toDouble(a);
        boolean exact = r == toDouble(a);
        return exact || isSettled(h, rm) && isNormal(r) ? toRegister(r) : f64ToF32Slow(h, a, rm);
    }

    public static long f64ToF32Slow(Hart h, long a, int rm) {
        return boxed(FloatConversion.toFormat(h, BINARY64, a, BINARY32, rm));
    }

    // ---- tests and forms of values ----

    /** Whether the host's rounding is the wanted one, and NX would be no news. */
    private static boolean isSettled(Hart h, int rm) {
        return rm == RNE && (h.fflags & NX) != 0;
    }

    /** Whether the host's casts round as wanted, and NX would be no news. */
    private static boolean isTruncation(Hart h, int rm) {
        return rm == RTZ && (h.fflags & NX) != 0;
    }

    private static boolean isFinite(float r) {
        return Math.abs(r) <= Float.MAX_VALUE;
    }

    private static boolean isFinite(double r) {
        return Math.abs(r) <= Double.MAX_VALUE;
    }

    /** Finite and above the smallest normal number. */
    private static boolean isNormal(float r) {
        return Math.abs(r) > Float.MIN_NORMAL && Math.abs(r) <= Float.MAX_VALUE;
    }

    /** Finite and above the smallest normal number. */
    private static boolean isNormal(double r) {
        return Math.abs(r) > Double.MIN_NORMAL && Math.abs(r) <= Double.MAX_VALUE;
    }

    /** Whether registers, given as the conjunction of all of them, are NaN-boxed. */
    private static boolean areBoxed(long registers) {
        return registers >>> 32 == LOWER;
    }

    /** A single precision register as a double precision one; NaNs need not keep their kind. */
    private static long widened(long register) {
        return toRegister((double) Float.intBitsToFloat(unbox(register)));
    }

    private static long pattern(long register) {
        return unbox(register) & LOWER;
    }

    private static long boxed(long pattern) {
        return pattern | BOX;
    }

    private static float toFloat(long register) {
        return Float.intBitsToFloat((int) register);
    }

    private static double toDouble(long register) {
        return Double.longBitsToDouble(register);
    }

    private static long toRegister(float value) {
        return box(Float.floatToRawIntBits(value));
    }

    private static long toRegister(double value) {
        return Double.doubleToRawLongBits(value);
    }
}
