package callgate.machine.interpreter;

import static callgate.machine.interpreter.GuestProgram.A0;
import static callgate.machine.interpreter.GuestProgram.A1;
import static callgate.machine.interpreter.GuestProgram.CODE;
import static callgate.machine.interpreter.GuestProgram.ebreak;
import static callgate.machine.interpreter.GuestProgram.jump;
import static callgate.machine.interpreter.GuestProgram.li;
import static callgate.machine.interpreter.GuestProgram.store;
import static org.assertj.core.api.Assertions.assertThat;

import callgate.machine.hart.Access;
import callgate.machine.hart.Cause;
import callgate.machine.hart.Hart;
import callgate.machine.hart.Supervisor;
import callgate.machine.hart.Tier;
import callgate.machine.isa.Op;
import callgate.machine.memory.PhysMem;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Changed code is never run once the machine was told; unchanged code is not decoded again. */
class CodeCacheTest {
    private static final long PAGE = CODE >>> PhysMem.PAGE_SHIFT;

    @Test
    void aStoreAloneNeedNotBeSeenButFenceIMakesItSo() {
        int load7 = li(A0, 7);
        try (GuestProgram program =
                GuestProgram.of(
                        li(A0, 1),
                        ebreak(),
                        store(Op.SW, A1, 12, 0),
                        Op.FENCE_I.match(),
                        jump(-16))) {
            assertThat(program.run()).isEqualTo(Cause.BREAKPOINT);
            program.hart.x[A1] = load7;
            program.hart.x[12] = CODE;
            assertThat(program.runFrom(CODE + 8)).isEqualTo(Cause.BREAKPOINT);
            assertThat(program.hart.x[A0]).isEqualTo(7);
        }
    }

    @Test
    void synchronizeKeepsWhatDidNotChange() {
        try (GuestProgram program = GuestProgram.of(li(A0, 1), ebreak())) {
            program.write(CODE + PhysMem.PAGE_SIZE, li(A0, 2), ebreak());
            program.run();
            program.runFrom(CODE + PhysMem.PAGE_SIZE);
            Block first = program.space().find(CODE);
            program.write(CODE + PhysMem.PAGE_SIZE, li(A0, 3));
            program.space().synchronize();
            assertThat(program.space().find(CODE)).isSameAs(first);
            assertThat(program.space().find(CODE + PhysMem.PAGE_SIZE)).isNull();
            program.runFrom(CODE + PhysMem.PAGE_SIZE);
            assertThat(program.hart.x[A0]).isEqualTo(3);
        }
    }

    @Test
    void invalidatedCodeIsFetchedAgain() {
        try (GuestProgram program = GuestProgram.of(li(A0, 1), ebreak())) {
            program.run();
            program.write(CODE, li(A0, 2));
            program.space().invalidate(PAGE, 1);
            program.runFrom(CODE);
            assertThat(program.hart.x[A0]).isEqualTo(2);
        }
    }

    @Test
    void invalidatingOtherPagesLosesNothing() {
        try (GuestProgram program = GuestProgram.of(li(A0, 1), ebreak())) {
            program.run();
            Epoch before = program.space().epoch();
            program.space().invalidate(PAGE + 1, 1L << 30);
            program.space().invalidate(0, PAGE);
            assertThat(program.space().epoch()).isSameAs(before);
        }
    }

    @Test
    void aLinkAcrossPagesEndsWithItsTarget() {
        int toNextPage = jump(PhysMem.PAGE_SIZE);
        try (GuestProgram program = GuestProgram.of(toNextPage)) {
            long other = CODE + PhysMem.PAGE_SIZE;
            program.write(other, li(A0, 1), ebreak());
            program.run();
            program.runFrom(CODE); // now linked
            program.write(other, li(A0, 2));
            program.space().invalidate(PAGE + 1, 1);
            program.runFrom(CODE);
            assertThat(program.hart.x[A0]).isEqualTo(2);
        }
    }

