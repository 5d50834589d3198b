package callgate.kernel.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import callgate.kernel.abi.ErrnoException;
import org.junit.jupiter.api.Test;

class WakeOpTest {
    private static int word(int operation, int comparison, int operand, int compared) {
        return operation << 28 | comparison << 24 | (operand & 0xfff) << 12 | compared & 0xfff;
    }

    @Test
    void operandsAreSignExtended() {
        WakeOp op = WakeOp.decode(word(1, 2, -5, -7));
        assertThat(op.operand()).isEqualTo(-5);
        assertThat(op.compared()).isEqualTo(-7);
        assertThat(op.compares(-8)).isTrue();
        assertThat(op.compares(-7)).isFalse();
    }

    @Test
    void theShiftFlagMakesAPowerOfTwo() {
        assertThat(WakeOp.decode(word(8 | 2, 0, 4, 0)).operand()).isEqualTo(16);
    }

    @Test
    void comparisonsAreThoseOfTheirNumbers() {
        boolean[][] below_equal_above = {
            {false, true, false},
            {true, false, true},
            {true, false, false},
            {true, true, false},
            {false, false, true},
            {false, true, true}
        };
        for (int comparison = 0; comparison < 6; comparison++) {
            WakeOp op = WakeOp.decode(word(0, comparison, 0, 3));
            for (int i = 0; i < 3; i++) {
                assertThat(op.compares(2 + i)).isEqualTo(below_equal_above[comparison][i]);
            }
        }
    }

    @Test
    void unknownOperationsAreRefused() {
        assertThatThrownBy(() -> WakeOp.decode(word(5, 0, 0, 0)))
                .isInstanceOf(ErrnoException.class);
        assertThatThrownBy(() -> WakeOp.decode(word(0, 6, 0, 0)))
                .isInstanceOf(ErrnoException.class);
    }
}
