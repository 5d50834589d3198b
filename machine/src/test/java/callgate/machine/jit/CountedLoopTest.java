package callgate.machine.jit;

import static callgate.machine.jit.TestCode.A0;
import static callgate.machine.jit.TestCode.A1;
import static callgate.machine.jit.TestCode.A2;
import static callgate.machine.jit.TestCode.A3;
import static callgate.machine.jit.TestCode.A4;
import static org.assertj.core.api.Assertions.assertThat;

import callgate.machine.MiniSupervisor;
import callgate.machine.hart.Hart;
import callgate.machine.hart.Tier;
import callgate.machine.isa.Op;
import callgate.machine.link.Machine;
import callgate.machine.memory.PhysMem;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Loops whose rounds can be counted, up and down, signed and unsigned, of words and of double
 * words, by constants and by registers, to bounds that are met, passed, or on the wrong side: what
 * is translated makes as many rounds as what is interpreted.
 */
class CountedLoopTest {
    private static final int A5 = 15;
    private static final long CODE = 0x10_0000;
    private static final long DATA = 0x20_0000;
    private static final int PAGES = 12;
    private static final int CASES = 600;
    private static final int ROUNDS = 20_000;

    private static final Op[] BRANCHES = {Op.BNE, Op.BNE, Op.BLT, Op.BGE, Op.BLTU, Op.BGEU, Op.BEQ};

    /** Where walkers begin, or end. */
    private static final long[] PLACES = {
        0,
        0,
        1000,
        -1000,
        Integer.MAX_VALUE - 500,
        Integer.MIN_VALUE + 500,
        Long.MAX_VALUE - 500,
        Long.MIN_VALUE + 500,
        -1,
        1L << 31,
        1L << 32
    };

    @Test
    @Timeout(120) // a wrong count may take for ever
    void countedLoopsMakeAsManyRoundsAsInterpretedOnes() {
        for (int seed = 0; seed < CASES; seed++) {
            LoopOutcome interpreted = run(seed, Tier.INTERPRET);
            assertThat(run(seed, Tier.TRANSLATE)).as("seed %d", seed).isEqualTo(interpreted);
        }
    }

    /** What is compared before the first round, when no access has been made yet. */
    @Test
    @Timeout(120) // a wrong count may take for ever
    void loopsWithoutAccessesEndWhereTheyShould() {
        assertThat(ends(Op.BLT, Op.ADDIW, 1, 5 - (1L << 32), 10)).isEqualTo(10);
        Random random = new Random(1);
        for (int tried = 0; tried < CASES; ) {
            Op branch = BRANCHES[random.nextInt(BRANCHES.length)];
            Op addition =
                    random.nextInt(3) == 0 ? Op.ADDIW : random.nextBoolean() ? Op.ADDI : Op.ADD;
            long step = addition == Op.ADD ? step(random) : random.nextInt(40) - 20;
            long walker = place(random);
            long bound = random.nextBoolean() ? place(random) : walker + distance(random);
            Long expected = simulated(branch, addition, step, walker, bound);
            if (expected != null) {
                tried++;
                assertThat(ends(branch, addition, step, walker, bound))
                        .as("%s %s by %d from %d to %d", branch, addition, step, walker, bound)
                        .isEqualTo(expected);
            }
        }
    }

    /** Where the walker ends by itself; null if that takes long. */
    private static Long simulated(Op branch, Op addition, long step, long walker, long bound) {
        for (int round = 0; round < ROUNDS; round++) {
            walker = addition == Op.ADDIW ? (int) (walker + step) : walker + step;
            int signed = Long.compare(walker, bound);
            int unsigned = Long.compareUnsigned(walker, bound);
            boolean taken =
                    switch (branch) {
                        case BNE -> signed != 0;
                        case BEQ -> signed == 0;
                        case BLT -> signed < 0;
                        case BGE -> signed >= 0;
                        case BLTU -> unsigned < 0;
                        case BGEU -> unsigned >= 0;
                        default -> throw new IllegalArgumentException(branch + "");
                    };
            if (!taken) {
                return walker;
            }
        }
        return null;
    }

    private static long ends(Op branch, Op addition, long step, long from, long bound) {
        TestCode code = new TestCode().label("loop");
        if (addition == Op.ADD) {
            code.register(Op.ADD, A2, A2, A5);
        } else {
            code.immediate(addition, A2, A2, (int) step);
        }
        int[] encodings = code.branch(branch, A2, A4, "loop").ebreak().encodings();
        try (MiniSupervisor supervisor = new MiniSupervisor(1L << 20);
                Machine machine = Machine.over(supervisor.memory, Tier.TRANSLATE)) {
            supervisor.makeExecutable(CODE, 4L * encodings.length);
            supervisor.writeInts(CODE, encodings);
            Hart hart = supervisor.newHart(CODE);
            hart.x[A2] = from;
            hart.x[A4] = bound;
            hart.x[A5] = step;
            hart.code = machine.newCodeSpace();
            machine.run(hart);
            hart.code.close();
            return hart.x[A2];
        }
    }

