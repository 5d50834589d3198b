package callgate.machine.isa;

import callgate.machine.hart.Hart;

/**
 * The one place where results are rounded and flags of rounding are raised.
 *
 * <p>Intermediate results are {@code significand * 2^(exponent - 63)}: an unsigned 64-bit
 * significand with its top bit set. Bits that do not fit are jammed: or-ed into bit 0. Every format
 * keeps at least two bits more than it needs above bit 0, so that bit 0 tells exact from inexact,
 * and never anything else.
 */
final class FloatRounding {
    static final int RNE = 0;
    static final int RTZ = 1;
    static final int RDN = 2;
    static final int RUP = 3;
    static final int RMM = 4;

    static final int NX = 1;
    static final int UF = 2;
    static final int OF = 4;
    static final int DZ = 8;
    static final int NV = 16;

    private FloatRounding() {}

    /**
     * The number nearest as {@code rm} wants it; raises NX, OF and UF. {@code sign} is 0 or the
     * format's sign bit.
     */
    static long round(
            Hart h, FloatFormat format, long sign, int exponent, long significand, int rm) {
        int field = exponent + format.bias();
        if (field >= format.specialField()) {
            return overflow(h, format, sign, rm);
        }
        if (field <= 0) {
            return roundSubnormal(h, format, sign, field, significand, rm);
        }
        int dropped = 64 - format.precision();
        long kept = significand >>> dropped;
        long remainder = significand << format.precision();
        // The implied bit adds one to the field below; so does a carry out of the fraction, and so
        // does one into
        // infinity.
        long bits =
                ((long) (field - 1) << (format.precision() - 1))
                        + kept
                        + increment(sign, kept, remainder, rm);
        if (bits >= format.infinity()) {
            return overflow(h, format, sign, rm);
        }
        if (remainder != 0) {
            h.fflags |= NX;
        }
        return sign | bits;
    }

    /** {@code field} is the exponent field that the number would have if fields went below 1. */
    private static long roundSubnormal(
            Hart h, FloatFormat format, long sign, int field, long significand, int rm) {
        int dropped = 64 - format.precision();
        long shifted = shiftRightJam(significand, 1 - field);
        long kept = shifted >>> dropped;
        long remainder = shifted << format.precision();
        if (remainder != 0) {
            h.fflags |= isTiny(format, sign, field, significand, rm) ? NX | UF : NX;
        }
        return sign | (kept + increment(sign, kept, remainder, rm));
    }

    /**
     * RISC-V detects tininess after rounding: as if the exponent had no lower bound, would the
     * result be below the normal numbers?
     */
    private static boolean isTiny(
            FloatFormat format, long sign, int field, long significand, int rm) {
        if (field < 0) {
            return true;
        }
        long kept = significand >>> (64 - format.precision());
        long remainder = significand << format.precision();
        return kept + increment(sign, kept, remainder, rm) != format.impliedBit() << 1;
    }

    private static long overflow(Hart h, FloatFormat format, long sign, int rm) {
        h.fflags |= OF | NX;
        boolean toInfinity =
                switch (rm) {
                    case RTZ -> false;
                    case RDN -> sign != 0;
                    case RUP -> sign == 0;
                    default -> true;
                };
        return sign | (toInfinity ? format.infinity() : format.largestFinite());
    }

    /**
     * 1 if {@code kept} is to be rounded away from zero, else 0; {@code remainder} is what follows
     * it, as a fraction of 2^64.
     */
    static long increment(long sign, long kept, long remainder, int rm) {
        return switch (rm) {
            case RNE -> remainder < 0 && (remainder != Long.MIN_VALUE || (kept & 1) != 0) ? 1 : 0;
            case RTZ -> 0;
            case RDN -> sign != 0 && remainder != 0 ? 1 : 0;
            case RUP -> sign == 0 && remainder != 0 ? 1 : 0;
            default -> remainder < 0 ? 1 : 0;
        };
    }

    /** Shifts right by {@code count >= 0}; if one bits fall out, bit 0 becomes 1. */
    static long shiftRightJam(long value, int count) {
        if (count == 0) {
            return value;
        }
        if (count >= 64) {
            return value != 0 ? 1 : 0;
        }
        return value >>> count | (value << -count != 0 ? 1 : 0);
    }

    static long invalid(Hart h, FloatFormat format) {
        h.fflags |= NV;
        return format.canonicalNaN();
    }
}
