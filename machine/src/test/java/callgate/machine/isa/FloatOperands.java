package callgate.machine.isa;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Seeded operands that lean to what is hard: special values, exponents at the borders, few or
 * almost all fraction bits set, results that cancel, nearly overflow or underflow, and single
 * precision values that are not properly NaN-boxed.
 */
final class FloatOperands {
    private final SplittableRandom random;

    FloatOperands(long seed) {
        this.random = new SplittableRandom(seed);
    }

    int choose(int bound) {
        return random.nextInt(bound);
    }

    /** Register values for the operands; always three, unused ones are 0. */
    long[] next(List<FloatOperation.Operand> operands) {
        long[] values = new long[3];
        for (int i = 0; i < operands.size(); i++) {
            values[i] = operand(operands.get(i));
        }
        if (operands.size() > 1 && random.nextInt(4) == 0) {
            relate(operands, values);
        }
        return values;
    }

    private long operand(FloatOperation.Operand kind) {
        return switch (kind) {
            case SINGLE -> registerOf(number(FloatFormat.BINARY32));
            case DOUBLE -> number(FloatFormat.BINARY64);
            case INTEGER -> integer();
        };
    }

    private long registerOf(long pattern) {
        return switch (random.nextInt(64)) {
            case 0 -> pattern;
            case 1 -> pattern | random.nextLong() << 32;
            case 2 -> pattern | 0xffff_fffeL << 32;
            default -> pattern | 0xffff_ffffL << 32;
        };
    }

    private long number(FloatFormat f) {
        long sign = random.nextBoolean() ? f.signBit() : 0;
        long magnitude =
                switch (random.nextInt(8)) {
                    case 0 -> special(f);
                    case 1 -> f.magnitude(special(f) + random.nextInt(-3, 4));
                    case 2 -> f.magnitude(random.nextLong());
                    case 3 -> withField(f, random.nextInt(4));
                    case 4 -> withField(f, f.specialField() - 1 - random.nextInt(4));
                    case 5 ->
                            withField(
                                    f,
                                    f.bias()
                                            + random.nextInt(
                                                    -f.precision() - 2, f.precision() + 3));
                    case 6 -> withField(f, f.bias() + random.nextInt(-2, 67));
                    // Products and roots of these come near overflow and underflow.
                    default ->
                            withField(
                                    f,
                                    f.bias() * (1 + 2 * random.nextInt(2)) / 2
                                            + random.nextInt(-8, 9));
                };
        return sign | magnitude;
    }

    private long withField(FloatFormat f, int field) {
        return exponentField(f, field) | fraction(f);
    }

    private long special(FloatFormat f) {
        return switch (random.nextInt(12)) {
            case 0 -> 0;
            case 1 -> 1;
            case 2 -> f.impliedBit() - 1;
            case 3 -> f.impliedBit();
            case 4 -> f.largestFinite();
            case 5 -> f.infinity();
            case 6 -> f.canonicalNaN();
            case 7 -> f.infinity() + 1 + (fraction(f) >>> 2);
            case 8 -> exponentField(f, f.bias());
            case 9 -> exponentField(f, f.bias() - 1);
            case 10 -> exponentField(f, f.bias() + random.nextInt(30, 65));
            default -> exponentField(f, f.bias() + random.nextInt(30, 65)) - 1;
        };
    }

    private static long exponentField(FloatFormat f, int field) {
        return (long) Math.clamp(field, 0, f.specialField() - 1) << (f.precision() - 1);
    }

    private long fraction(FloatFormat f) {
        long mask = f.impliedBit() - 1;
        return mask
                & switch (random.nextInt(6)) {
                    case 0 -> 0;
                    case 1 -> -1L << random.nextInt(f.precision());
                    case 2 -> (1L << random.nextInt(f.precision())) - 1;
                    case 3 ->
                            1L << random.nextInt(f.precision())
                                    ^ 1L << random.nextInt(f.precision());
                    default -> random.nextLong();
                };
    }

    private long integer() {
        long value = random.nextLong() >>> random.nextInt(64);
        return switch (random.nextInt(6)) {
            case 0 -> -value;
            case 1 -> (1L << random.nextInt(64)) + random.nextInt(-2, 3);
            case 2 -> -(1L << random.nextInt(64)) + random.nextInt(-2, 3);
            case 3 -> value & -1L << random.nextInt(64);
            case 4 -> (int) value;
            default -> value;
        };
    }

    /**
     * Makes operands depend on each other: equal, opposite, neighbours, or an addend that almost
     * cancels the product.
     */
    private void relate(List<FloatOperation.Operand> operands, long[] values) {
        boolean single = operands.get(0) == FloatOperation.Operand.SINGLE;
        int step = random.nextInt(-2, 3);
        if (operands.size() == 2) {
            values[1] = (values[0] ^ (random.nextBoolean() ? 0 : signBit(single))) + step;
        } else if (single) {
            float product =
                    Float.intBitsToFloat((int) values[0]) * Float.intBitsToFloat((int) values[1]);
            values[2] =
                    SoftFloat.box(
                            Float.floatToRawIntBits(random.nextBoolean() ? product : -product)
                                    + step);
        } else {
            double product =
                    Double.longBitsToDouble(values[0]) * Double.longBitsToDouble(values[1]);
            values[2] =
                    Double.doubleToRawLongBits(random.nextBoolean() ? product : -product) + step;
        }
    }

    private static long signBit(boolean single) {
        return single ? FloatFormat.BINARY32.signBit() : FloatFormat.BINARY64.signBit();
    }
}
