package callgate.machine.jit;

import static callgate.machine.jit.TestCode.A0;
import static callgate.machine.jit.TestCode.A3;
import static org.assertj.core.api.Assertions.assertThat;

import callgate.machine.MiniSupervisor;
import callgate.machine.hart.Cause;
import callgate.machine.hart.Hart;
import callgate.machine.hart.Tier;
import callgate.machine.isa.Op;
import callgate.machine.link.Machine;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Calculations without loops on numbers of all sizes: what is known of numbers from one operation
 * to the next never hides a flag.
 */
class RangedFloatsTest {
    private static final long CODE = 0x10_0000;
    private static final long DATA = 0x20_0000;
    private static final int WORDS = 16;
    private static final int CASES = 5000;
    private static final int DYNAMIC = 7;
    private static final int NX = 1;
    private static final int UF = 2;
    private static final int FFLAGS = 1;
    private static final int FRM = 2;

    private static final Op[] PRODUCTS = {
        Op.FMUL_D, Op.FMUL_D, Op.FMUL_D, Op.FMADD_D, Op.FMSUB_D, Op.FNMADD_D, Op.FNMSUB_D
    };
    private static final Op[] OTHERS = {Op.FADD_D, Op.FSUB_D, Op.FADD_D, Op.FDIV_D, Op.FSQRT_D};
    private static final Op[] MOVES = {Op.FSGNJ_D, Op.FSGNJN_D, Op.FSGNJX_D, Op.FMIN_D};

    private static final double[] SCALES = {
        1,
        1,
        1,
        0.1,
        0x1p-250,
        0x1p-256,
        0x1p250,
        0x1p256,
        0x1p-520,
        0x1p-530 / 3,
        0x1p505,
        0x1p-1060,
        0x1p-1021,
        0x1p1020
    };

    /** Which of the scales there are in a case: ordinary ones, any, or all near one bound. */
    private record Range(int first, int count) {}

    private static final Range[] RANGES = {
        new Range(0, 4), new Range(0, SCALES.length), new Range(4, 1), new Range(6, 1)
    };

    private static final double[] ODD = {
        0,
        0,
        -0.0,
        Double.MIN_VALUE,
        Double.MIN_NORMAL,
        0x1.fffffffffffffp-256,
        0x1p-255,
        0x1.fffffffffffffp256,
        0x1p257,
        Double.MAX_VALUE,
        Double.POSITIVE_INFINITY,
        Double.NaN,
        Double.longBitsToDouble(0x7ff0_0000_0000_0001L),
    };

    private record Outcome(
            Cause cause, long pc, int flags, int mode, List<Long> registers, List<Long> floats) {}

    @Test
    void translatedCalculationsRaiseTheFlagsOfInterpretedOnes() {
        for (int seed = 0; seed < CASES; seed++) {
            Outcome interpreted = run(seed, Tier.INTERPRET);
            assertThat(run(seed, Tier.TRANSLATE)).as("seed %d", seed).isEqualTo(interpreted);
        }
    }

    /** Products of three factors that were tested need no test, those of more do. */
    @Test
    void productsOfManySmallFactorsUnderflow() {
        TestCode code = new TestCode();
        code.register(Op.FMUL_D, 1, 0, 0).register(Op.FMUL_D, 2, 1, 1);
        code.register(Op.FMUL_D, 3, 2, 0).register(Op.FMUL_D, 4, 1, 0);
        code.register(Op.FMUL_D, 5, 4, 0).register(Op.FMUL_D, 6, 1, 0).ebreak();
        try (MiniSupervisor supervisor = new MiniSupervisor(1L << 20);
                Machine machine = Machine.over(supervisor.memory, Tier.TRANSLATE)) {
            int[] encodings = code.encodings();
            supervisor.makeExecutable(CODE, 4L * encodings.length);
            supervisor.writeInts(CODE, encodings);
            Hart hart = supervisor.newHart(CODE);
            hart.f[0] = Double.doubleToRawLongBits(0x1.8p-254);
            hart.fflags = NX;
            hart.code = machine.newCodeSpace();
            machine.run(hart);
            hart.code.close();
            assertThat(hart.fflags).isEqualTo(NX | UF);
            assertThat(Double.longBitsToDouble(hart.f[2])).isEqualTo(0x1.44p-1014);
            assertThat(hart.f[3]).isZero();
        }
    }

