package callgate.machine.isa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import callgate.machine.hart.Cause;
import callgate.machine.hart.GuestFault;
import callgate.machine.hart.Hart;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * Values that follow from IEEE 754-2019 and from the F and D chapters of the RISC-V unprivileged
 * specification.
 */
class SoftFloatTest {
    private static final int RNE = 0;
    private static final int RTZ = 1;
    private static final int RDN = 2;
    private static final int RUP = 3;
    private static final int RMM = 4;

    private static final int NX = 1;
    private static final int UF = 2;
    private static final int OF = 4;
    private static final int DZ = 8;
    private static final int NV = 16;

    private static final long NAN_64 = 0x7ff8_0000_0000_0000L;
    private static final long SIGNALING_64 = 0x7ff0_0000_0000_0001L;
    private static final long NAN_32 = 0xffff_ffff_7fc0_0000L;
    private static final long SIGNALING_32 = 0xffff_ffff_7f80_0001L;
    private static final long MINUS_ZERO = 1L << 63;

    private final Hart hart = new Hart(null);

    @Nested
    class RoundingModes {
        @Test
        void eachRoundsAHalfwaySumItsOwnWay() {
            // 1 + 2^-53 lies halfway between 1 and the next double.
            long one = d(1.0);
            long next = one + 1;
            long half = d(0x1p-53);
            assertThat(SoftFloat.f64Add(hart, one, half, RNE)).isEqualTo(one);
            assertThat(SoftFloat.f64Add(hart, one, half, RTZ)).isEqualTo(one);
            assertThat(SoftFloat.f64Add(hart, one, half, RDN)).isEqualTo(one);
            assertThat(SoftFloat.f64Add(hart, one, half, RUP)).isEqualTo(next);
            assertThat(SoftFloat.f64Add(hart, one, half, RMM)).isEqualTo(next);
            assertThat(SoftFloat.f64Add(hart, next, half, RNE)).isEqualTo(next + 1);
            assertThat(hart.fflags).isEqualTo(NX);
        }

        @Test
        void ofTheInstructionWinsUnlessItIsDynamic() {
            hart.frm = RUP;
            assertThat(SoftFloat.roundingMode(hart, RTZ, 0)).isEqualTo(RTZ);
            assertThat(SoftFloat.roundingMode(hart, 7, 0)).isEqualTo(RUP);
        }

        @Test
        void thatAreReservedMakeTheInstructionIllegal() {
            int raw = 0xf200_5053;
            for (int rm = 5; rm <= 6; rm++) {
                int reserved = rm;
                assertThatThrownBy(() -> SoftFloat.roundingMode(hart, reserved, raw))
                        .isInstanceOf(GuestFault.class);
            }
            hart.frm = 5;
            assertThatThrownBy(() -> SoftFloat.roundingMode(hart, 7, raw))
                    .isInstanceOf(GuestFault.class);
            hart.frm = 7;
            assertThatThrownBy(() -> SoftFloat.roundingMode(hart, 7, raw))
                    .isInstanceOf(GuestFault.class);
            assertThat(hart.cause).isEqualTo(Cause.ILLEGAL_INSTRUCTION);
            assertThat(hart.tval).isEqualTo(0xf200_5053L);
        }

        @Test
        void giveAnExactZeroItsSign() {
            assertThat(SoftFloat.f64Sub(hart, d(1.5), d(1.5), RNE)).isZero();
            assertThat(SoftFloat.f64Sub(hart, d(1.5), d(1.5), RDN)).isEqualTo(MINUS_ZERO);
            assertThat(SoftFloat.f64MulAdd(hart, d(2), d(3), d(-6), RDN)).isEqualTo(MINUS_ZERO);
            assertThat(hart.fflags).isZero();
        }

        @Test
        void decideBetweenInfinityAndTheLargestNumberOnOverflow() {
            long large = d(Double.MAX_VALUE);
            assertThat(SoftFloat.f64Add(hart, large, large, RNE))
                    .isEqualTo(d(Double.POSITIVE_INFINITY));
            assertThat(SoftFloat.f64Add(hart, large, large, RTZ)).isEqualTo(large);
            assertThat(SoftFloat.f64Add(hart, large, large, RDN)).isEqualTo(large);
            assertThat(SoftFloat.f64Mul(hart, large, d(-2), RDN))
                    .isEqualTo(d(Double.NEGATIVE_INFINITY));
            assertThat(SoftFloat.f64Mul(hart, large, d(-2), RUP)).isEqualTo(d(-Double.MAX_VALUE));
            assertThat(SoftFloat.f64Add(hart, large, large, RMM))
                    .isEqualTo(d(Double.POSITIVE_INFINITY));
            assertThat(hart.fflags).isEqualTo(OF | NX);
        }
    }

