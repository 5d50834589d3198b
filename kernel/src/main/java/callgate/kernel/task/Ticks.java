package callgate.kernel.task;

/** Clock ticks of times(2) and /proc: 100 a second on every Linux. */
public final class Ticks {
    public static final int PER_SECOND = 100;

    private static final long NANOS = 1_000_000_000L / PER_SECOND;

    private Ticks() {}

    /** Whole ticks in a time. */
    public static long of(long nanos) {
        return nanos / NANOS;
    }
}
