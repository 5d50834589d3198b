package callgate.kernel.wait;

import java.time.Instant;

/** The host's time. */
public final class HostClock implements Clock {
    private final long boot = System.nanoTime();

    @Override
    public long monotonicNanos() {
        return System.nanoTime() - boot;
    }

    @Override
    public long realtimeNanos() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }
}
