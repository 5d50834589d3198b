package callgate.machine.isa;

import static callgate.machine.isa.FloatRounding.NV;
import static callgate.machine.isa.FloatRounding.NX;

import callgate.machine.hart.Hart;

/** Conversions between formats and integers, for all operands, rounding modes and flags. */
final class FloatConversion {
    private FloatConversion() {}

    /**
     * Converts to a signed integer of 32 or 64 {@code bits}, sign-extended; what does not fit
     * saturates and raises NV.
     */
    static long toSigned(Hart h, FloatFormat f, long a, int bits, int rm) {
        if (f.isZero(a)) {
            return 0;
        }
        long limit = 1L << (bits - 1);
        boolean negative = f.isNegative(a) && !f.isNaN(a);
        if (f.exponent(a) < 64) {
            long magnitude = toMagnitude(f, a, rm);
            if (Long.compareUnsigned(magnitude, negative ? limit : limit - 1) <= 0) {
                raiseIfInexact(h, f, a);
                return negative ? -magnitude : magnitude;
            }
        }
        h.fflags |= NV;
        return negative ? -limit : limit - 1;
    }

    /**
     * As {@link #toSigned}, to an unsigned integer; one of 32 bits is sign-extended from bit 31, as
     * RV64 registers hold it.
     */
    static long toUnsigned(Hart h, FloatFormat f, long a, int bits, int rm) {
        if (f.isZero(a)) {
            return 0;
        }
        boolean negative = f.isNegative(a) && !f.isNaN(a);
        if (f.exponent(a) < 64) {
            long magnitude = toMagnitude(f, a, rm);
            if (Long.compareUnsigned(magnitude, negative ? 0 : -1L >>> (64 - bits)) <= 0) {
                raiseIfInexact(h, f, a);
                return bits == 32 ? (int) magnitude : magnitude;
            }
        }
        h.fflags |= NV;
        return negative ? 0 : -1;
    }

    /**
     * The rounded magnitude of a number below 2^64 that is not zero. It does not wrap: above 2^53
     * there are no fractions.
     */
    private static long toMagnitude(FloatFormat f, long a, int rm) {
        long kept = integerPart(f, a);
        return kept + FloatRounding.increment(f.sign(a), kept, fraction(f, a), rm);
    }

    private static void raiseIfInexact(Hart h, FloatFormat f, long a) {
        if (fraction(f, a) != 0) {
            h.fflags |= NX;
        }
    }

    private static long integerPart(FloatFormat f, long a) {
        int exponent = f.exponent(a);
        return exponent < 0 ? 0 : f.significand(a) >>> (63 - exponent);
    }

    /** What follows the binary point, as a fraction of 2^64, jammed. */
    private static long fraction(FloatFormat f, long a) {
        int exponent = f.exponent(a);
        long significand = f.significand(a);
        if (exponent < 0) {
            return FloatRounding.shiftRightJam(significand, -1 - exponent);
        }
        return exponent == 63 ? 0 : significand << (exponent + 1);
    }

    static long fromSigned(Hart h, FloatFormat f, long value, int rm) {
        return value < 0
                ? fromMagnitude(h, f, f.signBit(), -value, rm)
                : fromMagnitude(h, f, 0, value, rm);
    }

    static long fromUnsigned(Hart h, FloatFormat f, long value, int rm) {
        return fromMagnitude(h, f, 0, value, rm);
    }

    private static long fromMagnitude(Hart h, FloatFormat f, long sign, long magnitude, int rm) {
        if (magnitude == 0) {
            return 0;
        }
        int shift = Long.numberOfLeadingZeros(magnitude);
        return FloatRounding.round(h, f, sign, 63 - shift, magnitude << shift, rm);
    }

    static long toFormat(Hart h, FloatFormat from, long a, FloatFormat to, int rm) {
        if (from.isNaN(a)) {
            return from.isSignalingNaN(a) ? FloatRounding.invalid(h, to) : to.canonicalNaN();
        }
        long sign = from.isNegative(a) ? to.signBit() : 0;
        if (from.isZero(a)) {
            return sign;
        }
        if (from.isInfinite(a)) {
            return sign | to.infinity();
        }
        return FloatRounding.round(h, to, sign, from.exponent(a), from.significand(a), rm);
    }
}
