package callgate.machine.interpreter;

import static callgate.machine.interpreter.GuestProgram.A0;
import static callgate.machine.interpreter.GuestProgram.A1;
import static callgate.machine.interpreter.GuestProgram.CODE;
import static callgate.machine.interpreter.GuestProgram.addi;
import static callgate.machine.interpreter.GuestProgram.ebreak;
import static callgate.machine.interpreter.GuestProgram.jalr;
import static callgate.machine.interpreter.GuestProgram.jump;
import static org.assertj.core.api.Assertions.assertThat;

import callgate.machine.MiniSupervisor;
import callgate.machine.hart.Cause;
import callgate.machine.hart.Hart;
import callgate.machine.hart.Tier;
import callgate.machine.isa.Op;
import callgate.machine.link.Machine;
import callgate.machine.memory.PhysMem;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Harts that run, link and translate code while it is taken away and given back compute what they
 * would compute alone.
 */
class CodeChangeStressTest {
    private static final int ROUNDS = 200_000;
    private static final int HARTS = 2;
    private static final long PAGE = CODE >>> PhysMem.PAGE_SHIFT;

    /**
     * A loop that calls a function in each of three other pages; every function adds a number to
     * a1.
     */
    private static void writeProgram(MiniSupervisor supervisor) {
        supervisor.makeExecutable(CODE, 4L * PhysMem.PAGE_SIZE);
        supervisor.writeInts(
                CODE,
                jump(PhysMem.PAGE_SIZE) | 1 << 7,
                jump(2 * PhysMem.PAGE_SIZE - 4) | 1 << 7,
                jump(3 * PhysMem.PAGE_SIZE - 8) | 1 << 7,
                addi(A0, A0, -1),
                Op.BNE.match() | A0 << 15 | 1 << 31 | 0x3f << 25 | 0x8 << 8 | 1 << 7, // back by 16
                ebreak());
        for (int i = 1; i <= 3; i++) {
            supervisor.writeInts(CODE + (long) i * PhysMem.PAGE_SIZE, addi(A1, A1, i), jalr(0, 1));
        }
    }

    @ParameterizedTest
    @EnumSource(Tier.class)
    void resultsAreThoseOfUndisturbedHarts(Tier tier) throws InterruptedException {
        try (MiniSupervisor supervisor = new MiniSupervisor(16L << 20);
                Machine machine = Machine.over(supervisor.memory, tier)) {
            writeProgram(supervisor);
            GuestCode space = (GuestCode) machine.newCodeSpace();
            AtomicReference<Throwable> failure = new AtomicReference<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < HARTS; i++) {
                threads.add(
                        Thread.ofPlatform()
                                .uncaughtExceptionHandler((thread, error) -> failure.set(error))
                                .start(() -> runOne(supervisor, machine, space)));
            }
            for (int i = 0; threads.stream().anyMatch(Thread::isAlive); i++) {
                disturb(space, i);
            }
            assertThat(failure.get()).isNull();
        }
    }

    private static void runOne(MiniSupervisor supervisor, Machine machine, GuestCode space) {
        Hart hart = supervisor.newHart(CODE);
        hart.code = space;
        hart.x[A0] = ROUNDS;
        assertThat(machine.run(hart)).isEqualTo(Cause.BREAKPOINT);
        assertThat(hart.x[A1]).isEqualTo(6L * ROUNDS);
    }

    private static void disturb(GuestCode space, int i) throws InterruptedException {
        switch (i % 4) {
            case 0 -> space.invalidate(PAGE + i / 4 % 4, 1);
            case 1 -> space.synchronize();
            case 2 -> space.fork().close();
            default -> space.invalidate(PAGE, 4);
        }
        Thread.sleep(i % 16 == 0 ? 2 : 0);
    }
}
