package callgate.machine.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BlockTest {
    @Test
    void entriesAreCountedOnWhileATranslationIsWaitedFor() {
        int firstHeat = 50;
        Block block = new Block(null, null, 0, 0, 0, new long[0], 0);
        block.heat = firstHeat;
        assertThat(block.entries(firstHeat)).isZero();
        block.heat -= 51;
        block.reheat(10, firstHeat);
        assertThat(block.entries(firstHeat)).isEqualTo(51);
        block.heat -= 10;
        block.reheat(10, firstHeat);
        block.heat -= 4;
        assertThat(block.entries(firstHeat)).isEqualTo(65);
    }
}
