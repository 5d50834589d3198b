package callgate.machine.jit;

import static callgate.machine.jit.TestCode.A0;
import static callgate.machine.jit.TestCode.A1;
import static callgate.machine.jit.TestCode.A2;
import static callgate.machine.jit.TestCode.A3;
import static callgate.machine.jit.TestCode.A4;
import static callgate.machine.memory.RawMemory.RAW;
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

/**
 * Inner loops that follow pointers and look things up in tables: what is translated does what is
 * interpreted, wherever pointers lead: below 2 GiB, above it, and to nowhere.
 */
class PointerLoopTest {
    private static final int A5 = 15;
    private static final int A6 = 16;
    private static final long CODE = 0x10_0000;
    private static final long LOW = 0x20_0000;

    /** Where the same pages are once more. */
    private static final long HIGH = 0x3_8020_0000L;

    private static final int PAGES = 16;
    private static final int NODE_BYTES = 64;
    private static final int NODES = (PAGES << PhysMem.PAGE_SHIFT) / NODE_BYTES;
    private static final int CASES = 300;
    private static final int ROUNDS = 2000;

    @Test
    void translatedLoopsFollowPointersAsInterpretedOnesDo() {
        for (int seed = 0; seed < CASES; seed++) {
            LoopOutcome interpreted = run(seed, Tier.INTERPRET);
            assertThat(run(seed, Tier.TRANSLATE)).as("seed %d", seed).isEqualTo(interpreted);
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
            fill(supervisor, random);
            Hart hart = supervisor.newHart(CODE);
            hart.x[A0] = pointer(random, 0);
            hart.x[A1] = pointer(random, 0);
            hart.x[A2] = 1 + random.nextInt(ROUNDS);
            // a table, which may end behind the last page
            hart.x[A4] = LOW + 8L * random.nextInt(PAGES << PhysMem.PAGE_SHIFT - 3);
            return LoopOutcome.of(supervisor, machine, hart, LOW, PAGES);
        }
    }

    /** A loop of one block, in one of three cases entered in the middle. */
    private static TestCode loop(Random random) {
        TestCode code = new TestCode();
        boolean rotated = random.nextInt(3) == 0;
        int count = 1 + random.nextInt(5);
        int entry = 1 + random.nextInt(count);
        int follow = random.nextInt(count);
        if (rotated) {
            code.jump(0, "entry");
        }
        code.label("loop");
        for (int i = 0; i < count; i++) {
            emit(code, random);
            if (i == follow) {
                emitFollow(code, random);
            }
            if (rotated && i + 1 == entry) {
                code.label("entry");
            }
        }
        code.immediate(Op.ADDI, A2, A2, -1);
        if (random.nextBoolean()) {
            code.branch(Op.BEQ, A2, 0, "end");
            code.branch(Op.BNE, A0, 0, "loop").label("end");
        } else {
            code.branch(Op.BNE, A2, 0, "loop");
        }
        return code.ebreak();
    }

    private static void emitFollow(TestCode code, Random random) {
        int offset = 8 * random.nextInt(2);
        if (random.nextBoolean()) {
            code.immediate(Op.LD, A0, A0, offset);
        } else {
            code.immediate(Op.LD, A5, A0, offset);
            code.store(Op.SD, random.nextBoolean() ? A1 : A0, A0, 8);
            code.immediate(Op.ADDI, A1, A0, 0).immediate(Op.ADDI, A0, A5, 0);
        }
    }

    private static void emit(TestCode code, Random random) {
        int field = 16 + 8 * random.nextInt(4);
        switch (random.nextInt(7)) {
            case 0 -> code.immediate(Op.LD, A3, A0, field);
            case 1 -> code.store(Op.SD, A3, A0, field);
            case 2 -> code.store(Op.SW, A3, A1, field);
            case 3 -> code.immediate(Op.ADDI, A3, A3, random.nextInt(100));
            case 4 -> {
                code.immediate(Op.LBU, A6, A0, field).immediate(Op.SLLI, A6, A6, random.nextInt(5));
                code.register(Op.ADD, A6, A4, A6).immediate(Op.LW, A6, A6, 4 * random.nextInt(3));
                code.register(Op.XOR, A3, A3, A6).immediate(Op.ADDIW, A3, A3, 0);
            }
            case 5 -> {
                code.immediate(Op.ANDI, A6, A3, 255).immediate(Op.SLLI, A6, A6, 3);
                code.register(Op.ADD, A6, A6, A4).immediate(Op.LD, A6, A6, 0);
                code.immediate(Op.SRLIW, A3, A3, 8).register(Op.XOR, A3, A3, A6);
            }
            default -> code.immediate(Op.SRLI, A6, A3, 55).immediate(Op.ADDIW, A3, A6, 0);
        }
    }

    /** Maps all pages twice, not in the order of their frames, with a hole in some cases. */
    private static void map(MiniSupervisor supervisor, Random random) {
        List<Integer> frames =
                IntStream.range(0, PAGES)
                        .mapToObj(_ -> supervisor.memory.allocate())
                        .collect(Collectors.toList());
        java.util.Collections.rotate(frames, random.nextInt(PAGES));
        int hole = random.nextInt(4 * PAGES);
        for (int i = 0; i < PAGES; i++) {
            long host = supervisor.memory.address(frames.get(i));
            supervisor.table.map((LOW >>> PhysMem.PAGE_SHIFT) + i, host, true);
            if (i != hole) {
                supervisor.table.map((HIGH >>> PhysMem.PAGE_SHIFT) + i, host, true);
            }
        }
    }

    /** Nodes of two pointers and six numbers. */
    private static void fill(MiniSupervisor supervisor, Random random) {
        int wild = random.nextInt(3) == 0 ? 500 : 0;
        for (int node = 0; node < NODES; node++) {
            long host = supervisor.host(LOW + node * NODE_BYTES);
            RAW.putLong(host, pointer(random, wild));
            RAW.putLong(host + 8, pointer(random, wild));
            for (int offset = 16; offset < NODE_BYTES; offset += 8) {
                RAW.putLong(host + offset, random.nextLong());
            }
        }
    }

    /**
     * @param wild one of how many leads to nowhere; 0 if none does
     */
    private static long pointer(Random random, int wild) {
        long offset = (long) NODE_BYTES * random.nextInt(NODES);
        if (wild != 0 && random.nextInt(wild) == 0) {
            return random.nextBoolean() ? offset + 3 : random.nextLong();
        }
        return (random.nextInt(20) == 0 ? HIGH : LOW) + offset;
    }
}