    @Nested
    class Flags {
        @Test
        void accumulate() {
            SoftFloat.f64Div(hart, d(1), d(0), RNE);
            assertThat(hart.fflags).isEqualTo(DZ);
            SoftFloat.f64Sqrt(hart, d(-1), RNE);
            assertThat(hart.fflags).isEqualTo(DZ | NV);
            SoftFloat.f64Div(hart, d(1), d(3), RNE);
            assertThat(hart.fflags).isEqualTo(DZ | NV | NX);
        }

        @Test
        void stayClearWhenResultsAreExact() {
            assertThat(SoftFloat.f64Add(hart, d(1), d(2), RNE)).isEqualTo(d(3));
            assertThat(SoftFloat.f64Mul(hart, d(1.5), d(-2), RUP)).isEqualTo(d(-3));
            assertThat(SoftFloat.f64Div(hart, d(1), d(8), RNE)).isEqualTo(d(0.125));
            assertThat(SoftFloat.f64Sqrt(hart, d(2.25), RNE)).isEqualTo(d(1.5));
            assertThat(SoftFloat.f64MulAdd(hart, d(2), d(3), d(4), RNE)).isEqualTo(d(10));
            assertThat(SoftFloat.f64Mul(hart, d(Double.MIN_NORMAL), d(0.5), RNE))
                    .isEqualTo(d(0x1p-1023));
            assertThat(hart.fflags).isZero();
        }

        @Test
        void tellTininessAfterRounding() {
            // (1 - 2^-53) * 2^-1022 rounds up to the smallest normal number, but is tiny even with
            // an unbounded
            // exponent.
            assertThat(SoftFloat.f64Mul(hart, d(Math.nextDown(1.0)), d(Double.MIN_NORMAL), RNE))
                    .isEqualTo(d(Double.MIN_NORMAL));
            assertThat(hart.fflags).isEqualTo(UF | NX);
            hart.fflags = 0;
            // (1 - 2^-54) * 2^-1022 as 2^-1022 - 2^-1076: with an unbounded exponent it rounds to
            // 2^-1022, so it is not
            // tiny.
            long tiny =
                    SoftFloat.f64MulAdd(hart, d(-0x1p-1000), d(0x1p-76), d(Double.MIN_NORMAL), RNE);
            assertThat(tiny).isEqualTo(d(Double.MIN_NORMAL));
            assertThat(hart.fflags).isEqualTo(NX);
        }
    }

    @Nested
    class NotANumbers {
        @Test
        void fromOperationsAreCanonical() {
            long payload = 0xfff8_0000_dead_beefL;
            assertThat(SoftFloat.f64Add(hart, payload, d(1), RNE)).isEqualTo(NAN_64);
            assertThat(SoftFloat.f64Sqrt(hart, payload, RNE)).isEqualTo(NAN_64);
            assertThat(SoftFloat.f64ToF32(hart, payload, RNE)).isEqualTo(NAN_32);
            assertThat(SoftFloat.f32ToF64(hart, 0xffff_ffff_ffc0_1234L)).isEqualTo(NAN_64);
            assertThat(hart.fflags).isZero();
        }

        @Test
        void thatSignalRaiseInvalid() {
            assertThat(SoftFloat.f64Add(hart, SIGNALING_64, d(1), RNE)).isEqualTo(NAN_64);
            assertThat(hart.fflags).isEqualTo(NV);
            hart.fflags = 0;
            assertThat(SoftFloat.f32ToF64(hart, SIGNALING_32)).isEqualTo(NAN_64);
            assertThat(hart.fflags).isEqualTo(NV);
        }

        @Test
        void comeFromInvalidOperations() {
            long infinity = d(Double.POSITIVE_INFINITY);
            assertThat(SoftFloat.f64Sub(hart, infinity, infinity, RNE)).isEqualTo(NAN_64);
            assertThat(takeFlags()).isEqualTo(NV);
            assertThat(SoftFloat.f64Mul(hart, infinity, d(-0.0), RNE)).isEqualTo(NAN_64);
            assertThat(takeFlags()).isEqualTo(NV);
            assertThat(SoftFloat.f64Div(hart, d(0), d(0), RNE)).isEqualTo(NAN_64);
            assertThat(takeFlags()).isEqualTo(NV);
            assertThat(SoftFloat.f64Div(hart, infinity, infinity, RNE)).isEqualTo(NAN_64);
            assertThat(takeFlags()).isEqualTo(NV);
        }

