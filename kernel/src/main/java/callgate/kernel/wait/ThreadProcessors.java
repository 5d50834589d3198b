package callgate.kernel.wait;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Tasks are platform threads of the host; at most so many of them run at a time, first come, first
 * served. Works in every JVM; each switch between tasks is one of the host's.
 */
final class ThreadProcessors implements Processors {
    private final Semaphore processors;
    private final TaskThreads threads;
    private final Runnable whenWaiting;

    /** Threads that wait for a processor, or are about to. */
    private final AtomicInteger waiting = new AtomicInteger();

    /**
     * @param whenWaiting called when a task comes to wait for a processor
     */
    ThreadProcessors(Clock clock, int count, Runnable whenWaiting) {
        processors = new Semaphore(count, true);
        threads = new TaskThreads(clock);
        this.whenWaiting = whenWaiting;
    }

    @Override
    public void start(String name, Runnable body) {
        threads.start(
                name,
                () -> {
                    takeBack();
                    try {
                        body.run();
                    } finally {
                        giveUp();
                    }
                });
    }

    @Override
    public void park(Waiter waiter, long timeoutNanos) {
        giveUp();
        try {
            if (timeoutNanos == Scheduler.NEVER) {
                LockSupport.park(waiter);
            } else {
                LockSupport.parkNanos(waiter, timeoutNanos);
            }
        } finally {
            takeBack();
        }
    }

    @Override
    public void giveUp() {
        processors.release();
    }

    @Override
    public void takeBack() {
        if (tryAcquireFairly()) {
            return;
        }
        // counted before: the semaphore's queue has the thread only after it looked at the tick,
        // which may just be stopping
        waiting.incrementAndGet();
        whenWaiting.run();
        processors.acquireUninterruptibly();
        waiting.decrementAndGet();
    }

    /** Without a time-out of its own, tryAcquire would overtake those who wait. */
    private boolean tryAcquireFairly() {
        return !processors.hasQueuedThreads() && processors.tryAcquire();
    }

    @Override
    public void yield() {
        if (processors.hasQueuedThreads()) {
            giveUp();
            takeBack();
        } else {
            Thread.yield();
        }
    }

    @Override
    public boolean hasWaiting() {
        return waiting.get() != 0;
    }

    @Override
    public Finding lookAround() {
        return hasWaiting() ? Finding.SOME_WAIT : Finding.NOBODY_WAITS;
    }

    @Override
    public long patienceNanos() {
        return Long.MAX_VALUE;
    }

    @Override
    public void close() {
        threads.close();
    }
}
