package callgate.kernel.wait;

import callgate.kernel.abi.Errno;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * The parking place of one task. The task waits; anybody may wake or interrupt it.
 *
 * <p>A wake-up between {@link #prepare} and {@link #await} is not lost. {@link #interrupt} stays in
 * force until {@link #clearInterrupt}: the task's signal code sets it when a signal is to be
 * delivered, and clears it when none is left.
 */
public final class Waiter implements WaitQueue.Listener {
    /** How a wait ended. */
    public enum Outcome {
        WOKEN,
        INTERRUPTED,
        TIMED_OUT
    }

    private final Scheduler scheduler;
    private final Clock clock;
    private volatile boolean woken;
    private volatile boolean interrupted;
    private volatile boolean waiting;

    /** For the scheduler: the thread that parks here. */
    volatile Thread thread;

    private static final long NOT_RUNNING = -1;

    private volatile Runnable preemption = () -> {};

    /** When the task got its processor, or {@link #NOT_RUNNING}. */
    private volatile long runningSince = NOT_RUNNING;

    /** Written by the task's own thread. */
    private volatile long cpuNanos;

    private volatile BooleanSupplier inKernel = () -> false;

    // written by the sampler only
    private volatile int userSamples;
    private volatile int systemSamples;

    public Waiter(Scheduler scheduler, Clock clock) {
        this.scheduler = scheduler;
        this.clock = clock;
    }

    /**
     * Forgets earlier wake-ups; the condition is to be checked after it and before {@link #await}.
     */
    public void prepare() {
        woken = false;
    }

    /**
     * Waits for a wake-up, an interruption, or the deadline (monotonic nanoseconds, or {@link
     * Scheduler#NEVER}).
     */
    public Outcome await(long deadlineNanos) {
        thread = Thread.currentThread();
        waiting = true; // before looking at `woken`: whoever wakes later sees that it waits
        try {
            Outcome outcome = outcome(deadlineNanos);
            while (outcome == null) {
                scheduler.park(this, deadlineNanos);
                outcome = outcome(deadlineNanos);
            }
            return outcome;
        } finally {
            waiting = false;
        }
    }

    /** Null: the wait goes on. */
    private Outcome outcome(long deadlineNanos) {
        if (woken) {
            return Outcome.WOKEN;
        }
        if (interrupted) {
            return Outcome.INTERRUPTED;
        }
        boolean late = deadlineNanos != Scheduler.NEVER && clock.monotonicNanos() >= deadlineNanos;
        return late ? Outcome.TIMED_OUT : null;
    }

    /** As {@link #await}, but interruptions are ignored; for short waits that always end. */
    public void awaitUninterruptibly() {
        thread = Thread.currentThread();
        waiting = true;
        while (!woken) {
            scheduler.park(this, Scheduler.NEVER);
        }
        waiting = false;
    }

    /** Ends the wait. Any thread. */
    public void wake() {
        woken = true;
        unpark();
    }

    @Override
    public void ready(int events) {
        wake();
    }

    /** Makes this and later waits end with {@link Outcome#INTERRUPTED}. Any thread. */
    public void interrupt() {
        interrupted = true;
        unpark();
    }

    /** Whoever does not wait yet looks before it does. */
    private void unpark() {
        if (waiting) {
            scheduler.unpark(this);
        }
    }

    public void clearInterrupt() {
        interrupted = false;
    }

    public boolean isInterrupted() {
        return interrupted;
    }

    /**
     * Repeats {@code attempt} until it returns something other than {@code -EAGAIN}, waiting for
     * {@code queue} in between.
     *
     * @return the attempt's result; {@code -ERESTARTSYS} if interrupted; {@code -EAGAIN} if the
     *     deadline passed
     */
    public long retry(WaitQueue queue, int events, long deadlineNanos, LongSupplier attempt) {
        long result = attempt.getAsLong();
        if (result != -Errno.EAGAIN) {
            return result;
        }
        try (WaitQueue.Entry entry = queue.add(this, events)) {
            return repeat(entry, deadlineNanos, attempt);
        }
    }

    private long repeat(WaitQueue.Entry entry, long deadlineNanos, LongSupplier attempt) {
        while (true) {
            entry.clearTold();
            prepare();
            long result = attempt.getAsLong();
            if (result != -Errno.EAGAIN) {
                return result;
            }
            switch (await(deadlineNanos)) {
                case WOKEN -> {}
                case INTERRUPTED -> {
                    return -Errno.ERESTARTSYS;
                }
                case TIMED_OUT -> {
                    return -Errno.EAGAIN;
                }
            }
        }
    }

    /**
     * As {@link #retry}, but of all that wait so, only one is woken by an event. If it leaves
     * without having used the event, the next is woken. What the event made ready may be more than
     * one can use: then whoever changes that state wakes the next.
     */
    public long retryExclusive(
            WaitQueue queue, int events, long deadlineNanos, LongSupplier attempt) {
        long result = attempt.getAsLong();
        if (result != -Errno.EAGAIN) {
            return result;
        }
        WaitQueue.Entry entry = queue.addExclusive(this, events);
        try {
            return repeat(entry, deadlineNanos, attempt);
        } finally {
            if (entry.closeTold()) {
                queue.wakeNext(events);
            }
        }
    }

    // ---- the processor ----

    /** What makes the task leave guest code soon. Called on a timer thread; must not block. */
    public void whenPreempted(Runnable action) {
        preemption = action;
    }

    /** Tells whether the task is in the kernel at the moment. Called on a timer thread. */
    public void whenSampled(BooleanSupplier isInKernel) {
        inKernel = isInKernel;
    }

    /** Notes what the task is doing; whether it runs. On one thread. */
    boolean sample() {
        boolean running = runningSince != NOT_RUNNING;
        if (running && inKernel.getAsBoolean()) {
            systemSamples++;
        } else if (running) {
            userSamples++;
        }
        return running;
    }

    /** The part of its running time, of 0 to 1, that the task was found in the kernel. */
    public double systemShare() {
        int system = systemSamples;
        int all = system + userSamples;
        return all == 0 ? 0 : (double) system / all;
    }

    /** Whether the task waits for something other than a processor. Any thread. */
    public boolean isWaiting() {
        return waiting;
    }

    /** How long the task has held a processor in all. Any thread. */
    public long cpuNanos() {
        while (true) {
            long before = cpuNanos;
            long since = runningSince;
            if (cpuNanos == before) {
                return since == NOT_RUNNING
                        ? before
                        : before + Math.max(0, clock.monotonicNanos() - since);
            }
        }
    }

    void beginsToRun(long now) {
        runningSince = now;
    }

    void endsToRun(long now) {
        long since = runningSince;
        runningSince = NOT_RUNNING;
        cpuNanos += now - since;
    }

    void preemptIfLongerThan(long sliceNanos, long now) {
        long since = runningSince;
        if (since != NOT_RUNNING && now - since >= sliceNanos) {
            preemption.run();
        }
    }
}
