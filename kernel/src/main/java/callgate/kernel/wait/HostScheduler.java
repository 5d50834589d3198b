package callgate.kernel.wait;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Tasks are platform threads of the host; at most {@code cpus} of them run at a time, first come,
 * first served. While some wait for a processor, a tick takes it away from those that have had it
 * for a jiffy.
 */
public final class HostScheduler implements Scheduler, AutoCloseable {
    /** The time slice, as Linux's with HZ=250. */
    private static final long JIFFY_NANOS = 4_000_000;

    private final Clock clock;
    private final Semaphore processors;
    private final TaskThreads taskThreads;
    private final AtomicLong threads = new AtomicLong();
    private final ThreadLocal<Waiter> current = new ThreadLocal<>();
    private final Set<Waiter> tasks = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean ticking = new AtomicBoolean();

    /** Threads that wait for a processor, or are about to. */
    private final AtomicInteger waiting = new AtomicInteger();

    private final ScheduledThreadPoolExecutor timers;
    private final CpuSampler sampler;

    public HostScheduler(Clock clock, int cpus) {
        this.clock = clock;
        processors = new Semaphore(cpus, true);
        taskThreads = new TaskThreads(clock);
        timers =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("callgate-timers").factory());
        timers.setRemoveOnCancelPolicy(true);
        sampler = new CpuSampler(clock, timers, tasks);
    }

    // ---- threads ----

    @Override
    public void start(String name, Waiter waiter, Runnable body) {
        threads.incrementAndGet();
        tasks.add(waiter);
        boolean started = false;
        try {
            taskThreads.start(name, () -> run(waiter, body));
            started = true;
        } finally {
            if (!started) {
                tasks.remove(waiter);
                threads.decrementAndGet();
            }
        }
    }

    private void run(Waiter waiter, Runnable body) {
        waiter.thread = Thread.currentThread();
        current.set(waiter);
        acquire(waiter);
        try {
            body.run();
        } finally {
            release(waiter);
            current.remove();
            threads.decrementAndGet();
            synchronized (tasks) {
                tasks.remove(waiter);
                tasks.notifyAll();
            }
        }
    }

    /** Waits until no task's thread is left; false if there are some after {@code timeoutNanos}. */
    public boolean awaitNoTasks(long timeoutNanos) throws InterruptedException {
        long deadline = clock.monotonicNanos() + timeoutNanos;
        synchronized (tasks) {
            while (!tasks.isEmpty()) {
                long left = deadline - clock.monotonicNanos();
                if (left <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(tasks, left);
            }
        }
        return true;
    }

    @Override
    public void startHostThread(String name, Runnable body) {
        threads.incrementAndGet();
        boolean started = false;
        try {
            Thread.ofPlatform()
                    .daemon()
                    .name(name)
                    .start(
                            () -> {
                                try {
                                    body.run();
                                } finally {
                                    threads.decrementAndGet();
                                }
                            });
            started = true;
        } finally {
            if (!started) {
                threads.decrementAndGet();
            }
        }
    }

    /** Threads that have something to do. */
    public long liveThreads() {
        return threads.get();
    }

    // ---- processors ----

    private void acquire(Waiter waiter) {
        if (!tryAcquireFairly()) {
            // counted before: the semaphore's queue has the thread only after it looked at the
            // tick,
            // which may just be stopping
            waiting.incrementAndGet();
            startTicking();
            processors.acquireUninterruptibly();
            waiting.decrementAndGet();
        }
        waiter.beginsToRun(clock.monotonicNanos());
        sampler.wake();
    }

    /** Without a time-out of its own, tryAcquire would overtake those who wait. */
    private boolean tryAcquireFairly() {
        return !processors.hasQueuedThreads() && processors.tryAcquire();
    }

    private void release(Waiter waiter) {
        waiter.endsToRun(clock.monotonicNanos());
        processors.release();
    }

    private void startTicking() {
        if (!timers.isShutdown() && ticking.compareAndSet(false, true)) {
            scheduleTick();
        }
    }

    private void scheduleTick() {
        try {
            timers.schedule(this::tick, JIFFY_NANOS, TimeUnit.NANOSECONDS);
        } catch (java.util.concurrent.RejectedExecutionException closed) {
            ticking.set(false);
        }
    }

    private void tick() {
        if (waiting.get() == 0) {
            ticking.set(false);
            if (waiting.get() != 0) { // somebody came in between and relied on the tick
                startTicking();
            }
            return;
        }
        long now = clock.monotonicNanos();
        for (Waiter waiter : tasks) {
            waiter.preemptIfLongerThan(JIFFY_NANOS, now);
        }
        scheduleTick();
    }

    @Override
    public double[] loadAverages() {
        return sampler.loadAverages();
    }

    // ---- parking ----

    @Override
    public Waiter newWaiter() {
        return new Waiter(this, clock);
    }

    @Override
    public void park(Waiter waiter, long deadlineNanos) {
        if (current.get()
                != waiter) { // a thread of the host that waits for a guest: it holds no processor
            parkHere(waiter, deadlineNanos);
            return;
        }
        release(waiter);
        try {
            parkHere(waiter, deadlineNanos);
        } finally {
            acquire(waiter);
        }
    }

    private void parkHere(Waiter waiter, long deadlineNanos) {
        if (deadlineNanos == NEVER) {
            LockSupport.park(waiter);
        } else {
            LockSupport.parkNanos(waiter, Math.max(0, deadlineNanos - clock.monotonicNanos()));
        }
    }

    @Override
    public void unpark(Waiter waiter) {
        LockSupport.unpark(waiter.thread);
    }

    @Override
    public <E extends Exception> void blocking(HostCall<E> call) throws E {
        Waiter waiter = current.get();
        if (waiter == null) { // not a task's thread: it holds no processor
            call.run();
            return;
        }
        release(waiter);
        try {
            call.run();
        } finally {
            acquire(waiter);
        }
    }

    @Override
    public void yield() {
        if (processors.hasQueuedThreads()) {
            Waiter waiter = current.get();
            release(waiter);
            acquire(waiter);
        } else {
            Thread.yield();
        }
    }

    // ---- timers ----

    @Override
    public Timer schedule(long deadlineNanos, Runnable action) {
        long delay = Math.max(0, deadlineNanos - clock.monotonicNanos());
        try {
            var future = timers.schedule(action, delay, TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        } catch (java.util.concurrent.RejectedExecutionException closed) {
            return () -> {};
        }
    }

    @Override
    public void close() {
        timers.shutdownNow();
        taskThreads.close();
    }
}
