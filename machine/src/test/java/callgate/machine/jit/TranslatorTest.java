package callgate.machine.jit;

import static callgate.machine.jit.TestCode.A0;
import static callgate.machine.jit.TestCode.A1;
import static callgate.machine.jit.TestCode.A2;
import static callgate.machine.jit.TestCode.A3;
import static callgate.machine.jit.TestCode.A4;
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
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Translated code does what interpreted code does where translation is hard: unwinding, faults
 * inside, changed code, deep recursion.
 */
class TranslatorTest {
    private static final long CODE = 0x10_0000;
    private static final long DATA = 0x20_0000;
    private static final int LOOPS = 20_000;
    private static final int T = TestCode.T1;

    /** What docs/TRANSLATOR.md says is enough for a thread that runs a hart. */
    private static final long SMALL_STACK_BYTES = 512 << 10;

    /** One address space with the code at {@link #CODE}. */
    private static final class Guest implements AutoCloseable {
        final MiniSupervisor supervisor;
        final Machine machine;
        final Hart hart;

        Guest(Tier tier, TestCode code, long memoryBytes) {
            supervisor = new MiniSupervisor(memoryBytes);
            machine = Machine.over(supervisor.memory, tier);
            int[] encodings = code.encodings();
            supervisor.makeExecutable(CODE, 4L * encodings.length);
            supervisor.writeInts(CODE, encodings);
            hart = supervisor.newHart(CODE);
            hart.code = machine.newCodeSpace();
        }

        Guest(Tier tier, TestCode code) {
            this(tier, code, 16L << 20);
        }

        Cause run() {
            hart.pc = CODE;
            return machine.run(hart);
        }

        @Override
        public void close() {
            hart.code.close();
            machine.close();
            supervisor.close();
        }
    }

    @ParameterizedTest
    @EnumSource(Tier.class)
    void recursionMayBeMillionsDeep(Tier tier) throws InterruptedException {
        TestCode code =
                new TestCode()
                        .call("down")
                        .ebreak()
                        .label("down")
                        .immediate(Op.ADDI, SP, SP, -16)
                        .store(Op.SD, RA, SP, 8)
                        .immediate(Op.ADDI, A1, A1, 1)
                        .immediate(Op.ADDI, A0, A0, -1)
                        .branch(Op.BEQ, A0, 0, "up")
                        .call("down")
                        .label("up")
                        .immediate(Op.LD, RA, SP, 8)
                        .immediate(Op.ADDI, SP, SP, 16)
                        .immediate(Op.ADDI, A2, A2, 1)
                        .ret();
        int depth = 10_000_000;
        try (Guest guest = new Guest(tier, code, 400L << 20)) {
            long sp = guest.hart.x[SP];
            guest.hart.x[A0] = depth;
            Thread thread = new Thread(null, guest::run, "hart", SMALL_STACK_BYTES);
            thread.start();
            thread.join();
            assertThat(guest.hart.cause).isEqualTo(Cause.BREAKPOINT);
            assertThat(guest.hart.x[A1]).isEqualTo(depth);
            assertThat(guest.hart.x[A2]).isEqualTo(depth);
            assertThat(guest.hart.x[SP]).isEqualTo(sp);
        }
    }

    @ParameterizedTest
    @EnumSource(Tier.class)
    void callsThroughARegisterGoWhereItPointsAfterThousandsElsewhere(Tier tier) {
        int usual = 18;
        int other = 19;
        int half = 20;
        TestCode code =
                new TestCode()
                        .label("loop")
                        .immediate(Op.ADDI, T, usual, 0)
                        .branch(Op.BGEU, A0, half, "call")
                        .immediate(Op.ANDI, A3, A0, 1)
                        .branch(Op.BEQ, A3, 0, "call")
                        .immediate(Op.ADDI, T, other, 0)
                        .label("call")
                        .immediate(Op.JALR, RA, T, 0)
                        .immediate(Op.ADDI, A0, A0, -1)
                        .branch(Op.BNE, A0, 0, "loop")
                        .ebreak()
                        .label("usual")
                        .immediate(Op.ADDI, A1, A1, 1)
                        .ret()
                        .label("other")
                        .immediate(Op.ADDI, A2, A2, 1)
                        .ret();
        try (Guest guest = new Guest(tier, code)) {
            guest.hart.x[usual] = CODE + code.offset("usual");
            guest.hart.x[other] = CODE + code.offset("other");
            guest.hart.x[half] = LOOPS / 2;
            guest.hart.x[A0] = LOOPS;
            assertThat(guest.run()).isEqualTo(Cause.BREAKPOINT);
            assertThat(guest.hart.x[A2]).isEqualTo(LOOPS / 4);
            assertThat(guest.hart.x[A1]).isEqualTo(LOOPS - LOOPS / 4);
        }
    }

