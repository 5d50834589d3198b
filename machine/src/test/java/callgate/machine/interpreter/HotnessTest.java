package callgate.machine.interpreter;

import static callgate.machine.interpreter.GuestProgram.A0;
import static callgate.machine.interpreter.GuestProgram.A1;
import static callgate.machine.interpreter.GuestProgram.CODE;
import static callgate.machine.interpreter.GuestProgram.ZERO;
import static callgate.machine.interpreter.GuestProgram.addi;
import static callgate.machine.interpreter.GuestProgram.ebreak;
import static org.assertj.core.api.Assertions.assertThat;

import callgate.machine.hart.Tier;
import callgate.machine.isa.Op;
import org.junit.jupiter.api.Test;

/** What the interpreter notes for the translator. */
class HotnessTest {
    private static final int RA = 1;
    private static final int HOT = 50_000;

    private static int jumpRegister(int rd, int base) {
        return Op.JALR.match() | rd << 7 | base << 15;
    }

    @Test
    void aBlockThatAnotherUnitGotIsNotTranslatedUntilItIsHotAgain() {
        try (GuestProgram program =
                new GuestProgram(Tier.MIXED, (space, block) -> block.stillNeedsUnit())) {
            program.write(CODE, addi(A0, A0, 1), ebreak());
            program.run();
            Block block = program.space().find(CODE);
            assertThat(block.stillNeedsUnit()).isTrue();
            block.heat = 7; // nearly hot
            program.space().cover(CODE);
            assertThat(block.heat).isEqualTo(HOT);
            assertThat(block.stillNeedsUnit()).isFalse();
            assertThat(block.stillNeedsUnit()).isTrue();
        }
    }

    @Test
    void entriesBeforeABlockWasCoveredStayCounted() {
        try (GuestProgram program = new GuestProgram(Tier.MIXED, HotCode.NONE)) {
            program.write(CODE, addi(A0, A0, 1), ebreak());
            program.run();
            program.space().find(CODE).heat = 10_000;
            program.space().cover(CODE);
            assertThat(program.space().entries(CODE)).isEqualTo(HOT - 10_000);
            program.space().find(CODE).heat = HOT - 5;
            assertThat(program.space().entries(CODE)).isEqualTo(HOT - 10_000 + 5);
        }
    }

    @Test
    void targetsOfComputedJumpsAreSeenByTheInterpreter() {
        try (GuestProgram program = GuestProgram.of(jumpRegister(ZERO, A0))) {
            program.write(CODE + 64, ebreak());
            program.write(CODE + 128, ebreak());
            for (long target : new long[] {CODE + 64, CODE + 128, CODE + 64}) {
                program.hart.x[A0] = target;
                program.runFrom(CODE);
                assertThat(program.hart.pc).isEqualTo(target);
            }
            assertThat(targets(program, CODE)).containsExactlyInAnyOrder(CODE + 64, CODE + 128);
        }
    }

    @Test
    void callsAndReturnsAreNotComputedJumps() {
        try (GuestProgram program =
                GuestProgram.of(jumpRegister(RA, A1), ebreak(), jumpRegister(ZERO, RA))) {
            program.hart.x[A1] = CODE + 8;
            program.run();
            assertThat(program.hart.pc).isEqualTo(CODE + 4);
            assertThat(targets(program, CODE)).isEmpty();
            assertThat(targets(program, CODE + 8)).isEmpty();
        }
    }

    @Test
    void ofManyTargetsTheMostFrequentAreTold() {
        JumpTargets targets = new JumpTargets();
        for (int target = 0; target < 40; target++) {
            targets.see(target);
        }
        targets.count(3);
        assertThat(targets.frequent(_ -> 0)).containsExactly(3);
        assertThat(targets.frequent(target -> target == 5 ? 50 : 0)).containsExactly(5, 3);
        assertThat(targets.frequent(_ -> 1)).hasSize(16).startsWith(3);
    }

    private static long[] targets(GuestProgram program, long pc) {
        return program.space().find(CODE).page().jumpTargets(pc).frequent(_ -> 1);
    }
}