    @Test
    void anExitThatTwoHartsLinkAtOnceStaysTheRightOne() {
        try (GuestProgram program = GuestProgram.of(jump(8), 0, ebreak())) {
            program.run();
            Block block = program.space().find(CODE);
            Link open = Link.open(CODE + 8);
            block.taken = open;
            Link next = block.next;
            program.space().follow(block, open);
            program.space().follow(block, open); // the other hart, which read the exit before
            assertThat(block.taken.pc).isEqualTo(CODE + 8);
            assertThat(block.next).isSameAs(next);
        }
    }

    @Test
    void aStraddlingInstructionEndsWithEitherPage() {
        long boundary = CODE + PhysMem.PAGE_SIZE;
        for (int changed = 0; changed < 2; changed++) {
            try (GuestProgram program = GuestProgram.of()) {
                program.write(boundary - 2, li(A0, 1), ebreak());
                program.runFrom(boundary - 2);
                program.write(boundary - 2, li(A0, 2));
                program.space().invalidate(PAGE + changed, 1);
                program.runFrom(boundary - 2);
                program.space().synchronize();
                program.runFrom(boundary - 2);
                assertThat(program.hart.x[A0]).isEqualTo(2);
            }
        }
    }

    @Test
    void addressSpacesShareDecodedCode() {
        try (GuestProgram program = GuestProgram.of(li(A0, 1), ebreak())) {
            program.run();
            Block block = program.space().find(CODE);
            Hart other = program.supervisor.newHart(CODE);
            other.code = program.engine.newCodeSpace();
            program.engine.run(other);
            assertThat(((GuestCode) other.code).find(CODE)).isSameAs(block);
            GuestCode child = (GuestCode) program.space().fork();
            assertThat(child.find(CODE)).isSameAs(block);
            child.invalidate(PAGE, 1);
            assertThat(child.find(CODE)).isNull();
            assertThat(program.space().find(CODE)).isSameAs(block);
        }
    }

    @Test
    void aFrameUsedAnewIsDecodedAnew() {
        try (GuestProgram program = GuestProgram.of(li(A0, 1), ebreak())) {
            program.run();
            program.write(
                    CODE, li(A0, 2)); // the same frame at the same address, by another program
            Hart other = program.supervisor.newHart(CODE);
            other.code = program.engine.newCodeSpace();
            program.engine.run(other);
            assertThat(other.x[A0]).isEqualTo(2);
        }
    }

    @Test
    void aLoopInAnotherThreadStopsRunningInvalidatedCode() throws InterruptedException {
        try (GuestProgram program = GuestProgram.of(0x0001_0505, jump(-4))) {
            AtomicReference<Cause> cause = new AtomicReference<>();
            Thread runner = Thread.ofPlatform().start(() -> cause.set(program.run()));
            while (program.hart.retired == 0) {
                Thread.onSpinWait();
            }
            program.write(CODE, ebreak());
            program.space().invalidate(PAGE, 1);
            runner.join(10_000);
            assertThat(cause.get()).isEqualTo(Cause.BREAKPOINT);
        }
    }

    @Test
    void codeThatFillsTheCacheIsForgottenAndDecodedAgain() {
        try (GuestProgram program = GuestProgram.of(li(A0, 1), ebreak())) {
            CodeCache small = new CodeCache(program.supervisor.memory, Integer.MAX_VALUE, 30_000);
            GuestCode space = new GuestCode(small);
            assertThat(space.block(program.hart, CODE)).isNotNull();
            assertThat(space.find(CODE)).isNotNull();
            for (int i = 0; i < 200; i++) {
                assertThat(space.block(program.hart, CODE + PhysMem.PAGE_SIZE + 2L * i))
                        .isNotNull();
            }
            assertThat(space.find(CODE)).as("forgotten").isNull();
            assertThat(space.block(program.hart, CODE).count()).isEqualTo(2);
        }
    }

