package callgate.machine.isa;

import callgate.machine.hart.Hart;
import org.junit.jupiter.api.Test;

/**
 * Compares what guests get, mostly the host's arithmetic, with the general algorithms alone. Needs
 * no tool. System properties as in {@link SoftFloatOracleTest}.
 */
class SoftFloatFastPathTest {
    private static final int NX = 1;

    @Test
    void theHostsArithmeticGivesWhatTheGeneralAlgorithmsGive() {
        long seed = Long.getLong("callgate.fuzz.seed", 20260102);
        long count = Long.getLong("callgate.fuzz.fp", 1_000_000);
        FloatOperation[] operations = FloatOperation.all().toArray(FloatOperation[]::new);
        FloatOperands operands = new FloatOperands(seed);
        for (long i = 0; i < count; i++) {
            FloatOperation operation = operations[operands.choose(operations.length)];
            long[] values = operands.next(operation.operands());
            // Fast paths are for rounding to nearest (and truncation), so those come more often.
            int rm = operands.choose(2) * operands.choose(5);
            compare(operation, values, rm, operands.choose(4) == 0 ? 0 : NX, seed);
        }
    }

    private static void compare(FloatOperation operation, long[] v, int rm, int raised, long seed) {
        Hart expected = new Hart(null);
        expected.fflags = raised;
        long expectedValue = operation.general().apply(expected, v[0], v[1], v[2], rm);
        Hart actual = new Hart(null);
        actual.fflags = raised;
        long actualValue = operation.tested().apply(actual, v[0], v[1], v[2], rm);
        if (actualValue != expectedValue || actual.fflags != expected.fflags) {
            throw new AssertionError(
                    String.format(
                            "%s of %016x %016x %016x, rounding mode %d, flags raised before %02x:"
                                    + " expected %016x with flags %02x, got %016x with %02x (seed %d)",
                            operation.mnemonic(),
                            v[0],
                            v[1],
                            v[2],
                            rm,
                            raised,
                            expectedValue,
                            expected.fflags,
                            actualValue,
                            actual.fflags,
                            seed));
        }
    }
}
