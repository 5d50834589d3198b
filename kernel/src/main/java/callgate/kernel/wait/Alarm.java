package callgate.kernel.wait;

import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * A timer that expires once or again and again, by any clock that runs no faster than real time.
 * Thread-safe. The action is called on a timer thread, without locks, with the number of
 * expirations since the last call.
 */
public final class Alarm {
    /**
     * Calls of the action are at least this far apart: a guest's interval of one nanosecond must
     * not occupy the host.
     */
    private static final long SHORTEST_NANOS = 100_000;

    private static final long DISARMED = Long.MAX_VALUE;

    private final Scheduler scheduler;
    private final Clock monotonic;
    private final LongSupplier clock;
    private final LongConsumer action;

    // guarded by this; times are of `clock`
    private long deadline = DISARMED;
    private long interval;
    private Scheduler.Timer timer;
    private long generation;

    /**
     * @param clock what the deadlines are times of, in nanoseconds
     */
    public Alarm(Scheduler scheduler, Clock monotonic, LongSupplier clock, LongConsumer action) {
        this.scheduler = scheduler;
        this.monotonic = monotonic;
        this.clock = clock;
        this.action = action;
    }

    /**
     * Time left until the next expiration, and the interval, both in nanoseconds; 0 left is
     * disarmed.
     */
    public record Setting(long leftNanos, long intervalNanos) {}

    /**
     * Expires {@code delayNanos} from now (0 disarms), then every {@code intervalNanos} if that is
     * not 0. The setting before.
     */
    public Setting setAfter(long delayNanos, long intervalNanos) {
        long now = clock.getAsLong();
        return delayNanos == 0
                ? setAt(DISARMED, 0)
                : setAt(delayNanos > DISARMED - now ? DISARMED : now + delayNanos, intervalNanos);
    }

    /** As {@link #setAfter}, at a time of the clock. */
    public synchronized Setting setAt(long deadlineNanos, long intervalNanos) {
        Setting before = setting();
        deadline = deadlineNanos;
        interval = intervalNanos;
        arm(0);
        return before;
    }

    public synchronized Setting setting() {
        if (deadline == DISARMED) {
            return new Setting(0, interval);
        }
        return new Setting(Math.max(1, deadline - clock.getAsLong()), interval);
    }

    public void cancel() {
        setAt(DISARMED, 0);
    }

    private void arm(long leastDelay) {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        long armed = ++generation;
        if (deadline != DISARMED) {
            long delay = Math.max(leastDelay, deadline - clock.getAsLong());
            long now = monotonic.monotonicNanos();
            timer =
                    scheduler.schedule(
                            delay > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + delay,
                            () -> expire(armed));
        }
    }

    private void expire(long armed) {
        long count;
        synchronized (this) {
            if (armed != generation) {
                return;
            }
            count = countExpirations();
        }
        if (count > 0) {
            action.accept(count);
        }
    }

    /** How often it has expired by now; arms it for the next time. */
    private long countExpirations() {
        long now = clock.getAsLong();
        if (now < deadline) { // a clock that is slower than real time: CPU time
            arm(SHORTEST_NANOS);
            return 0;
        }
        long count = 1;
        if (interval > 0) {
            count += (now - deadline) / interval;
            deadline += count * interval;
            arm(SHORTEST_NANOS);
        } else {
            deadline = DISARMED;
        }
        return count;
    }
}
