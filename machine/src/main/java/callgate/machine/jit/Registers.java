package callgate.machine.jit;

/**
 * Sets of guest registers as bits of a long: x1 to x31 are bits 1 to 31, f0 to f31 bits 32 to 63.
 * Bit 0, x0, is never set.
 */
final class Registers {
    static final int FLOAT = 32;

    /** All floating-point registers. */
    static final long FLOATING = -1L << FLOAT;

    static final int RA = 1;
    static final int T0 = 5;

    private Registers() {}

    static long integer(int number) {
        return number == 0 ? 0 : 1L << number;
    }

    static long floating(int number) {
        return 1L << FLOAT + number;
    }
}