    @ParameterizedTest
    @EnumSource(Tier.class)
    void aReturnToElsewhereUnwinds(Tier tier) {
        TestCode code =
                new TestCode()
                        .label("loop")
                        .call("outer")
                        .ebreak() // never: "inner" returns to "elsewhere"
                        .label("outer")
                        .immediate(
                                Op.ADDI, A3, RA,
                                4 * 6) // "elsewhere" is 6 instructions after outer's return address
                        .call("inner")
                        .ebreak()
                        .label("inner")
                        .immediate(Op.ADDI, RA, A3, 0)
                        .ret()
                        .label("elsewhere")
                        .immediate(Op.ADDI, A0, A0, -1)
                        .immediate(Op.ADDI, A1, A1, 3)
                        .branch(Op.BNE, A0, 0, "loop")
                        .ebreak();
        try (Guest guest = new Guest(tier, code)) {
            guest.hart.x[A0] = LOOPS;
            assertThat(guest.run()).isEqualTo(Cause.BREAKPOINT);
            assertThat(guest.hart.x[A0]).isZero();
            assertThat(guest.hart.x[A1]).isEqualTo(3L * LOOPS);
        }
    }

    @ParameterizedTest
    @EnumSource(Tier.class)
    void aFaultInsideAUnitIsPrecise(Tier tier) {
        TestCode code =
                new TestCode()
                        .label("loop")
                        .call("work")
                        .branch(Op.BNE, A0, 0, "loop")
                        .ebreak()
                        .label("work")
                        .immediate(Op.ADDI, A2, A2, 5)
                        .immediate(Op.ADDI, A3, A1, 0)
                        .immediate(Op.LD, A4, A1, 8)
                        .immediate(Op.ADDI, A3, A3, 1)
                        .label("faults")
                        .store(Op.SD, A3, A1, 0)
                        .immediate(Op.ADDI, A1, A1, 64)
                        .immediate(Op.ADDI, A0, A0, -1)
                        .immediate(Op.ADDI, A3, 0, 0)
                        .ret();
        try (Guest guest = new Guest(tier, code, 64L << 20)) {
            long last =
                    MiniSupervisor.HIGHEST
                            - 16; // the load at 8 is the last word there is; the next round is
            // beyond
            guest.hart.x[A1] = last - 64L * LOOPS;
            guest.hart.x[A0] = -1;
            assertThat(guest.run()).isEqualTo(Cause.LOAD_FAULT);
            assertThat(guest.hart.tval).isEqualTo(last + 64 + 8);
            assertThat(guest.hart.pc).isEqualTo(CODE + code.offset("faults") - 8);
            assertThat(guest.hart.x[A1]).isEqualTo(last + 64);
            assertThat(guest.hart.x[A2]).isEqualTo(5L * (LOOPS + 2));
            assertThat(guest.hart.x[A3]).isEqualTo(last + 64);
            assertThat(guest.hart.x[A0]).isEqualTo(-1L - (LOOPS + 1));
            assertThat(guest.hart.x[RA]).isEqualTo(CODE + 4);
        }
    }

    @ParameterizedTest
    @EnumSource(Tier.class)
    void changedCodeRunsAfterFenceI(Tier tier) {
        int[] two = {
            new TestCode().li(A3, 1).encodings()[0], new TestCode().li(A3, 2).encodings()[0]
        };
        try (Guest guest = new Guest(tier, toggling(two), 16L << 20)) {
            guest.hart.x[A0] = 400;
            assertThat(guest.run()).isEqualTo(Cause.BREAKPOINT);
            assertThat(guest.hart.x[A1]).isEqualTo(200 + 2 * 200);
        }
    }

