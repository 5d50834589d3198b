package callgate.kernel.wait;

/** The kernel's only source of time. Thread-safe. */
public interface Clock {
    /** Nanoseconds since the kernel booted; never goes back. */
    long monotonicNanos();

    /** Nanoseconds since 1970-01-01 00:00 UTC. */
    long realtimeNanos();
}
