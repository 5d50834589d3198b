package callgate.machine.interpreter;

import static callgate.machine.interpreter.GuestProgram.A0;
import static callgate.machine.interpreter.GuestProgram.A1;
import static callgate.machine.interpreter.GuestProgram.A2;
import static callgate.machine.interpreter.GuestProgram.CODE;
import static callgate.machine.interpreter.GuestProgram.DATA;
import static callgate.machine.interpreter.GuestProgram.addi;
import static callgate.machine.interpreter.GuestProgram.ebreak;
import static callgate.machine.interpreter.GuestProgram.register;
import static org.assertj.core.api.Assertions.assertThat;

import callgate.machine.hart.Cause;
import callgate.machine.hart.Hart;
import callgate.machine.isa.Op;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AtomicsTest {
    private static final int ROUNDS = 100_000;

    private static int bne(int rs1, int rs2, int offset) {
        return Op.BNE.match()
                | rs1 << 15
                | rs2 << 20
                | 1 << 31
                | (offset >> 5 & 63) << 25
                | (offset >> 1 & 15) << 8
                | (offset >> 11 & 1) << 7;
    }

    /** Two harts in two threads; returns the word they both counted in. */
    private static long count(int... encodings) throws InterruptedException {
        try (GuestProgram program = GuestProgram.of(encodings)) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Hart hart = program.supervisor.newHart(CODE);
                hart.code = program.hart.code;
                hart.x[A0] = ROUNDS;
                hart.x[A1] = DATA;
                hart.x[A2] = 1;
                threads.add(
                        Thread.ofPlatform()
                                .start(
                                        () ->
                                                assertThat(program.engine.run(hart))
                                                        .isEqualTo(Cause.BREAKPOINT)));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            return program.hart.load64(DATA);
        }
    }

    @Test
    void addsOfTwoHartsAllCount() throws InterruptedException {
        assertThat(
                        count(
                                register(Op.AMOADD_D, 0, A1, A2),
                                addi(A0, A0, -1),
                                bne(A0, 0, -8),
                                ebreak()))
                .isEqualTo(2 * ROUNDS);
    }

    @Test
    void loadReservedAndStoreConditionalLoseNothing() throws InterruptedException {
        assertThat(
                        count(
                                register(Op.LR_W, 13, A1, 0),
                                addi(13, 13, 1),
                                register(Op.SC_W, 14, A1, 13),
                                bne(14, 0, -12),
                                addi(A0, A0, -1),
                                bne(A0, 0, -20),
                                ebreak()))
                .isEqualTo(2 * ROUNDS);
    }

    @Test
    void storeConditionalFailsWithoutAReservation() {
        try (GuestProgram program =
                GuestProgram.of(
                        register(Op.LR_D, 13, A1, 0),
                        register(Op.SC_D, 14, A1, A2),
                        register(Op.SC_D, 15, A1, A2),
                        ebreak())) {
            program.hart.x[A1] = DATA;
            program.hart.x[A2] = 5;
            assertThat(program.run()).isEqualTo(Cause.BREAKPOINT);
            assertThat(program.hart.x[14]).isZero();
            assertThat(program.hart.x[15]).isOne();
        }
    }

    @Test
    void aTrapLosesTheReservation() {
        try (GuestProgram program =
                GuestProgram.of(
                        register(Op.LR_D, 13, A1, 0),
                        ebreak(),
                        register(Op.SC_D, 14, A1, A2),
                        ebreak())) {
            program.hart.x[A1] = DATA;
            program.run();
            program.runFrom(CODE + 8);
            assertThat(program.hart.x[14]).isOne();
        }
    }
}