    @Test
    void aPageThatIsReplacedWhileItIsFetchedIsFetchedAgain() {
        try (GuestProgram program = GuestProgram.of(li(A0, 1), ebreak())) {
            Supervisor replacing =
                    new Supervisor() {
                        private boolean done;

                        @Override
                        public int fetch(Hart hart, long guestPage) {
                            int frame = program.supervisor.fetch(hart, guestPage);
                            if (!done) {
                                done = true;
                                program.space()
                                        .invalidate(
                                                guestPage, 1); // a munmap by another thread, say
                                return 1;
                            }
                            return frame;
                        }

                        @Override
                        public boolean ecall(Hart hart) {
                            return false;
                        }

                        @Override
                        public boolean pageFault(Hart hart, long address, Access access) {
                            return false;
                        }

                        @Override
                        public void fenceInstruction(Hart hart) {}

                        @Override
                        public long time(Hart hart) {
                            return 0;
                        }
                    };
            Hart hart = new Hart(replacing);
            hart.table = program.hart.table;
            hart.code = program.hart.code;
            hart.pc = CODE;
            assertThat(program.engine.run(hart)).isEqualTo(Cause.BREAKPOINT);
            assertThat(hart.x[A0]).isEqualTo(1);
        }
    }

    private static void install(
            GuestCode space, Block block, CompiledCode code, List<CodePage> pages) {
        CodeRegion region = new CodeRegion(new Object());
        assertThat(region.add(space, pages)).isTrue();
        block.install(new Translation(block.pc(), code, region, pages));
    }

    @Test
    void hotBlocksAreRequestedAndTheirTranslationRuns() {
        List<Long> requested = new ArrayList<>();
        HotCode translator =
                (space, block) -> {
                    if (block.pc() != CODE) {
                        return;
                    }
                    requested.add(block.pc());
                    install(
                            space,
                            block,
                            (hart, depth) -> {
                                hart.x[A1]++;
                                return block.pc() + 4;
                            },
                            List.of(block.page()));
                };
        try (GuestProgram program = new GuestProgram(Tier.MIXED, translator)) {
            program.write(CODE, li(A0, 1), ebreak());
            for (int i = 0; i < 100_000; i++) {
                assertThat(program.runFrom(CODE)).isEqualTo(Cause.BREAKPOINT);
            }
            assertThat(requested).startsWith(CODE).hasSizeBetween(1, 2);
            assertThat(program.hart.x[A1]).isBetween(10_000L, 99_999L);
        }
    }

    @Test
    void addressSpacesThatEndedAreNotRememberedByTheCodeTheyRan() {
        try (GuestProgram program = new GuestProgram(Tier.TRANSLATE, HotCode.NONE)) {
            program.write(CODE, li(A0, 1), ebreak());
            program.run();
            CodeRegion region = new CodeRegion(new Object());
            List<CodePage> pages = List.of(program.space().find(CODE).page());
            assertThat(region.add(program.space(), pages)).isTrue();
            for (int i = 0; i < 1000; i++) {
                GuestCode child = (GuestCode) program.space().fork();
                assertThat(region.isValidIn(child, program.hart)).isTrue();
                child.close();
            }
            assertThat(region.insideCount()).as("the one that lives").isEqualTo(1);
        }
    }

    @Test
    void aTranslationDoesNotRunWhereItsPagesAreOthers() {
        try (GuestProgram program = new GuestProgram(Tier.TRANSLATE, HotCode.NONE)) {
            program.write(CODE, li(A0, 1), ebreak());
            program.write(CODE + PhysMem.PAGE_SIZE, ebreak());
            program.run();
            program.runFrom(CODE + PhysMem.PAGE_SIZE);
            Block block = program.space().find(CODE);
            install(
                    program.space(),
                    block,
                    (hart, depth) -> {
                        hart.x[A0] = 99;
                        return CODE + 4;
                    },
                    List.of(block.page(), program.space().known(PAGE + 1)));
            program.runFrom(CODE);
            assertThat(program.hart.x[A0]).isEqualTo(99);
            program.write(CODE + PhysMem.PAGE_SIZE, li(A0, 2));
            program.space().invalidate(PAGE + 1, 1);
            program.runFrom(CODE);
            assertThat(program.hart.x[A0]).isEqualTo(1);
        }
    }
}
