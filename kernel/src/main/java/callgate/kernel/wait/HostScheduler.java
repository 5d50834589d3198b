package callgate.kernel.wait;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Tasks have one of {@code cpus} processors in turn. While some wait for one, a tick takes it away
 * from those that have had it for a jiffy. Thread-safe.
 */
public final class HostScheduler implements Scheduler, AutoCloseable {
    /** The time slice, as Linux's with HZ=250. */
    private static final long JIFFY_NANOS = 4_000_000;

    private final Clock clock;
    private final Processors processors;
    private final AtomicLong threads = new AtomicLong();
    private final ThreadLocal<Waiter> current = new ThreadLocal<>();
    private final Set<Waiter> tasks = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean ticking = new AtomicBoolean();
    private long tickNanos; // by whoever has set `ticking`, then by the tick

    private final ScheduledThreadPoolExecutor timers;
    private final CpuSampler sampler;

    /** Tasks are fibers if this JVM lets them, else threads. */
    public HostScheduler(Clock clock, int cpus) {
        this(clock, cpus, FiberFactory.find());
    }

    HostScheduler(Clock clock, int cpus, Optional<FiberFactory> fibers) {
        this.clock = clock;
        processors =
                fibers.isPresent()
                        ? new FiberProcessors(fibers.get(), clock, cpus, this::startTicking)
                        : new ThreadProcessors(clock, cpus, this::startTicking);
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
            processors.start(name, () -> run(waiter, body));
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
        beginsToRun(waiter);
        try {
            body.run();
        } finally {
            waiter.endsToRun(clock.monotonicNanos());
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

    private void beginsToRun(Waiter waiter) {
        waiter.beginsToRun(clock.monotonicNanos());
        sampler.wake();
    }

    private void startTicking() {
        if (!ticking.get() && !timers.isShutdown() && ticking.compareAndSet(false, true)) {
            tickNanos = shortestTick();
            scheduleTick();
        }
    }

    /**
     * The first looks are for tasks that wait beside a processor with nothing to do; the time
     * between looks doubles, up to a jiffy, as long as there are none.
     */
    private long shortestTick() {
        return Math.min(processors.patienceNanos(), JIFFY_NANOS);
    }

    private void scheduleTick() {
        try {
            timers.schedule(this::tick, tickNanos, TimeUnit.NANOSECONDS);
        } catch (java.util.concurrent.RejectedExecutionException closed) {
            ticking.set(false);
        }
    }

    private void tick() {
        switch (processors.lookAround()) {
            case NOBODY_WAITS -> {
                ticking.set(false);
                if (processors.hasWaiting()) { // somebody came in between and relied on the tick
                    startTicking();
                }
                return;
            }
            case SOME_WAIT -> tickNanos = Math.min(2 * tickNanos, JIFFY_NANOS);
            case MOVED -> tickNanos = shortestTick();
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
        if (current.get() != waiter) { // a thread of the host that waits for a guest
            parkHostThread(waiter, deadlineNanos);
            return;
        }
        long now = clock.monotonicNanos();
        waiter.endsToRun(now);
        try {
            processors.park(waiter, timeout(deadlineNanos, now));
        } finally {
            beginsToRun(waiter);
        }
    }

    private static long timeout(long deadlineNanos, long now) {
        return deadlineNanos == NEVER ? NEVER : Math.max(0, deadlineNanos - now);
    }

    private void parkHostThread(Waiter waiter, long deadlineNanos) {
        if (deadlineNanos == NEVER) {
            LockSupport.park(waiter);
        } else {
            LockSupport.parkNanos(waiter, timeout(deadlineNanos, clock.monotonicNanos()));
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
        waiter.endsToRun(clock.monotonicNanos());
        processors.giveUp();
        try {
            call.run();
        } finally {
            processors.takeBack();
            beginsToRun(waiter);
        }
    }

    @Override
    public void yield() {
        Waiter waiter = current.get();
        waiter.endsToRun(clock.monotonicNanos());
        processors.yield();
        waiter.beginsToRun(clock.monotonicNanos());
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
        processors.close();
    }
}