    private static LoopOutcome run(long seed, Tier tier) {
        Random random = new Random(seed);
        int[] encodings = loop(random).encodings();
        try (MiniSupervisor supervisor = new MiniSupervisor(16L << 20);
                Machine machine = Machine.over(supervisor.memory, tier)) {
            supervisor.makeExecutable(CODE, 4L * encodings.length);
            supervisor.writeInts(CODE, encodings);
            map(supervisor, random);
            Hart hart = supervisor.newHart(CODE);
            hart.x[A0] = DATA + random.nextInt(PAGES << PhysMem.PAGE_SHIFT);
            hart.x[A1] = DATA + random.nextInt(PAGES << PhysMem.PAGE_SHIFT);
            hart.x[A2] = place(random);
            hart.x[A4] = random.nextInt(3) == 0 ? place(random) : hart.x[A2] + distance(random);
            hart.x[A5] = step(random);
            return LoopOutcome.of(supervisor, machine, hart, DATA, PAGES);
        }
    }

    private static long place(Random random) {
        return PLACES[random.nextInt(PLACES.length)] + random.nextInt(1000) - 500;
    }

    private static long distance(Random random) {
        return random.nextInt(1 << 1 + random.nextInt(14)) * (random.nextBoolean() ? 1 : -1);
    }

    private static long step(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> -1 - random.nextInt(100);
            case 1 -> random.nextLong();
            case 2 -> 1L << 30 + random.nextInt(3);
            case 3 -> 0;
            default -> 1 + random.nextInt(100);
        };
    }

    /** A loop with a pointer that always walks, so that it ends by a fault if by nothing else. */
    private static TestCode loop(Random random) {
        TestCode code = new TestCode().label("loop");
        int parts = 3 + random.nextInt(3);
        int walk = random.nextInt(parts);
        int other = random.nextInt(parts);
        for (int i = 0; i < parts; i++) {
            if (random.nextBoolean()) {
                code.immediate(Op.LD, A3, random.nextBoolean() ? A0 : A1, 8 * random.nextInt(4));
            } else {
                code.store(Op.SH, A3, random.nextBoolean() ? A0 : A1, 2 * random.nextInt(9));
            }
            code.immediate(Op.ADDI, A3, A3, 7);
            if (i == walk) {
                emitWalk(code, random);
            }
            if (i == other && random.nextBoolean()) {
                code.register(Op.ADD, A1, A1, A5);
            }
        }
        code.store(Op.SB, A3, A0, 0).immediate(Op.ADDI, A0, A0, 1 + random.nextInt(300));
        Op branch = BRANCHES[random.nextInt(BRANCHES.length)];
        int bound = random.nextInt(4) == 0 ? 0 : A4;
        boolean isFirst = random.nextBoolean();
        return code.branch(branch, isFirst ? A2 : bound, isFirst ? bound : A2, "loop").ebreak();
    }

    private static void emitWalk(TestCode code, Random random) {
        int by = random.nextInt(40) - 20;
        switch (random.nextInt(4)) {
            case 0 -> code.immediate(Op.ADDI, A2, A2, random.nextBoolean() ? 1 : by);
            case 1 -> code.immediate(Op.ADDI, A2, A2, by).immediate(Op.ADDI, A2, A2, -1);
            case 2 -> code.immediate(Op.ADDIW, A2, A2, random.nextBoolean() ? -1 : by);
            default -> code.register(Op.ADD, A2, random.nextBoolean() ? A2 : A5, A5);
        }
    }

    private static void map(MiniSupervisor supervisor, Random random) {
        List<Integer> frames =
                IntStream.range(0, PAGES)
                        .mapToObj(_ -> supervisor.memory.allocate())
                        .collect(Collectors.toList());
        java.util.Collections.rotate(frames, random.nextInt(PAGES));
        for (int i = 0; i < PAGES; i++) {
            long host = supervisor.memory.address(frames.get(i));
            supervisor.table.map((DATA >>> PhysMem.PAGE_SHIFT) + i, host, true);
        }
        for (long at = DATA; at < DATA + (PAGES << PhysMem.PAGE_SHIFT); at += 64) {
            supervisor.writeInts(at, random.nextInt());
        }
    }
}
