package callgate.machine.jit;

import static callgate.machine.jit.TestCode.A0;
import static callgate.machine.jit.TestCode.A1;
import static callgate.machine.jit.TestCode.A2;
import static callgate.machine.jit.TestCode.A3;
import static callgate.machine.jit.TestCode.A4;
import static callgate.machine.memory.RawMemory.RAW;
import static org.assertj.core.api.Assertions.assertThat;

import callgate.machine.MiniSupervisor;
import callgate.machine.hart.Cause;
import callgate.machine.hart.Hart;
import callgate.machine.hart.Tier;
import callgate.machine.isa.Op;
import callgate.machine.link.Machine;
import callgate.machine.memory.PhysMem;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Loops over doubles in memory, most of which can be done many rounds at once: results, flags and
 * faults are those of the interpreter, whatever numbers there are, wherever the odd one is.
 */
class StripLoopTest {
    private static final long CODE = 0x10_0000;
    private static final long DATA = 0x20_0000;
    private static final int PAGES = 24;
    private static final int WORDS = PAGES << PhysMem.PAGE_SHIFT - 3;
    private static final int CASES = 2000;
    private static final int DYNAMIC = 7;
    private static final int NX = 1;

    // floating-point registers: two that do not change, then those of the round
    private static final int F_FIRST_CONSTANT = 0;
    private static final int F_SECOND_CONSTANT = 1;
    private static final int F_FIRST_LOADED = 2;
    private static final int F_RESULTS = 5;
    private static final int F_LAST = 9;

    private static final Op[] ARITHMETIC = {
        Op.FADD_D,
        Op.FADD_D,
        Op.FSUB_D,
        Op.FMUL_D,
        Op.FMUL_D,
        Op.FMADD_D,
        Op.FMSUB_D,
        Op.FNMADD_D,
        Op.FNMSUB_D
    };

    /** Numbers that raise a flag in many operations, or are near to it. */
    private static final double[] ODD = {
        0,
        -0.0,
        Double.MIN_VALUE,
        -0x1p-1022,
        0x1.8p-1022,
        0x1p-1023,
        0x1p-540,
        0x1.fffffffffffffp-500,
        0x1.0000000000001p-474,
        0x1p-475,
        0x1p424,
        0x1.8p600,
        Double.MAX_VALUE,
        -0x1p1023,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Double.NaN,
        Double.longBitsToDouble(0x7ff0_0000_0000_0001L),
        0.1,
        0x1.0000000000001p0,
        0x1p53 + 2,
    };

    /** Most numbers are whole ones times this: products of the small ones underflow. */
    private static final double[] SCALES = {1, 1, 0.1, 0.1, 0x1p-530, 0x1p-540 / 3, 0x1p-1060};

    private record Outcome(
            Cause cause,
            long pc,
            long tval,
            int flags,
            List<Long> registers,
            List<Long> floats,
            List<Long> memory) {}

    private boolean stripped;

    @Test
    void translatedLoopsGiveTheResultsAndFlagsOfInterpretedOnes() {
        int strips = 0;
        for (int seed = 0; seed < CASES; seed++) {
            Outcome interpreted = run(seed, Tier.INTERPRET);
            assertThat(run(seed, Tier.TRANSLATE)).as("seed %d", seed).isEqualTo(interpreted);
            strips += stripped ? 1 : 0;
        }
        assertThat(strips).isGreaterThan(CASES / 2);
    }

    private Outcome run(long seed, Tier tier) {
        Random random = new Random(seed);
        int rounds = 1 + random.nextInt(random.nextBoolean() ? 40 : 700);
        TestCode code = loop(random);
        try (MiniSupervisor supervisor = new MiniSupervisor(16L << 20);
                Machine machine = Machine.over(supervisor.memory, tier)) {
            int[] encodings = code.encodings();
            supervisor.makeExecutable(CODE, 4L * encodings.length);
            supervisor.writeInts(CODE, encodings);
            map(supervisor, random);
            fill(supervisor, random);
            Hart hart = supervisor.newHart(CODE);
            hart.x[A0] = address(random);
            hart.x[A1] = random.nextInt(3) == 0 ? near(hart.x[A0], random) : address(random);
            hart.x[A2] = random.nextInt(3) == 0 ? near(hart.x[A0], random) : address(random);
            hart.x[A3] = hart.x[A0] + 8L * rounds;
            hart.x[A4] = rounds;
            double scale = SCALES[random.nextInt(SCALES.length)];
            Arrays.setAll(
                    hart.f, _ -> Double.doubleToRawLongBits(scale * (random.nextInt(2000) - 1000)));
            if (random.nextInt(5) == 0) {
                hart.f[F_SECOND_CONSTANT] =
                        Double.doubleToRawLongBits(ODD[random.nextInt(ODD.length)]);
            }
            hart.fflags =
                    random.nextBoolean()
                            ? 0
                            : random.nextInt(4) == 0 ? random.nextInt(32) | NX : NX;
            hart.frm = random.nextInt(10) == 0 ? 1 + random.nextInt(4) : 0;
            hart.code = machine.newCodeSpace();
            Cause cause = machine.run(hart);
            hart.code.close();
            stripped = hart.strip != null;
            return new Outcome(
                    cause,
                    hart.pc,
                    cause == Cause.BREAKPOINT ? 0 : hart.tval,
                    hart.fflags,
                    Arrays.stream(hart.x, 0, 32).boxed().collect(Collectors.toList()),
                    Arrays.stream(hart.f).boxed().collect(Collectors.toList()),
                    contents(supervisor));
        }
    }