        @Test
        void asAddendDoNotHideAnInvalidProduct() {
            assertThat(SoftFloat.f64MulAdd(hart, d(Double.POSITIVE_INFINITY), d(0), NAN_64, RNE))
                    .isEqualTo(NAN_64);
            assertThat(takeFlags()).isEqualTo(NV);
            assertThat(SoftFloat.f32NMulAdd(hart, f(0), f(Float.NEGATIVE_INFINITY), NAN_32, RNE))
                    .isEqualTo(NAN_32);
            assertThat(takeFlags()).isEqualTo(NV);
        }

        @Test
        void ofSinglePrecisionAreWhatRegistersHoldThatAreNotBoxed() {
            long one = 0x3f80_0000L;
            assertThat(SoftFloat.f32Add(hart, one, f(1), RNE)).isEqualTo(NAN_32);
            assertThat(SoftFloat.f32Classify(one)).isEqualTo(1 << 9);
            assertThat(SoftFloat.f32Min(hart, one, f(5))).isEqualTo(f(5));
            assertThat(SoftFloat.unbox(one)).isEqualTo(0x7fc0_0000);
            // Even a signaling one counts as the quiet canonical NaN.
            assertThat(SoftFloat.f32Add(hart, 0x7f80_0001L, f(1), RNE)).isEqualTo(NAN_32);
            assertThat(hart.fflags).isZero();
        }
    }

    @Nested
    class Comparisons {
        @Test
        void areQuietForEqualityAndSignalingForOrder() {
            assertThat(SoftFloat.f64Eq(hart, NAN_64, NAN_64)).isZero();
            assertThat(takeFlags()).isZero();
            assertThat(SoftFloat.f64Eq(hart, SIGNALING_64, d(1))).isZero();
            assertThat(takeFlags()).isEqualTo(NV);
            assertThat(SoftFloat.f64Lt(hart, NAN_64, d(1))).isZero();
            assertThat(takeFlags()).isEqualTo(NV);
            assertThat(SoftFloat.f64Le(hart, d(1), NAN_64)).isZero();
            assertThat(takeFlags()).isEqualTo(NV);
        }

        @Test
        void findZerosEqual() {
            assertThat(SoftFloat.f32Eq(hart, f(-0.0f), f(0.0f))).isOne();
            assertThat(SoftFloat.f32Lt(hart, f(-0.0f), f(0.0f))).isZero();
            assertThat(SoftFloat.f32Le(hart, f(0.0f), f(-0.0f))).isOne();
        }

        @Test
        void forMinimumAndMaximumOrderZerosAndPreferNumbers() {
            assertThat(SoftFloat.f64Min(hart, d(0), d(-0.0))).isEqualTo(d(-0.0));
            assertThat(SoftFloat.f64Max(hart, d(-0.0), d(0))).isEqualTo(d(0));
            assertThat(SoftFloat.f64Min(hart, NAN_64, d(7))).isEqualTo(d(7));
            assertThat(SoftFloat.f64Max(hart, NAN_64, NAN_64)).isEqualTo(NAN_64);
            assertThat(takeFlags()).isZero();
            assertThat(SoftFloat.f64Max(hart, d(7), SIGNALING_64)).isEqualTo(d(7));
            assertThat(takeFlags()).isEqualTo(NV);
        }

        @Test
        void classify() {
            long[] ascending = {
                d(Double.NEGATIVE_INFINITY),
                d(-1),
                d(-Double.MIN_VALUE),
                d(-0.0),
                d(0.0),
                d(Double.MIN_VALUE),
                d(1),
                d(Double.POSITIVE_INFINITY),
                SIGNALING_64,
                NAN_64
            };
            for (int i = 0; i < ascending.length; i++) {
                assertThat(SoftFloat.f64Classify(ascending[i])).isEqualTo(1L << i);
            }
        }
    }

    @Nested
    class Conversions {
        @Test
        void toIntegersSaturateAndAreInvalid() {
            assertThat(SoftFloat.f64ToI32(hart, d(3e9), RTZ)).isEqualTo(Integer.MAX_VALUE);
            assertThat(SoftFloat.f64ToI32(hart, d(-3e9), RTZ)).isEqualTo(Integer.MIN_VALUE);
            assertThat(SoftFloat.f64ToI32(hart, NAN_64, RTZ)).isEqualTo(Integer.MAX_VALUE);
            assertThat(SoftFloat.f64ToU32(hart, d(-1), RTZ)).isZero();
            assertThat(SoftFloat.f64ToU32(hart, d(5e9), RTZ)).isEqualTo(-1);
            assertThat(SoftFloat.f64ToI64(hart, d(Double.POSITIVE_INFINITY), RTZ))
                    .isEqualTo(Long.MAX_VALUE);
            assertThat(SoftFloat.f64ToI64(hart, d(-1e300), RTZ)).isEqualTo(Long.MIN_VALUE);
            assertThat(SoftFloat.f64ToU64(hart, d(0x1p64), RTZ)).isEqualTo(-1);
            assertThat(SoftFloat.f32ToU64(hart, NAN_32, RTZ)).isEqualTo(-1);
            assertThat(hart.fflags).isEqualTo(NV);
        }

