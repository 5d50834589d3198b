package callgate.machine.isa;

import static callgate.machine.isa.FloatRounding.DZ;
import static callgate.machine.isa.FloatRounding.NV;
import static callgate.machine.isa.FloatRounding.RDN;
import static callgate.machine.isa.FloatRounding.invalid;
import static callgate.machine.isa.FloatRounding.round;
import static callgate.machine.isa.FloatRounding.shiftRightJam;

import callgate.machine.hart.Hart;

/**
 * IEEE 754 arithmetic on bit patterns of any {@link FloatFormat}, for all operands, rounding modes
 * and flags.
 */
final class FloatArithmetic {
    private FloatArithmetic() {}

    static long add(Hart h, FloatFormat f, long a, long b, int rm) {
        if (f.isNaN(a) || f.isNaN(b)) {
            return nan(h, f, a, b);
        }
        if (f.isInfinite(a)) {
            return f.isInfinite(b) && a != b ? invalid(h, f) : a;
        }
        if (f.isInfinite(b)) {
            return b;
        }
        if (f.isZero(a)) {
            return f.isZero(b) ? addZeros(f, a, b, rm) : b;
        }
        if (f.isZero(b)) {
            return a;
        }
        return f.magnitude(a) >= f.magnitude(b)
                ? addOrdered(h, f, a, b, rm)
                : addOrdered(h, f, b, a, rm);
    }

    /** Adds finite numbers, none of them zero, {@code large} not smaller in magnitude. */
    private static long addOrdered(Hart h, FloatFormat f, long large, long small, int rm) {
        int exponent = f.exponent(large);
        // One bit of room above for the carry; 10 or more below for what the shift pushes out.
        long significand = f.significand(large) >>> 1;
        long addend = shiftRightJam(f.significand(small) >>> 1, exponent - f.exponent(small));
        long sum = f.sign(large) == f.sign(small) ? significand + addend : significand - addend;
        if (sum == 0) {
            return exactZero(f, rm);
        }
        int shift = Long.numberOfLeadingZeros(sum);
        return round(h, f, f.sign(large), exponent + 1 - shift, sum << shift, rm);
    }

    static long multiply(Hart h, FloatFormat f, long a, long b, int rm) {
        if (f.isNaN(a) || f.isNaN(b)) {
            return nan(h, f, a, b);
        }
        long sign = f.sign(a ^ b);
        if (f.isInfinite(a) || f.isInfinite(b)) {
            return f.isZero(a) || f.isZero(b) ? invalid(h, f) : sign | f.infinity();
        }
        if (f.isZero(a) || f.isZero(b)) {
            return sign;
        }
        long x = f.significand(a);
        long y = f.significand(b);
        return roundProduct(
                h,
                f,
                sign,
                f.exponent(a) + f.exponent(b) + 1,
                Math.unsignedMultiplyHigh(x, y),
                x * y,
                rm);
    }

    /** Rounds {@code high:low * 2^(exponent - 127)}, not zero. */
    private static long roundProduct(
            Hart h, FloatFormat f, long sign, int exponent, long high, long low, int rm) {
        int shift =
                high != 0 ? Long.numberOfLeadingZeros(high) : 64 + Long.numberOfLeadingZeros(low);
        long significand =
                shift >= 64 ? low << shift : shift == 0 ? high : high << shift | low >>> -shift;
        boolean more = shift < 64 && low << shift != 0;
        return round(h, f, sign, exponent - shift, more ? significand | 1 : significand, rm);
    }

    static long divide(Hart h, FloatFormat f, long a, long b, int rm) {
        if (f.isNaN(a) || f.isNaN(b)) {
            return nan(h, f, a, b);
        }
        long sign = f.sign(a ^ b);
        if (f.isInfinite(a)) {
            return f.isInfinite(b) ? invalid(h, f) : sign | f.infinity();
        }
        if (f.isInfinite(b)) {
            return sign;
        }
        if (f.isZero(b)) {
            if (f.isZero(a)) {
                return invalid(h, f);
            }
            h.fflags |= DZ;
            return sign | f.infinity();
        }
        if (f.isZero(a)) {
            return sign;
        }
        double x = asDouble(f.significand(a));
        double y = asDouble(f.significand(b));
        double quotient = x / y;
        // Exact: a quotient's remainder is representable when neither over- nor underflow is near
        // (IEEE 754 remainder
        // theorem).
        return roundNear(
                h, f, sign, f.exponent(a) - f.exponent(b), quotient, Math.fma(-quotient, y, x), rm);
    }

    static long squareRoot(Hart h, FloatFormat f, long a, int rm) {
        if (f.isNaN(a)) {
            return nan(h, f, a, a);
        }
        if (f.isZero(a)) {
            return a;
        }
        if (f.isNegative(a)) {
            return invalid(h, f);
        }
        if (f.isInfinite(a)) {
            return a;
        }
        int exponent = f.exponent(a);
        double x = asDouble(f.significand(a)) * (1 + (exponent & 1));
        double root = Math.sqrt(x);
        return roundNear(h, f, 0, exponent >> 1, root, Math.fma(-root, root, x), rm);
    }

    /**
     * A significand as a double from 1 up to 2; exact, because no format here has more than 53
     * bits.
     */
    private static double asDouble(long significand) {
        long fraction = significand << 1 >>> 12;
        return Double.longBitsToDouble(Double.doubleToRawLongBits(1.0) | fraction);
    }