    private static Outcome run(long seed, Tier tier) {
        Random random = new Random(seed);
        TestCode code = calculation(random);
        try (MiniSupervisor supervisor = new MiniSupervisor(1L << 20);
                Machine machine = Machine.over(supervisor.memory, tier)) {
            int[] encodings = code.encodings();
            supervisor.makeExecutable(CODE, 4L * encodings.length);
            supervisor.writeInts(CODE, encodings);
            int between = new int[] {1000, 30, 6}[random.nextInt(3)];
            Range scales = RANGES[random.nextInt(RANGES.length)];
            for (int i = 0; i < WORDS; i++) {
                long bits = number(random, between, scales);
                supervisor.writeInts(DATA + 8L * i, (int) bits, (int) (bits >>> 32));
            }
            Hart hart = supervisor.newHart(CODE);
            hart.x[A0] = DATA;
            Arrays.setAll(hart.f, _ -> number(random, between, scales));
            hart.fflags = random.nextInt(8) == 0 ? random.nextInt(32) : NX;
            hart.frm = random.nextInt(20) == 0 ? random.nextInt(8) : 0;
            hart.code = machine.newCodeSpace();
            Cause cause = machine.run(hart);
            hart.code.close();
            return new Outcome(
                    cause,
                    hart.pc,
                    hart.fflags,
                    hart.frm,
                    Arrays.stream(hart.x, 0, 32).boxed().collect(Collectors.toList()),
                    Arrays.stream(hart.f).boxed().collect(Collectors.toList()));
        }
    }

    private static long number(Random random, int between, Range scales) {
        double value =
                random.nextInt(between) == 0
                        ? ODD[random.nextInt(ODD.length)]
                        : SCALES[scales.first + random.nextInt(scales.count)]
                                * (random.nextInt(200) - 100);
        return Double.doubleToRawLongBits(value);
    }

    /** Few registers, so that results go into the next operations. */
    private static TestCode calculation(Random random) {
        TestCode code = new TestCode();
        int registers = 3 + random.nextInt(6);
        for (int i = 8 + random.nextInt(24); i > 0; i--) {
            int kind = random.nextInt(40);
            if (kind < 20) {
                calculate(code, random, registers, PRODUCTS[random.nextInt(PRODUCTS.length)]);
            } else if (kind < 30) {
                calculate(code, random, registers, OTHERS[random.nextInt(OTHERS.length)]);
            } else if (kind < 33) {
                int from = random.nextInt(registers);
                Op op = MOVES[random.nextInt(MOVES.length)];
                int second = random.nextInt(3) == 0 ? random.nextInt(registers) : from;
                code.register(op, random.nextInt(registers), from, second);
            } else if (kind < 36) {
                code.immediate(Op.FLD, random.nextInt(registers), A0, 8 * random.nextInt(WORDS));
            } else if (kind < 38) {
                code.store(Op.FSD, random.nextInt(registers), A0, 8 * random.nextInt(WORDS));
            } else if (kind == 38) {
                code.register(Op.FLT_D, A3, random.nextInt(registers), random.nextInt(registers));
            } else {
                controlRegister(code, random);
            }
        }
        return code.ebreak();
    }

    private static void calculate(TestCode code, Random random, int registers, Op op) {
        boolean isFused =
                op == Op.FMADD_D || op == Op.FMSUB_D || op == Op.FNMADD_D || op == Op.FNMSUB_D;
        int word =
                op.match()
                        | random.nextInt(registers) << 7
                        | random.nextInt(registers) << 15
                        | (random.nextInt(5) == 0 ? 0 : DYNAMIC) << 12;
        word |= op == Op.FSQRT_D ? 0 : random.nextInt(registers) << 20;
        code.add(isFused ? word | random.nextInt(registers) << 27 : word);
    }

    private static void controlRegister(TestCode code, Random random) {
        switch (random.nextInt(3)) {
            case 0 -> code.immediate(Op.CSRRS, A3, 0, FFLAGS).immediate(Op.CSRRW, 0, A3, FFLAGS);
            case 1 -> code.immediate(Op.CSRRWI, A3, random.nextInt(32), FFLAGS);
            default -> code.immediate(Op.CSRRWI, A3, random.nextInt(5), FRM);
        }
    }
}
