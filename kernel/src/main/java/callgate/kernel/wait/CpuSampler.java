package callgate.kernel.wait;

import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Looks at the tasks a hundred times a second while any of them runs: whether each is in the kernel
 * or not, and how many could run. As Linux's tick does, this divides CPU time, which itself is
 * measured, into user and system time. Thread-safe.
 */
final class CpuSampler {
    private static final long PERIOD_NANOS = 10_000_000;

    private final Clock clock;
    private final ScheduledExecutorService timers;
    private final Set<Waiter> tasks;
    private final LoadAverage load;
    private final AtomicBoolean active = new AtomicBoolean();

    CpuSampler(Clock clock, ScheduledExecutorService timers, Set<Waiter> tasks) {
        this.clock = clock;
        this.timers = timers;
        this.tasks = tasks;
        load = new LoadAverage(clock.monotonicNanos());
    }

    /** A task begins to run. */
    void wake() {
        if (!active.get() && active.compareAndSet(false, true)) {
            load.update(clock.monotonicNanos(), 0);
            schedule();
        }
    }

    private void schedule() {
        try {
            timers.schedule(this::sample, PERIOD_NANOS, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closed) {
            // the end of the kernel
        }
    }

    private void sample() {
        int runnable = 0;
        boolean running = false;
        for (Waiter task : tasks) {
            running |= task.sample();
            runnable += task.isWaiting() ? 0 : 1;
        }
        load.update(clock.monotonicNanos(), runnable);
        if (running) {
            schedule();
        } else {
            active.set(false); // whoever runs next begins anew
        }
    }

    double[] loadAverages() {
        if (!active.get()) {
            load.update(clock.monotonicNanos(), 0);
        }
        return load.averages();
    }
}