    /**
     * Calls a function that is rewritten after each call, from the first to the second encoding and
     * back.
     */
    private static TestCode toggling(int[] encodings) {
        int difference = encodings[0] ^ encodings[1];
        return new TestCode()
                .lui(A2, (int) CODE)
                .lui(T, difference + 0x800)
                .immediate(Op.ADDI, T, T, difference << 20 >> 20)
                .label("loop")
                .call("changes")
                .register(Op.ADD, A1, A1, A3)
                .immediate(Op.LW, A4, A2, 4 * 12)
                .register(Op.XOR, A4, A4, T)
                .store(Op.SW, A4, A2, 4 * 12)
                .add(Op.FENCE_I.match())
                .immediate(Op.ADDI, A0, A0, -1)
                .branch(Op.BNE, A0, 0, "loop")
                .ebreak()
                .label("changes")
                .add(encodings[0])
                .ret();
    }

    @ParameterizedTest
    @EnumSource(Tier.class)
    void anEndlessLoopIsInterrupted(Tier tier) {
        TestCode code = new TestCode().label("loop").immediate(Op.ADDI, A0, A0, 1).jump(0, "loop");
        try (Guest guest = new Guest(tier, code)) {
            Thread kernel = Thread.ofPlatform().daemon().unstarted(() -> interruptSoon(guest.hart));
            kernel.start();
            Cause cause = Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), guest::run);
            assertThat(cause).isEqualTo(Cause.INTERRUPT);
            assertThat(guest.hart.x[A0]).isPositive();
        }
    }

    private static void interruptSoon(Hart hart) {
        try {
            Thread.sleep(300);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        hart.interrupt();
    }

    @ParameterizedTest
    @EnumSource(Tier.class)
    void misalignedAccessesInALoopWork(Tier tier) {
        TestCode code =
                new TestCode()
                        .label("loop")
                        .immediate(Op.LD, A3, A1, 0)
                        .register(Op.ADD, A2, A2, A3)
                        .store(Op.SW, A2, A1, 16)
                        .immediate(Op.ADDI, A1, A1, 3)
                        .immediate(Op.ADDI, A0, A0, -1)
                        .branch(Op.BNE, A0, 0, "loop")
                        .ebreak();
        try (Guest guest = new Guest(tier, code)) {
            guest.hart.x[A0] = LOOPS;
            guest.hart.x[A1] = DATA;
            guest.run();
            assertThat(guest.hart.x[A1]).isEqualTo(DATA + 3L * LOOPS);
            assertThat(guest.hart.x[A2]).isEqualTo(interpretedMisaligned(code));
        }
    }

    @ParameterizedTest
    @EnumSource(Tier.class)
    void aWalkOffTheEndOfMemoryFaultsPrecisely(Tier tier) {
        TestCode code =
                new TestCode()
                        .label("loop")
                        .immediate(Op.LD, A2, A1, -8)
                        .immediate(Op.ADDI, A2, A2, 1)
                        .store(Op.SD, A2, A1, 0)
                        .immediate(Op.ADDI, A1, A1, 8)
                        .jump(0, "loop");
        try (Guest guest = new Guest(tier, code, 64L << 20)) {
            guest.hart.x[A1] = MiniSupervisor.HIGHEST - 8L * LOOPS;
            assertThat(guest.run()).isEqualTo(Cause.STORE_FAULT);
            assertThat(guest.hart.tval).isEqualTo(MiniSupervisor.HIGHEST);
            assertThat(guest.hart.pc).isEqualTo(CODE + 8);
            assertThat(guest.hart.x[A1]).isEqualTo(MiniSupervisor.HIGHEST);
            assertThat(guest.hart.x[A2]).isEqualTo(LOOPS + 1);
            assertThat(guest.hart.load64(MiniSupervisor.HIGHEST - 8)).isEqualTo(LOOPS);
        }
    }

    private static long interpretedMisaligned(TestCode code) {
        try (Guest guest = new Guest(Tier.INTERPRET, code)) {
            guest.hart.x[A0] = LOOPS;
            guest.hart.x[A1] = DATA;
            guest.run();
            return guest.hart.x[A2];
        }
    }

    @Test
    void codeLargerThanAMethodIsSplit() {
        TestCode code = new TestCode();
        int instructions = 20_000;
        code.label("loop");
        for (int i = 0; i < instructions; i++) {
            if (i % 3 == 0) {
                code.store(Op.SD, A1, A2, i % 64 * 8);
            } else {
                code.immediate(Op.ADDI, A1, A1, 1);
            }
        }
        code.immediate(Op.ADDI, A0, A0, -1)
                .branch(Op.BEQ, A0, 0, "end")
                .jump(0, "loop")
                .label("end")
                .ebreak();
        try (Guest guest = new Guest(Tier.TRANSLATE, code)) {
            guest.hart.x[A0] = 3;
            guest.hart.x[A2] = DATA;
            assertThat(guest.run()).isEqualTo(Cause.BREAKPOINT);
            assertThat(guest.hart.x[A1]).isEqualTo(3L * (instructions - (instructions + 2) / 3));
        }
    }

    @Test
    void jumpsToManyPlacesAreLearnt() {
        // A1 selects one of 40 pieces of 4 instructions; each adds its number to A2 and comes back
        TestCode code =
                new TestCode()
                        .lui(A3, (int) CODE)
                        .label("loop")
                        .immediate(Op.ADDI, A1, A1, 16)
                        .branch(Op.BLT, A1, T, "go")
                        .li(A1, 0)
                        .label("go")
                        .register(Op.ADD, A4, A3, A1)
                        .immediate(Op.JALR, 0, A4, 4 * 8)
                        .ebreak()
                        .ebreak();
        for (int i = 0; i < 40; i++) {
            code.immediate(Op.ADDI, A2, A2, i)
                    .immediate(Op.ADDI, A0, A0, -1)
                    .branch(Op.BNE, A0, 0, "loop")
                    .ebreak();
        }
        try (Guest guest = new Guest(Tier.TRANSLATE, code)) {
            guest.hart.x[A0] = 40 * 1000;
            guest.hart.x[T] = 40 * 16;
            assertThat(guest.run()).isEqualTo(Cause.BREAKPOINT);
            assertThat(guest.hart.x[A2]).isEqualTo(39 * 40 / 2 * 1000L);
        }
    }

    @Test
    void aForkedAddressSpaceThatChangesItsCodeRunsItsOwn() {
        TestCode code =
                new TestCode()
                        .label("loop")
                        .call("function")
                        .register(Op.ADD, A1, A1, A3)
                        .immediate(Op.ADDI, A0, A0, -1)
                        .branch(Op.BNE, A0, 0, "loop")
                        .ebreak();
        for (int i = 0; i < 1100; i++) {
            code.add(0);
        }
        code.label("function").li(A3, 1).ret();
        try (Guest guest = new Guest(Tier.TRANSLATE, code)) {
            guest.hart.x[A0] = 100;
            guest.run();
            assertThat(guest.hart.x[A1]).isEqualTo(100);
            Hart child = guest.supervisor.newHart(CODE);
            child.code = guest.hart.code.fork();
            long function = CODE + code.offset("function");
            changeInChildOnly(guest, child, function, new TestCode().li(A3, 7).encodings()[0]);
            child.x[A0] = 100;
            assertThat(guest.machine.run(child)).isEqualTo(Cause.BREAKPOINT);
            assertThat(child.x[A1]).isEqualTo(700);
            guest.hart.x[A0] = 100;
            guest.supervisor.writeInts(function, new TestCode().li(A3, 1).encodings()[0]);
            guest.hart.code.synchronize();
            guest.run();
            assertThat(guest.hart.x[A1]).isEqualTo(200);
        }
    }

    private static void changeInChildOnly(Guest guest, Hart child, long address, int word) {
        guest.supervisor.writeInts(address, word); // one frame serves both; only the child is told
        child.code.invalidate(address >>> PhysMem.PAGE_SHIFT, 1);
    }
}
