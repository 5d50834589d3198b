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
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Inner loops over memory whose pages lie in the host in runs of any length, and end anywhere: what
 * is translated does what is interpreted, to the last register of a fault.
 */
class InnerLoopTest {
    private static final int T0 = 5;
    private static final int T1 = TestCode.T1;
    private static final long CODE = 0x10_0000;
    private static final long DATA = 0x20_0000;
    private static final int PAGES = 48;
    private static final int CASES = 200;
    private static final int ROUNDS = 3000;

    private static final Op[] LOADS = {Op.LB, Op.LBU, Op.LH, Op.LHU, Op.LW, Op.LWU, Op.LD};
    private static final Op[] STORES = {Op.SB, Op.SH, Op.SW, Op.SD};
    private static final int[] WALKS = {1, 2, 4, 8, 8, 16, 24, -1, -8, 40, 384, 1000, 2047, -2048};

    @Test
    void translatedLoopsDoWhatInterpretedOnesDo() {
        for (int seed = 0; seed < CASES; seed++) {
            LoopOutcome interpreted = run(seed, Tier.INTERPRET);
            assertThat(run(seed, Tier.TRANSLATE)).as("seed %d", seed).isEqualTo(interpreted);
        }
    }

    /** A unit that begins within such a loop has its end and its beginning, but not all between. */
    @Test
    void aLoopThatNoUnitHasRoomForLosesNoInstruction() {
        for (int length = 100; length < 500; length += 40) {
            TestCode code = new TestCode().label("loop");
            for (int i = 0; i < length; i++) {
                code.immediate(i % 3 == 0 ? Op.XORI : Op.ADDI, A3, A3, i % 1000);
                code.register(Op.ADD, A4, A4, A3);
            }
            code.immediate(Op.ADDI, A2, A2, -1).branch(Op.BNE, A2, 0, "loop").ebreak();
            LoopOutcome interpreted = run(code, new Random(length), Tier.INTERPRET);
            assertThat(run(code, new Random(length), Tier.TRANSLATE))
                    .as("%d instructions", 2 * length)
                    .isEqualTo(interpreted);
        }
    }

    private static LoopOutcome run(long seed, Tier tier) {
        Random random = new Random(seed);
        return run(loop(random), random, tier);
    }

    private static LoopOutcome run(TestCode code, Random random, Tier tier) {
        try (MiniSupervisor supervisor = new MiniSupervisor(16L << 20);
                Machine machine = Machine.over(supervisor.memory, tier)) {
            int[] encodings = code.encodings();
            supervisor.makeExecutable(CODE, 4L * encodings.length);
            supervisor.writeInts(CODE, encodings);
            mapInRuns(supervisor, random);
            Hart hart = supervisor.newHart(CODE);
            hart.x[A0] = DATA + random.nextInt(PAGES << PhysMem.PAGE_SHIFT);
            hart.x[A1] = DATA + random.nextInt(PAGES << PhysMem.PAGE_SHIFT);
            hart.x[A2] = 1 + random.nextInt(ROUNDS);
            hart.x[A4] = 8L * random.nextInt(600);
            return LoopOutcome.of(supervisor, machine, hart, DATA, PAGES);
        }
    }

    /** A loop of one block, in one of three in another loop. */
    private static TestCode loop(Random random) {
        TestCode code = new TestCode();
        boolean nested = random.nextInt(3) == 0;
        if (nested) {
            code.immediate(Op.ADDI, T0, 0, 3).label("outer").immediate(Op.ADDI, T1, A2, 0);
        }
        code.label("loop");
        int count = 1 + random.nextInt(6);
        int walk = random.nextInt(count);
        for (int i = 0; i < count; i++) {
            if (i == walk) {
                code.immediate(Op.ADDI, A0, A0, WALKS[random.nextInt(WALKS.length)]);
            }
            int base = random.nextInt(4) == 0 ? A1 : A0;
            int offset = random.nextInt(3) == 0 ? random.nextInt(64) : 8 * random.nextInt(4);
            switch (random.nextInt(6)) {
                case 0, 1 -> code.immediate(LOADS[random.nextInt(LOADS.length)], A3, base, offset);
                case 2, 3 -> code.store(STORES[random.nextInt(STORES.length)], A3, base, offset);
                case 4 -> code.immediate(Op.ADDI, A3, A3, random.nextInt(100));
                default -> {
                    code.register(Op.ADD, A3, A4, A0);
                    code.immediate(Op.LW, A3, A3, offset);
                }
            }
        }
        code.immediate(Op.ADDI, A2, A2, -1).branch(Op.BNE, A2, 0, "loop");
        if (nested) {
            code.immediate(Op.ADDI, A2, T1, 0)
                    .immediate(Op.ADDI, T0, T0, -1)
                    .branch(Op.BNE, T0, 0, "outer");
        }
        return code.ebreak();
    }

    /** Maps most data pages before the run, with runs of frames that are one to twelve long. */
    private static void mapInRuns(MiniSupervisor supervisor, Random random) {
        List<Integer> frames =
                IntStream.range(0, PAGES)
                        .mapToObj(_ -> supervisor.memory.allocate())
                        .sorted()
                        .collect(Collectors.toList());
        for (int at = 0; at < PAGES; ) {
            int end = Math.min(PAGES, at + 1 + random.nextInt(12));
            Collections.rotate(frames.subList(at, PAGES), 1 + random.nextInt(5));
            for (; at < end; at++) {
                if (random.nextInt(10) != 0) {
                    long page = (DATA >>> PhysMem.PAGE_SHIFT) + at;
                    supervisor.table.map(page, supervisor.memory.address(frames.get(at)), true);
                }
            }
        }
        for (long at = DATA; at < DATA + (PAGES << PhysMem.PAGE_SHIFT); at += 64) {
            supervisor.writeInts(at, random.nextInt());
        }
    }
}