    /**
     * Rounds a number that the host has rounded to {@code near}, a normal double, and that lies
     * above it if {@code rest} is positive, below if negative; both times 2^{@code scale}. The
     * number itself is not a power of two unless {@code rest} is 0.
     */
    private static long roundNear(
            Hart h, FloatFormat f, long sign, int scale, double near, double rest, int rm) {
        long significand = Double.doubleToRawLongBits(near) << 11 | Long.MIN_VALUE;
        long jammed = rest > 0 ? significand + 1 : rest < 0 ? significand - 1 : significand;
        return round(h, f, sign, scale + Math.getExponent(near), jammed, rm);
    }

    /** a * b + c, rounded once. */
    static long multiplyAdd(Hart h, FloatFormat f, long a, long b, long c, int rm) {
        boolean undefinedProduct = f.isInfinite(a) && f.isZero(b) || f.isZero(a) && f.isInfinite(b);
        if (undefinedProduct) {
            // RISC-V raises NV even when the addend is a quiet NaN (F extension, "Single-Precision
            // Floating-Point
            // Computational").
            return invalid(h, f);
        }
        if (f.isNaN(a) || f.isNaN(b) || f.isNaN(c)) {
            h.fflags |= f.isSignalingNaN(c) ? NV : 0;
            return nan(h, f, a, b);
        }
        long sign = f.sign(a ^ b);
        if (f.isInfinite(a) || f.isInfinite(b)) {
            return f.isInfinite(c) && f.sign(c) != sign ? invalid(h, f) : sign | f.infinity();
        }
        if (f.isInfinite(c)) {
            return c;
        }
        if (f.isZero(a) || f.isZero(b)) {
            return f.isZero(c) ? addZeros(f, sign, c, rm) : c;
        }
        if (f.isZero(c)) {
            return multiply(h, f, a, b, rm);
        }
        return multiplyAddFinite(h, f, a, b, c, rm);
    }

    /**
     * Both the product (at most 106 bits) and the addend stand in 128 bits with their leading one
     * in bit 126: 20 or more zeros below make every shift exact that a cancellation could undo.
     */
    private static long multiplyAddFinite(Hart h, FloatFormat f, long a, long b, long c, int rm) {
        long x = f.significand(a);
        long y = f.significand(b);
        long high = Math.unsignedMultiplyHigh(x, y);
        long low = x * y;
        int exponent = f.exponent(a) + f.exponent(b) + 1;
        if (high < 0) {
            low = low >>> 1 | high << 63;
            high >>>= 1;
        } else {
            exponent--;
        }
        long addend = f.significand(c) >>> 1;
        return addWide(
                h, f, f.sign(a ^ b), exponent, high, low, f.sign(c), f.exponent(c), addend, rm);
    }

    /**
     * Adds {@code high:low * 2^(exponent - 126)} and {@code addHigh * 2^(addExponent - 62)}, both
     * with their leading one on top.
     */
    private static long addWide(
            Hart h,
            FloatFormat f,
            long sign,
            int exponent,
            long high,
            long low,
            long addSign,
            int addExponent,
            long addHigh,
            int rm) {
        long addLow = 0;
        int top = Math.max(exponent, addExponent);
        if (exponent < addExponent) {
            int count = addExponent - exponent;
            low = shiftRightJamLow(high, low, count);
            high = count < 64 ? high >>> count : 0;
        } else if (addExponent < exponent) {
            int count = exponent - addExponent;
            addLow = shiftRightJamLow(addHigh, 0, count);
            addHigh = count < 64 ? addHigh >>> count : 0;
        }
        if (sign == addSign) {
            long sum = low + addLow;
            long carry = Long.compareUnsigned(sum, low) < 0 ? 1 : 0;
            return roundProduct(h, f, sign, top + 1, high + addHigh + carry, sum, rm);
        }
        long difference = low - addLow;
        long borrow = Long.compareUnsigned(low, addLow) < 0 ? 1 : 0;
        long upper = high - addHigh - borrow;
        if ((upper | difference) == 0) {
            return exactZero(f, rm);
        }
        if (upper < 0) {
            upper = ~upper + (difference == 0 ? 1 : 0);
            return roundProduct(h, f, addSign, top + 1, upper, -difference, rm);
        }
        return roundProduct(h, f, sign, top + 1, upper, difference, rm);
    }

    /**
     * The low half of {@code high:low} shifted right by {@code count > 0}, bits that fall out
     * jammed into bit 0.
     */
    private static long shiftRightJamLow(long high, long low, int count) {
        if (count >= 64) {
            return shiftRightJam(high, count - 64) | (low != 0 ? 1 : 0);
        }
        return high << -count | shiftRightJam(low, count);
    }

    /** What an operation gives when an operand is a NaN. */
    private static long nan(Hart h, FloatFormat f, long a, long b) {
        if (f.isSignalingNaN(a) || f.isSignalingNaN(b)) {
            h.fflags |= NV;
        }
        return f.canonicalNaN();
    }

    private static long addZeros(FloatFormat f, long a, long b, int rm) {
        return a == b ? a : exactZero(f, rm);
    }

    /** The sum of opposite numbers (IEEE 754 §6.3). */
    private static long exactZero(FloatFormat f, int rm) {
        return rm == RDN ? f.signBit() : 0;
    }
}
