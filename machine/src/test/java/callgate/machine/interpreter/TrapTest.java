package callgate.machine.interpreter;

import static callgate.machine.interpreter.GuestProgram.A0;
import static callgate.machine.interpreter.GuestProgram.A1;
import static callgate.machine.interpreter.GuestProgram.A2;
import static callgate.machine.interpreter.GuestProgram.CODE;
import static callgate.machine.interpreter.GuestProgram.DATA;
import static callgate.machine.interpreter.GuestProgram.ebreak;
import static callgate.machine.interpreter.GuestProgram.jalr;
import static callgate.machine.interpreter.GuestProgram.jump;
import static callgate.machine.interpreter.GuestProgram.li;
import static callgate.machine.interpreter.GuestProgram.load;
import static callgate.machine.interpreter.GuestProgram.register;
import static callgate.machine.interpreter.GuestProgram.store;
import static org.assertj.core.api.Assertions.assertThat;

import callgate.machine.hart.Cause;
import callgate.machine.isa.Op;
import callgate.machine.memory.PhysMem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Traps are precise: cause, pc, tval and all registers are those at the instruction that trapped.
 */
class TrapTest {
    @Test
    void aLoadFaultsInTheMiddleOfABlock() {
        try (GuestProgram program =
                GuestProgram.of(
                        li(A0, 1), 0x0001_0505, load(Op.LD, A0, A1, 8), li(A0, 9), ebreak())) {
            program.hart.x[A1] = 0x10;
            assertThat(program.run()).isEqualTo(Cause.LOAD_FAULT);
            assertThat(program.hart.tval).isEqualTo(0x18);
            assertThat(program.hart.pc).isEqualTo(CODE + 8);
            assertThat(program.hart.x[A0]).isEqualTo(2);
            assertThat(program.hart.retired).isEqualTo(3);
        }
    }

    @Test
    void aStoreFaults() {
        try (GuestProgram program = GuestProgram.of(store(Op.SB, A0, A1, -1))) {
            program.hart.x[A1] = 0;
            assertThat(program.run()).isEqualTo(Cause.STORE_FAULT);
            assertThat(program.hart.tval).isEqualTo(-1L);
            assertThat(program.hart.pc).isEqualTo(CODE);
        }
    }