        @Test
        void toIntegersRoundFirst() {
            assertThat(SoftFloat.f64ToU32(hart, d(-0.75), RTZ)).isZero();
            assertThat(SoftFloat.f64ToI32(hart, d(2147483647.5), RDN)).isEqualTo(Integer.MAX_VALUE);
            assertThat(SoftFloat.f64ToI64(hart, d(2.5), RNE)).isEqualTo(2);
            assertThat(SoftFloat.f64ToI64(hart, d(2.5), RMM)).isEqualTo(3);
            assertThat(SoftFloat.f32ToI32(hart, f(-2.5f), RUP)).isEqualTo(-2);
            assertThat(takeFlags()).isEqualTo(NX);
            assertThat(SoftFloat.f64ToI32(hart, d(2147483647.5), RNE)).isEqualTo(Integer.MAX_VALUE);
            assertThat(takeFlags()).isEqualTo(NV);
        }

        @Test
        void ofUnsignedWordsAreSignExtended() {
            assertThat(SoftFloat.f64ToU32(hart, d(4294967295.0), RTZ)).isEqualTo(-1);
            assertThat(SoftFloat.f64ToU64(hart, d(0x1p63), RTZ)).isEqualTo(Long.MIN_VALUE);
            assertThat(SoftFloat.u32ToF64(-1)).isEqualTo(d(4294967295.0));
            assertThat(SoftFloat.u64ToF64(hart, -1, RTZ)).isEqualTo(d(Math.nextDown(0x1p64)));
            assertThat(takeFlags()).isEqualTo(NX);
        }

        @Test
        void fromIntegersRound() {
            assertThat(SoftFloat.i32ToF32(hart, Integer.MAX_VALUE, RNE)).isEqualTo(f(0x1p31f));
            assertThat(SoftFloat.i32ToF32(hart, Integer.MAX_VALUE, RTZ))
                    .isEqualTo(f(Math.nextDown(0x1p31f)));
            assertThat(SoftFloat.i64ToF64(hart, Long.MAX_VALUE, RNE)).isEqualTo(d(0x1p63));
            assertThat(takeFlags()).isEqualTo(NX);
            assertThat(SoftFloat.i64ToF64(hart, Long.MIN_VALUE, RNE)).isEqualTo(d(-0x1p63));
            assertThat(SoftFloat.i64ToF32(hart, 0, RDN)).isEqualTo(f(0));
            assertThat(takeFlags()).isZero();
        }

        @Test
        void toSinglePrecisionRound() {
            assertThat(SoftFloat.f64ToF32(hart, d(0.1), RNE)).isEqualTo(f(0.1f));
            assertThat(takeFlags()).isEqualTo(NX);
            assertThat(SoftFloat.f64ToF32(hart, d(1e300), RNE))
                    .isEqualTo(f(Float.POSITIVE_INFINITY));
            assertThat(takeFlags()).isEqualTo(OF | NX);
            assertThat(SoftFloat.f64ToF32(hart, d(1e-300), RUP)).isEqualTo(f(Float.MIN_VALUE));
            assertThat(takeFlags()).isEqualTo(UF | NX);
            assertThat(SoftFloat.f64ToF32(hart, d(-0.0), RNE)).isEqualTo(f(-0.0f));
            assertThat(takeFlags()).isZero();
        }
    }

    @Test
    void multiplyAddRoundsOnce() {
        // (1 + 2^-27)^2 = 1 + 2^-26 + 2^-54; rounded twice the last term is lost.
        long x = d(1 + 0x1p-27);
        assertThat(SoftFloat.f64MulSub(hart, x, x, d(1 + 0x1p-26), RNE)).isEqualTo(d(0x1p-54));
        assertThat(SoftFloat.f64NMulSub(hart, x, x, d(1 + 0x1p-26), RNE)).isEqualTo(d(-0x1p-54));
        assertThat(SoftFloat.f64NMulAdd(hart, d(2), d(3), d(4), RNE)).isEqualTo(d(-10));
        assertThat(hart.fflags).isZero();
    }

    private int takeFlags() {
        int flags = hart.fflags;
        hart.fflags = 0;
        return flags;
    }

    private static long d(double value) {
        return Double.doubleToRawLongBits(value);
    }

    private static long f(float value) {
        return SoftFloat.box(Float.floatToRawIntBits(value));
    }
}
