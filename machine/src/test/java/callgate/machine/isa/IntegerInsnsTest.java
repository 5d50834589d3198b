package callgate.machine.isa;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The corners of the integer instructions that the specification spells out. */
class IntegerInsnsTest {
    private static final long MIN = Long.MIN_VALUE;
    private static final long MIN_INT = Integer.MIN_VALUE;

    @Test
    void divisionByZeroGivesAllOnesAndTheDividend() {
        for (long dividend : new long[] {0, 1, -1, MIN, Long.MAX_VALUE}) {
            assertThat(MultiplyInsns.div(dividend, 0)).isEqualTo(-1);
            assertThat(MultiplyInsns.divu(dividend, 0)).isEqualTo(-1);
            assertThat(MultiplyInsns.rem(dividend, 0)).isEqualTo(dividend);
            assertThat(MultiplyInsns.remu(dividend, 0)).isEqualTo(dividend);
            long upperHalfOnly = 1L << 32; // zero as a word
            assertThat(MultiplyInsns.divw(dividend, upperHalfOnly)).isEqualTo(-1);
            assertThat(MultiplyInsns.divuw(dividend, upperHalfOnly)).isEqualTo(-1);
            assertThat(MultiplyInsns.remw(dividend, upperHalfOnly)).isEqualTo((int) dividend);
            assertThat(MultiplyInsns.remuw(dividend, upperHalfOnly)).isEqualTo((int) dividend);
        }
    }

    @Test
    void theOneSignedOverflowOfDivisionGivesTheDividendAndZero() {
        assertThat(MultiplyInsns.div(MIN, -1)).isEqualTo(MIN);
        assertThat(MultiplyInsns.rem(MIN, -1)).isZero();
        assertThat(MultiplyInsns.divw(MIN_INT, -1)).isEqualTo(MIN_INT);
        assertThat(MultiplyInsns.remw(MIN_INT, -1)).isZero();
    }

    @Test
    void remaindersHaveTheSignOfTheDividend() {
        assertThat(MultiplyInsns.rem(-7, 3)).isEqualTo(-1);
        assertThat(MultiplyInsns.rem(7, -3)).isEqualTo(1);
        assertThat(MultiplyInsns.div(-7, 3)).isEqualTo(-2);
    }

    @Test
    void unsignedWordResultsAreSignExtended() {
        assertThat(MultiplyInsns.divuw(0xffff_fffeL, 1)).isEqualTo(-2);
        assertThat(MultiplyInsns.remuw(0xffff_fffeL, 0xffff_ffffL)).isEqualTo(-2);
        assertThat(IntegerInsns.srliw(0x8000_0000L, 0)).isEqualTo(MIN_INT);
    }

    @Test
    void upperHalvesOfProductsAreThoseOfExactArithmetic() {
        SplittableRandom random = new SplittableRandom(1);
        long[] corners = {0, 1, -1, MIN, Long.MAX_VALUE};
        for (int i = 0; i < 2000; i++) {
            long a = i < 25 ? corners[i / 5] : random.nextLong();
            long b = i < 25 ? corners[i % 5] : random.nextLong() >> random.nextInt(64);
            assertThat(MultiplyInsns.mulh(a, b))
                    .isEqualTo(upper(BigInteger.valueOf(a), BigInteger.valueOf(b)));
            assertThat(MultiplyInsns.mulhu(a, b)).isEqualTo(upper(unsigned(a), unsigned(b)));
            assertThat(MultiplyInsns.mulhsu(a, b))
                    .isEqualTo(upper(BigInteger.valueOf(a), unsigned(b)));
        }
    }

    private static long upper(BigInteger a, BigInteger b) {
        return a.multiply(b).shiftRight(64).longValue();
    }

    private static BigInteger unsigned(long value) {
        return new BigInteger(Long.toUnsignedString(value));
    }

    @Test
    void shiftsUseTheLowBitsOfTheAmountOnly() {
        assertThat(IntegerInsns.sll(1, 64 + 3)).isEqualTo(8);
        assertThat(IntegerInsns.srl(-1, -1)).isEqualTo(1);
        assertThat(IntegerInsns.sra(MIN, 63)).isEqualTo(-1);
        assertThat(IntegerInsns.sllw(1, 32 + 31)).isEqualTo(MIN_INT);
        assertThat(IntegerInsns.sraw(0x8000_0000L, 31)).isEqualTo(-1);
    }

    @Test
    void comparisonsAgainstImmediatesExtendTheSignBeforeTheyIgnoreIt() {
        assertThat(IntegerInsns.sltiu(5, -1)).as("-1 is the largest unsigned number").isEqualTo(1);
        assertThat(IntegerInsns.sltiu(0, 1)).isEqualTo(1);
        assertThat(IntegerInsns.bltu(-1, 0)).isFalse();
        assertThat(IntegerInsns.bgeu(-1, 0)).isTrue();
    }
}
