package callgate.machine.isa;

import static callgate.machine.isa.FloatRounding.NV;

import callgate.machine.hart.Hart;

/**
 * Comparison, minimum, maximum and classification of bit patterns, NaNs and their flags included.
 */
final class FloatComparison {
    private FloatComparison() {}

    /** Quiet: only signaling NaNs raise NV. */
    static long equal(Hart h, FloatFormat f, long a, long b) {
        if (f.isNaN(a) || f.isNaN(b)) {
            raiseIfSignaling(h, f, a, b);
            return 0;
        }
        return a == b || f.magnitude(a | b) == 0 ? 1 : 0;
    }

    /** Signaling: any NaN raises NV. */
    static long less(Hart h, FloatFormat f, long a, long b) {
        if (f.isNaN(a) || f.isNaN(b)) {
            h.fflags |= NV;
            return 0;
        }
        return key(f, a) < key(f, b) && f.magnitude(a | b) != 0 ? 1 : 0;
    }

    /** Signaling: any NaN raises NV. */
    static long lessOrEqual(Hart h, FloatFormat f, long a, long b) {
        if (f.isNaN(a) || f.isNaN(b)) {
            h.fflags |= NV;
            return 0;
        }
        return key(f, a) <= key(f, b) || f.magnitude(a | b) == 0 ? 1 : 0;
    }

    /** minimumNumber of IEEE 754-2019 §9.6: a number wins over a NaN, -0 is below +0. */
    static long minimum(Hart h, FloatFormat f, long a, long b) {
        return key(f, a) < key(f, b) ? pick(h, f, a, b) : pick(h, f, b, a);
    }

    /** maximumNumber of IEEE 754-2019 §9.6. */
    static long maximum(Hart h, FloatFormat f, long a, long b) {
        return key(f, a) > key(f, b) ? pick(h, f, a, b) : pick(h, f, b, a);
    }

    /** The preferred one, unless it is a NaN. */
    private static long pick(Hart h, FloatFormat f, long preferred, long other) {
        raiseIfSignaling(h, f, preferred, other);
        if (!f.isNaN(preferred)) {
            return preferred;
        }
        return f.isNaN(other) ? f.canonicalNaN() : other;
    }

    /**
     * The mask that FCLASS gives, one bit of ten (F extension, "Single-Precision Floating-Point
     * Classify Instruction").
     */
    static long classify(FloatFormat f, long a) {
        if (f.isNaN(a)) {
            return f.isSignalingNaN(a) ? 1 << 8 : 1 << 9;
        }
        long magnitude = f.magnitude(a);
        int size =
                magnitude == f.infinity()
                        ? 3
                        : magnitude >= f.impliedBit() ? 2 : magnitude != 0 ? 1 : 0;
        return f.isNegative(a) ? 1 << (3 - size) : 1 << (4 + size);
    }

    /** Orders numbers as integers; -0 comes just before +0. */
    private static long key(FloatFormat f, long bits) {
        return f.isNegative(bits) ? ~f.magnitude(bits) : bits;
    }

    private static void raiseIfSignaling(Hart h, FloatFormat f, long a, long b) {
        if (f.isSignalingNaN(a) || f.isSignalingNaN(b)) {
            h.fflags |= NV;
        }
    }
}