    /** One to three loads, mostly some arithmetic, and one store. */
    private static TestCode loop(Random random) {
        TestCode code = new TestCode();
        code.label("loop");
        int loads = 1 + random.nextInt(3);
        for (int i = 0; i < loads; i++) {
            int base = A0 + i;
            code.immediate(Op.FLD, F_FIRST_LOADED + i, base, 8 * random.nextInt(3));
        }
        boolean isEarly = random.nextBoolean(); // the rows go on before the store
        if (isEarly) {
            walk(code);
        }
        int last = F_FIRST_LOADED + random.nextInt(loads);
        int known = F_FIRST_LOADED + loads;
        for (int i = random.nextInt(5); i > 0; i--) {
            int result = F_RESULTS + random.nextInt(F_LAST - F_RESULTS);
            calculate(code, random, result, last, random.nextInt(known));
            last = result;
        }
        if (random.nextInt(8) == 0) { // a sum over all rounds: cannot be done at once
            code.add(Op.FADD_D.match() | F_LAST << 7 | F_LAST << 15 | last << 20 | DYNAMIC << 12);
        }
        if (random.nextInt(12) != 0) {
            code.store(Op.FSD, last, A0, isEarly ? -8 : 8 * random.nextInt(2));
        }
        if (!isEarly) {
            walk(code);
        }
        switch (random.nextInt(4)) {
            case 0 -> code.branch(Op.BNE, A3, A0, "loop");
            case 1 -> code.branch(Op.BLTU, A0, A3, "loop");
            case 2 -> code.branch(Op.BLT, A0, A3, "loop");
            default -> code.immediate(Op.ADDI, A4, A4, -1).branch(Op.BNE, A4, 0, "loop");
        }
        return code.ebreak();
    }

    private static void walk(TestCode code) {
        for (int base = A0; base <= A2; base++) {
            code.immediate(Op.ADDI, base, base, 8);
        }
    }

    private static void calculate(TestCode code, Random random, int result, int first, int second) {
        Op op = ARITHMETIC[random.nextInt(ARITHMETIC.length)];
        boolean isSwapped = random.nextBoolean();
        int word =
                op.match()
                        | result << 7
                        | (isSwapped ? second : first) << 15
                        | (isSwapped ? first : second) << 20
                        | (random.nextInt(3) == 0 ? 0 : DYNAMIC) << 12;
        boolean isFused =
                op == Op.FMADD_D || op == Op.FMSUB_D || op == Op.FNMADD_D || op == Op.FNMSUB_D;
        code.add(isFused ? word | random.nextInt(F_FIRST_LOADED + 1) << 27 : word);
    }

    private static long address(Random random) {
        long misaligned = random.nextInt(10) == 0 ? random.nextInt(8) : 0;
        return DATA + 8L * random.nextInt(WORDS) + misaligned;
    }

    private static long near(long other, Random random) {
        long misaligned = random.nextInt(5) == 0 ? random.nextInt(8) : 0;
        return other + 8L * (random.nextInt(9) - 4) + misaligned;
    }

    /** Maps nearly all data pages, some twice, with runs of frames of some lengths. */
    private static void map(MiniSupervisor supervisor, Random random) {
        List<Integer> frames =
                IntStream.range(0, PAGES)
                        .mapToObj(_ -> supervisor.memory.allocate())
                        .sorted()
                        .collect(Collectors.toList());
        for (int at = 0; at < PAGES; ) {
            int end = Math.min(PAGES, at + 1 + random.nextInt(12));
            Collections.rotate(frames.subList(at, PAGES), 1 + random.nextInt(5));
            for (; at < end; at++) {
                int frame = frames.get(random.nextInt(10) == 0 ? 0 : at);
                long page = (DATA >>> PhysMem.PAGE_SHIFT) + at;
                if (random.nextInt(20) != 0) {
                    supervisor.table.map(page, supervisor.memory.address(frame), true);
                }
            }
        }
    }

    /** Whole numbers times something, with odd ones among them: none, few, or one in a dozen. */
    private static void fill(MiniSupervisor supervisor, Random random) {
        double scale = SCALES[random.nextInt(SCALES.length)];
        int between = new int[] {Integer.MAX_VALUE, 1000, 100, 12}[random.nextInt(4)];
        for (int i = 0; i < WORDS; i++) {
            double value =
                    random.nextInt(between) == 0
                            ? ODD[random.nextInt(ODD.length)]
                            : scale * (random.nextInt(2000) - 1000);
            long bits = Double.doubleToRawLongBits(value);
            supervisor.writeInts(DATA + 8L * i, (int) bits, (int) (bits >>> 32));
        }
    }

    private static List<Long> contents(MiniSupervisor supervisor) {
        return IntStream.range(0, WORDS)
                .mapToObj(i -> RAW.getLong(supervisor.host(DATA + 8L * i)))
                .collect(Collectors.toList());
    }
}