    @Test
    void aStoreAcrossAPageThatFaultsChangesNothing() {
        try (GuestProgram program = GuestProgram.of(store(Op.SD, A0, A1, 0))) {
            long last = 0x8000_0000L - 4; // the next page cannot be had
            program.hart.x[A0] = -1;
            program.hart.x[A1] = last;
            assertThat(program.run()).isEqualTo(Cause.STORE_FAULT);
            assertThat(program.hart.tval).isBetween(0x8000_0000L, 0x8000_0003L);
            assertThat(program.hart.load32(last)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Op.class,
            names = {"LR_W", "SC_W", "AMOADD_W", "AMOMAXU_W"})
    void aMisalignedAtomicTraps(Op op) {
        try (GuestProgram program = GuestProgram.of(register(op, A0, A1, op == Op.LR_W ? 0 : A2))) {
            program.hart.x[A1] = DATA + 2;
            assertThat(program.run()).isEqualTo(Cause.ATOMIC_MISALIGNED);
            assertThat(program.hart.tval).isEqualTo(DATA + 2);
        }
    }

    @Test
    void anIllegalInstructionTellsItsEncoding() {
        try (GuestProgram program = GuestProgram.of(li(A0, 1), 0xffff_ffff)) {
            assertThat(program.run()).isEqualTo(Cause.ILLEGAL_INSTRUCTION);
            assertThat(program.hart.tval).isEqualTo(0xffff_ffffL);
            assertThat(program.hart.pc).isEqualTo(CODE + 4);
        }
    }

    @Test
    void zeroIsAnIllegalCompressedInstruction() {
        try (GuestProgram program = GuestProgram.of(0x0000_0001)) {
            assertThat(program.run()).isEqualTo(Cause.ILLEGAL_INSTRUCTION);
            assertThat(program.hart.tval).isZero();
            assertThat(program.hart.pc).isEqualTo(CODE + 2);
        }
    }

    @Test
    void invalidRoundingModesAreIllegal() {
        int dynamic = register(Op.FADD_D, 1, 2, 3) | 7 << 12;
        try (GuestProgram program =
                GuestProgram.of(dynamic, register(Op.FADD_D, 1, 2, 3) | 5 << 12)) {
            program.hart.frm = 4;
            assertThat(program.run()).isEqualTo(Cause.ILLEGAL_INSTRUCTION);
            assertThat(program.hart.pc).as("mode 5 in the instruction").isEqualTo(CODE + 4);
            program.hart.frm = 5;
            assertThat(program.runFrom(CODE)).isEqualTo(Cause.ILLEGAL_INSTRUCTION);
            assertThat(program.hart.pc).as("mode 5 in frm").isEqualTo(CODE);
            assertThat(program.hart.tval).isEqualTo(dynamic & 0xffff_ffffL);
        }
    }

    @Test
    void privilegedAndUnknownControlRegistersAreIllegal() {
        for (int csr : new int[] {0x100, 0x300, 0x343, 0x7c0}) {
            try (GuestProgram program = GuestProgram.of(Op.CSRRS.match() | A0 << 7 | csr << 20)) {
                assertThat(program.run())
                        .as(Integer.toHexString(csr))
                        .isEqualTo(Cause.ILLEGAL_INSTRUCTION);
            }
        }
    }

    @Test
    void countersCanBeReadAndNotWritten() {
        int read = Op.CSRRS.match() | A0 << 7 | 0xc02 << 20;
        try (GuestProgram program =
                GuestProgram.of(read, Op.CSRRW.match() | A0 << 7 | 0xc02 << 20)) {
            assertThat(program.run()).isEqualTo(Cause.ILLEGAL_INSTRUCTION);
            assertThat(program.hart.pc).isEqualTo(CODE + 4);
            assertThat(program.hart.x[A0]).isPositive();
        }
    }

    @Test
    void ebreakTraps() {
        try (GuestProgram program = GuestProgram.of(0x9002_0001)) { // c.nop, c.ebreak
            assertThat(program.run()).isEqualTo(Cause.BREAKPOINT);
            assertThat(program.hart.pc).isEqualTo(CODE + 2);
            assertThat(program.hart.tval).isEqualTo(CODE + 2);
        }
    }

    @Test
    void aJumpOutOfTheCodeFaultsAtItsTarget() {
        try (GuestProgram program = GuestProgram.of(jalr(A0, A1))) {
            for (long target : new long[] {DATA, 0, -2, 1L << 38, Long.MIN_VALUE}) {
                program.hart.x[A1] = target;
                assertThat(program.runFrom(CODE)).isEqualTo(Cause.FETCH_FAULT);
                assertThat(program.hart.pc).isEqualTo(target);
                assertThat(program.hart.tval).isEqualTo(target);
                assertThat(program.hart.x[A0]).isEqualTo(CODE + 4);
            }
        }
    }

    @Test
    void jumpsDropTheLowestBit() {
        try (GuestProgram program = GuestProgram.of(jalr(A1, A1), ebreak(), li(A0, 7), ebreak())) {
            program.hart.x[A1] = CODE + 9;
            assertThat(program.run()).isEqualTo(Cause.BREAKPOINT);
            assertThat(program.hart.x[A0]).isEqualTo(7);
            assertThat(program.hart.x[A1]).isEqualTo(CODE + 4);
        }
    }

    @Test
    void anOddProgramCounterIsMisaligned() {
        try (GuestProgram program = GuestProgram.of(ebreak())) {
            program.run();
            assertThat(program.runFrom(CODE + 1)).isEqualTo(Cause.FETCH_MISALIGNED);
        }
    }

    @Test
    void anInstructionMayStraddleTwoPages() {
        try (GuestProgram program = GuestProgram.of()) {
            program.write(CODE + PhysMem.PAGE_SIZE - 6, li(A0, 1), li(A0, 5), ebreak());
            assertThat(program.runFrom(CODE + PhysMem.PAGE_SIZE - 6)).isEqualTo(Cause.BREAKPOINT);
            assertThat(program.hart.x[A0]).isEqualTo(5);
            assertThat(program.hart.pc).isEqualTo(CODE + PhysMem.PAGE_SIZE + 2);
        }
    }

    @Test
    void halfAnInstructionAtTheEndOfTheCodeFaults() {
        try (GuestProgram program = GuestProgram.of()) {
            long end = CODE + 4L * PhysMem.PAGE_SIZE;
            program.write(end - 6, li(A0, 1), li(A0, 5));
            assertThat(program.runFrom(end - 6)).isEqualTo(Cause.FETCH_FAULT);
            assertThat(program.hart.pc).isEqualTo(end - 2);
            assertThat(program.hart.tval).isEqualTo(end);
            assertThat(program.hart.x[A0]).isEqualTo(1);
        }
    }

    @Test
    void anInterruptStopsALoopOnceAndPrecisely() throws InterruptedException {
        try (GuestProgram program =
                GuestProgram.of(0x0001_0505, jump(-4))) { // c.addi a0, 1; c.nop; j
            Thread clock =
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            Thread.sleep(20);
                                        } catch (InterruptedException e) {
                                            // as early as possible, then
                                        }
                                        program.hart.interrupt();
                                    });
            assertThat(program.run()).isEqualTo(Cause.INTERRUPT);
            clock.join();
            assertThat(program.hart.pc).isEqualTo(CODE);
            assertThat(program.hart.retired).isEqualTo(3 * program.hart.x[A0]);
            assertThat(program.hart.pending).isZero();
        }
    }

    @Test
    void anInterruptBeforeTheRunIsNotLost() {
        try (GuestProgram program = GuestProgram.of(ebreak())) {
            program.hart.interrupt();
            assertThat(program.run()).isEqualTo(Cause.INTERRUPT);
            assertThat(program.run()).isEqualTo(Cause.BREAKPOINT);
        }
    }

    @Test
    void x0StaysZero() {
        try (GuestProgram program =
                GuestProgram.of(
                        li(0, 5),
                        load(Op.LW, 0, A1, 0),
                        register(Op.AMOADD_D, 0, A1, A1),
                        jalr(0, A2),
                        ebreak(),
                        ebreak())) {
            program.hart.x[A1] = DATA;
            program.hart.x[A2] = CODE + 20;
            assertThat(program.run()).isEqualTo(Cause.BREAKPOINT);
            assertThat(program.hart.pc).isEqualTo(CODE + 20);
            assertThat(program.hart.x[0]).isZero();
        }
    }

    @Test
    void aSystemCallMayStopTheHart() {
        try (GuestProgram program = GuestProgram.of(li(17, 93), li(A0, 3), Op.ECALL.match())) {
            assertThat(program.run()).isEqualTo(Cause.SUPERVISOR);
            assertThat(program.supervisor.status()).isEqualTo(3);
        }
    }
}
