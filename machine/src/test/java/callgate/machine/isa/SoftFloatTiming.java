package callgate.machine.isa;

import callgate.machine.hart.Hart;
import java.util.Locale;

/**
 * Prints nanoseconds per operation, for the eye: throughput over independent operands, and latency
 * where each result is the next operand. Columns: NX raised before (the host's arithmetic answers),
 * NX clear and results exact, general algorithm alone.
 */
final class SoftFloatTiming {
    private static final int SIZE = 1024;
    private static final int ROUNDS = 20_000;
    private static final int NX = 1;

    private final Hart hart = new Hart(null);
    private final long[] inexact = new long[SIZE];
    private final long[] exact = new long[SIZE];

    private interface Kernel {
        long run(Hart hart, long[] values);
    }

    private SoftFloatTiming() {
        FloatOperands operands = new FloatOperands(1);
        for (int i = 0; i < SIZE; i++) {
            inexact[i] = Double.doubleToRawLongBits(1 + operands.choose(1 << 30) / 1e9);
            exact[i] = Double.doubleToRawLongBits(1 << operands.choose(4));
        }
    }

    public static void main(String[] arguments) {
        new SoftFloatTiming().run();
    }

    private void run() {
        System.out.printf("%-28s %10s %10s%n", "", "NX raised", "NX clear");
        time("host add, no checks", SoftFloatTiming::hostAdd);
        time("f64Add", SoftFloatTiming::add);
        time("f64Add, latency", SoftFloatTiming::addLatency);
        time("f64Mul", SoftFloatTiming::multiply);
        time("f64Div", SoftFloatTiming::divide);
        time("f64Sqrt", SoftFloatTiming::squareRoot);
        time("f64MulAdd", SoftFloatTiming::multiplyAdd);
        time("f64MulAdd, latency", SoftFloatTiming::multiplyAddLatency);
        time("f64Lt", SoftFloatTiming::less);
        time("f64Min", SoftFloatTiming::minimum);
        time("f64ToI32, truncating", SoftFloatTiming::toInteger);
        time("i64ToF64", SoftFloatTiming::fromInteger);
        time("f64ToF32 + f32ToF64", SoftFloatTiming::formats);
        time("f32Add (operands converted)", SoftFloatTiming::addSingle);
        time("f64Add, general", SoftFloatTiming::addGeneral);
        time("f64Mul, general", SoftFloatTiming::multiplyGeneral);
        time("f64Div, general", SoftFloatTiming::divideGeneral);
        time("f64MulAdd, general", SoftFloatTiming::multiplyAddGeneral);
    }

    private void time(String name, Kernel kernel) {
        System.out.printf(
                Locale.ROOT,
                "%-28s %10.2f %10.2f%n",
                name,
                best(kernel, NX, inexact),
                best(kernel, 0, exact));
    }

    private double best(Kernel kernel, int flags, long[] values) {
        double best = Double.MAX_VALUE;
        long sink = 0;
        for (int trial = 0; trial < 5; trial++) {
            long start = System.nanoTime();
            for (int round = 0; round < ROUNDS; round++) {
                hart.fflags = flags;
                sink += kernel.run(hart, values);
            }
            best = Math.min(best, (System.nanoTime() - start) / (double) ROUNDS / SIZE);
        }
        if (sink == 42) {
            System.out.print(" ");
        }
        return best;
    }

    private static long hostAdd(Hart h, long[] v) {
        long sum = 0;
        for (long x : v) {
            sum ^=
                    Double.doubleToRawLongBits(
                            Double.longBitsToDouble(x) + Double.longBitsToDouble(v[0]));
        }
        return sum;
    }

    private static long add(Hart h, long[] v) {
        long sum = 0;
        for (long x : v) {
            sum ^= SoftFloat.f64Add(h, x, v[0], 0);
        }
        return sum;
    }

    private static long addLatency(Hart h, long[] v) {
        long sum = 0;
        for (long x : v) {
            sum = SoftFloat.f64Add(h, sum, x, 0);
        }
        return sum;
    }

    private static long multiply(Hart h, long[] v) {
        long sum = 0;
        for (long x : v) {
            sum ^= SoftFloat.f64Mul(h, x, v[0], 0);
        }
        return sum;
    }

    private static long divide(Hart h, long[] v) {
        long sum = 0;
        for (long x : v) {
            sum ^= SoftFloat.f64Div(h, x, v[0], 0);
        }
        return sum;
    }

    private static long squareRoot(Hart h, long[] v) {
        long sum = 0;
        for (long x : v) {
            sum ^= SoftFloat.f64Sqrt(h, x, 0);
        }
        return sum;
    }

    private static long multiplyAdd(Hart h, long[] v) {
        long sum = 0;
        for (long x : v) {
            sum ^= SoftFloat.f64MulAdd(h, x, v[0], v[1], 0);
        }
        return sum;
    }

    private static long multiplyAddLatency(Hart h, long[] v) {
        long sum = 0;
        for (long x : v) {
            sum = SoftFloat.f64MulAdd(h, x, x, sum, 0);
        }
        return sum;
    }

    private static long less(Hart h, long[] v) {
        long sum = 0;
        for (long x : v) {
            sum += SoftFloat.f64Lt(h, x, v[0]);
        }
        return sum;
    }

    private static long minimum(Hart h, long[] v) {
        long sum = 0;
        for (long x : v) {
            sum ^= SoftFloat.f64Min(h, x, v[0]);
        }
        return sum;
    }

    private static long toInteger(Hart h, long[] v) {
        long sum = 0;
        for (long x : v) {
            sum += SoftFloat.f64ToI32(h, x, 1);
        }
        return sum;
    }

    private static long fromInteger(Hart h, long[] v) {
        long sum = 0;
        for (long x : v) {
            sum ^= SoftFloat.i64ToF64(h, x >> 40, 0);
        }
        return sum;
    }

    private static long formats(Hart h, long[] v) {
        long sum = 0;
        for (long x : v) {
            sum ^= SoftFloat.f32ToF64(h, SoftFloat.f64ToF32(h, x, 0));
        }
        return sum;
    }

    private static long addSingle(Hart h, long[] v) {
        long sum = 0;
        long y = SoftFloat.box(Float.floatToRawIntBits(1.5f));
        for (long x : v) {
            sum ^= SoftFloat.f32Add(h, SoftFloat.f64ToF32(h, x, 0), y, 0);
        }
        return sum;
    }

    private static long addGeneral(Hart h, long[] v) {
        long sum = 0;
        for (long x : v) {
            sum ^= FloatArithmetic.add(h, FloatFormat.BINARY64, x, v[0], 0);
        }
        return sum;
    }

    private static long multiplyGeneral(Hart h, long[] v) {
        long sum = 0;
        for (long x : v) {
            sum ^= FloatArithmetic.multiply(h, FloatFormat.BINARY64, x, v[0], 0);
        }
        return sum;
    }

    private static long divideGeneral(Hart h, long[] v) {
        long sum = 0;
        for (long x : v) {
            sum ^= FloatArithmetic.divide(h, FloatFormat.BINARY64, x, v[0], 0);
        }
        return sum;
    }

    private static long multiplyAddGeneral(Hart h, long[] v) {
        long sum = 0;
        for (long x : v) {
            sum ^= FloatArithmetic.multiplyAdd(h, FloatFormat.BINARY64, x, v[0], v[1], 0);
        }
        return sum;
    }
}
