package callgate.machine.jit;

import static callgate.machine.jit.TestCode.RA;
import static callgate.machine.jit.TestCode.SP;
import static org.assertj.core.api.Assertions.assertThat;

import callgate.machine.MiniSupervisor;
import callgate.machine.hart.Cause;
import callgate.machine.hart.Hart;
import callgate.machine.hart.Tier;
import callgate.machine.isa.Op;
import callgate.machine.link.Machine;
import callgate.machine.memory.PhysMem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Small functions that call each other, and stand in the units of their callers: what is translated
 * does what is interpreted. Some return to the second instruction after the call, some jump to
 * another function at their end, some read beyond their memory.
 */
class InlinedCallsTest {
    private static final long CODE = 0x10_0000;
    private static final long DATA = 0x20_0000;
    private static final int CASES = 300;
    private static final int FUNCTIONS = 6;
    private static final int ROUNDS = 400;

    private static final int T0 = 5;
    private static final int COUNT = 8; // rounds of the main loop that are left
    private static final int BASE = 9; // of the data
    private static final int[] SCRATCH = {10, 11, 12, 13, 14, 15};
    private static final Op[] ARITHMETIC = {Op.ADD, Op.SUB, Op.XOR, Op.MUL, Op.SLTU, Op.ADDW};
    private static final Op[] BRANCHES = {Op.BEQ, Op.BNE, Op.BLT, Op.BGEU};

    private record Outcome(Cause cause, long pc, long tval, List<Long> registers) {}

    @Test
    void translatedCallsDoWhatInterpretedOnesDo() {
        for (int seed = 0; seed < CASES; seed++) {
            Outcome interpreted = new Program(seed).run(Tier.INTERPRET);
            assertThat(new Program(seed).run(Tier.TRANSLATE))
                    .as("seed %d", seed)
                    .isEqualTo(interpreted);
        }
    }

    @Test
    void aFunctionOfDoublesMayStandTwiceInAUnit() {
        assertThat(doubles(Tier.TRANSLATE)).isEqualTo(doubles(Tier.INTERPRET));
    }

    private static List<Long> doubles(Tier tier) {
        TestCode code = new TestCode().label("main").call("work").call("work");
        code.immediate(Op.ADDI, COUNT, COUNT, -1).branch(Op.BNE, COUNT, 0, "main").ebreak();
        code.label("work");
        for (int i = 0; i < 8; i++) {
            code.register(Op.FMUL_D, 3 + i, 2 + i, 1).register(Op.FADD_D, 2, 3 + i, 2);
        }
        code.ret();
        try (MiniSupervisor supervisor = new MiniSupervisor(16L << 20);
                Machine machine = Machine.over(supervisor.memory, tier)) {
            int[] encodings = code.encodings();
            supervisor.makeExecutable(CODE, 4L * encodings.length);
            supervisor.writeInts(CODE, encodings);
            Hart hart = supervisor.newHart(CODE);
            hart.x[COUNT] = ROUNDS;
            hart.f[1] = Double.doubleToRawLongBits(0.75); // exact at first
            hart.f[2] = Double.doubleToRawLongBits(1);
            hart.code = machine.newCodeSpace();
            assertThat(machine.run(hart)).isEqualTo(Cause.BREAKPOINT);
            hart.code.close();
            List<Long> result =
                    Arrays.stream(hart.f).boxed().collect(Collectors.toCollection(ArrayList::new));
            result.add((long) hart.fflags);
            return result;
        }
    }

    /** A program, and its generator. */
    private static final class Program {
        private final Random random;
        private final TestCode code = new TestCode();
        private int labels;

        Program(long seed) {
            random = new Random(seed);
        }

        Outcome run(Tier tier) {
            program();
            try (MiniSupervisor supervisor = new MiniSupervisor(16L << 20);
                    Machine machine = Machine.over(supervisor.memory, tier)) {
                int[] encodings = code.encodings();
                supervisor.makeExecutable(CODE, 4L * encodings.length);
                supervisor.writeInts(CODE, encodings);
                supervisor.writeInts(DATA, new int[PhysMem.PAGE_SIZE / Integer.BYTES]);
                Hart hart = supervisor.newHart(CODE);
                hart.x[COUNT] = ROUNDS;
                // one case in eight walks out of all memory
                hart.x[BASE] = random.nextInt(8) == 0 ? MiniSupervisor.HIGHEST - 3000 : DATA;
                hart.code = machine.newCodeSpace();
                Cause cause = machine.run(hart);
                hart.code.close();
                return new Outcome(
                        cause,
                        hart.pc,
                        cause == Cause.BREAKPOINT ? 0 : hart.tval,
                        Arrays.stream(hart.x, 0, 32).boxed().collect(Collectors.toList()));
            }
        }

        private void program() {
            code.label("main").call("f0").li(0, 0); // the callee may return to behind this
            code.immediate(Op.ADDI, COUNT, COUNT, -1);
            code.branch(Op.BNE, COUNT, 0, "main").ebreak();
            // callees stand before or behind their callers
            boolean isUpwards = random.nextBoolean();
            for (int i = 0; i < FUNCTIONS; i++) {
                function(isUpwards ? i : FUNCTIONS - 1 - i);
            }
        }

        private void function(int number) {
            boolean isLeaf = number == FUNCTIONS - 1 || random.nextInt(4) == 0;
            code.label("f" + number);
            if (!isLeaf) {
                code.immediate(Op.ADDI, SP, SP, -16).store(Op.SD, RA, SP, 8);
            }
            for (int i = random.nextInt(6); i >= 0; i--) {
                part(number, isLeaf);
            }
            if (!isLeaf) {
                code.immediate(Op.LD, RA, SP, 8).immediate(Op.ADDI, SP, SP, 16);
            }
            int end = random.nextInt(10);
            if (end == 0) {
                code.immediate(Op.ADDI, RA, RA, 4)
                        .ret(); // to the second instruction after the call
            } else if (end == 1 && number < FUNCTIONS - 1) {
                code.jump(0, "f" + callee(number));
            } else {
                code.ret();
            }
        }

        private int callee(int caller) {
            return caller + 1 + random.nextInt(FUNCTIONS - 1 - caller);
        }

        private void part(int function, boolean isLeaf) {
            switch (random.nextInt(7)) {
                case 0 -> {
                    String over = "l" + labels++;
                    code.branch(any(BRANCHES), scratch(), scratch(), over);
                    arithmetic();
                    code.label(over);
                }
                case 1 -> {
                    String again = "l" + labels++;
                    code.li(T0, 1 + random.nextInt(30)).label(again);
                    arithmetic();
                    code.immediate(Op.ADDI, T0, T0, -1).branch(Op.BNE, T0, 0, again);
                }
                case 2 -> code.immediate(Op.LD, scratch(), BASE, 8 * random.nextInt(250));
                case 3 -> code.store(Op.SD, scratch(), BASE, 8 * random.nextInt(250));
                case 4, 5 -> {
                    if (!isLeaf) {
                        code.call("f" + callee(function));
                        arithmetic(); // is not run if the callee returns to behind it
                    }
                }
                default -> arithmetic();
            }
        }

        private void arithmetic() {
            code.register(any(ARITHMETIC), scratch(), scratch(), scratch());
            code.immediate(Op.ADDI, scratch(), scratch(), random.nextInt(2000));
        }

        private int scratch() {
            return SCRATCH[random.nextInt(SCRATCH.length)];
        }

        private Op any(Op[] ops) {
            return ops[random.nextInt(ops.length)];
        }
    }
}
