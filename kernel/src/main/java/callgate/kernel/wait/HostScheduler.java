package callgate.kernel.wait;

import java.util.concurrent.Semaphore;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Tasks are platform threads of the host; at most {@code cpus} of them run at a time. */
public final class HostScheduler implements Scheduler, AutoCloseable {
    /** Enough for the deepest chain of translated calls; see docs/TRANSLATOR.md. Reserved, not committed. */
    private static final long STACK_BYTES = 64L << 20;

    private final Clock clock;
    private final Semaphore processors;
    private final AtomicLong threads = new AtomicLong();
    private final ScheduledThreadPoolExecutor timers;

    public HostScheduler(Clock clock, int cpus) {
        this.clock = clock;
        processors = new Semaphore(cpus);
        timers = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("callgate-timers").factory());
        timers.setRemoveOnCancelPolicy(true);
    }

    @Override
    public void start(String name, Runnable body) {
        threads.incrementAndGet();
        Thread.ofPlatform()
                .daemon()
                .name(name)
                .stackSize(STACK_BYTES)
                .start(
                        () -> {
                            processors.acquireUninterruptibly();
                            try {
                                body.run();
                            } finally {
                                processors.release();
                                threads.decrementAndGet();
                            }
                        });
    }

    /** Threads that have not ended. */
    public long liveThreads() {
        return threads.get();
    }

    @Override
    public Waiter newWaiter() {
        return new Waiter(this, clock);
    }

    @Override
    public void park(Waiter waiter, long deadlineNanos) {
        processors.release();
        try {
            if (deadlineNanos == NEVER) {
                LockSupport.park(waiter);
            } else {
                LockSupport.parkNanos(waiter, Math.max(0, deadlineNanos - clock.monotonicNanos()));
            }
        } finally {
            processors.acquireUninterruptibly();
        }
    }

    @Override
    public void unpark(Waiter waiter) {
        LockSupport.unpark(waiter.thread);
    }

    @Override
    public <E extends Exception> void blocking(HostCall<E> call) throws E {
        processors.release();
        try {
            call.run();
        } finally {
            processors.acquireUninterruptibly();
        }
    }

    @Override
    public void startHostThread(String name, Runnable body) {
        Thread.ofPlatform().daemon().name(name).start(body);
    }

    @Override
    public void yield() {
        processors.release();
        Thread.yield();
        processors.acquireUninterruptibly();
    }

    @Override
    public Timer schedule(long deadlineNanos, Runnable action) {
        long delay = Math.max(0, deadlineNanos - clock.monotonicNanos());
        var future = timers.schedule(action, delay, TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
    }

    @Override
    public void close() {
        timers.shutdownNow();
    }
}
