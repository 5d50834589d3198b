package callgate.kernel.wait;

import java.util.ArrayDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Tasks are virtual threads, here called fibers; carriers, which are platform threads, run them. A
 * carrier that holds a processor takes one fiber after the other, so that two tasks that wait for
 * each other take turns on one carrier and the host is not asked at all.
 *
 * <ul>
 *   <li>A fiber that is woken by another is handed to the waker's carrier, which runs it next: the
 *       waker mostly waits soon. If one had been handed to it before, that one goes to the common
 *       queue.
 *   <li>A fiber in the common queue is given a processor that nobody holds at once, and a carrier
 *       is woken for it. All other fibers that can go on come here: those that the host woke, and
 *       those whose time was over.
 *   <li>If a waker goes on for long, {@link #lookAround} moves what was handed to it, provided that
 *       a processor is free.
 *   <li>A carrier whose fiber blocks in the host gives its processor up; so there may be more
 *       carriers than processors.
 * </ul>
 *
 * <p>Thread-safe. Lock: this object's own, held for a few steps and below every other; fibers are
 * pinned while they hold it, so that it never waits for one that does not run.
 */
final class FiberProcessors implements Processors {
    /** Enough for the deepest chain of translated calls. Reserved, not committed. */
    private static final long STACK_BYTES = 64L << 20;

    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** One of so many turns of a carrier is for the common queue, even if a fiber was handed. */
    private static final int TURNS = 16;

    /** A fiber that was handed stays at least so long before it is moved. */
    private static final long PATIENCE_NANOS = 100_000;

    private final FiberFactory factory;
    private final Clock clock;
    private final int count;
    private final Runnable whenWaiting;
    private final ThreadLocal<Fiber> current = new ThreadLocal<>();
    private final CopyOnWriteArrayList<Carrier> carriers = new CopyOnWriteArrayList<>();

    // guarded by this
    private final ArrayDeque<Fiber> queue = new ArrayDeque<>();
    private final ArrayDeque<Carrier> idle = new ArrayDeque<>(); // last in, first out
    private boolean closed;

    // written under the lock, read without
    private volatile int held;
    private volatile int queued;

    /**
     * @param whenWaiting called when a task comes to wait for a processor
     */
    FiberProcessors(FiberFactory factory, Clock clock, int count, Runnable whenWaiting) {
        this.factory = factory;
        this.clock = clock;
        this.count = count;
        this.whenWaiting = whenWaiting;
    }

    /** A task's thread; as its executor, it is told when the thread can go on. */
    private final class Fiber implements Executor {
        /** Where it runs; written by the carrier before it does. */
        private Carrier carrier;

        /**
         * What a carrier runs: as far as the fiber comes. Written before the fiber is passed on.
         */
        private Runnable continuation;

        @Override
        public void execute(Runnable ready) {
            continuation = ready;
            Fiber waker = current.get();
            if (waker == null || !waker.carrier.hand(this)) {
                enqueue(this);
            }
        }
    }

    // ---- tasks ----

    @Override
    public void start(String name, Runnable body) {
        Fiber fiber = new Fiber();
        factory.newThread(
                        fiber,
                        name,
                        () -> {
                            current.set(fiber);
                            body.run();
                        })
                .start();
    }

    @Override
    public void park(Waiter waiter, long timeoutNanos) {
        if (timeoutNanos == Scheduler.NEVER) {
            LockSupport.park(waiter);
        } else {
            LockSupport.parkNanos(waiter, timeoutNanos);
        }
    }

    @Override
    public void giveUp() {
        Carrier carrier = current.get().carrier;
        Carrier successor;
        synchronized (this) {
            Fiber handed = carrier.handed.getAndSet(null);
            if (handed != null) {
                add(handed);
            }
            release(carrier);
            successor = queued > 0 ? grant() : null;
        }
        wake(successor);
    }

    @Override
    public void takeBack() {
        Fiber fiber = current.get();
        if (fiber.carrier.hasProcessor) { // it was parked meanwhile
            return;
        }
        synchronized (this) {
            if (held < count && queued == 0) {
                hold(fiber.carrier);
                return;
            }
        }
        Thread.yield(); // goes on where a processor is
        if (!fiber.carrier.hasProcessor) {
            awaitPinned(fiber.carrier);
        }
    }

    /** For a fiber that cannot leave its carrier: one that has frames of the JVM on its stack. */
    private synchronized void awaitPinned(Carrier carrier) {
        boolean interrupted = false;
        while (held >= count) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        hold(carrier);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void yield() {
        if (hasWaiting()) {
            Thread.yield();
        } else {
            Thread.onSpinWait();
        }
    }

    // ---- fibers that wait for a processor ----

    private void enqueue(Fiber fiber) {
        Carrier carrier;
        synchronized (this) {
            add(fiber);
            carrier = grant();
        }
        if (carrier == null) {
            whenWaiting.run();
        }
        wake(carrier);
    }

    // the following are guarded by this

    private void add(Fiber fiber) {
        queue.addLast(fiber);
        queued++;
    }

    private Fiber poll() {
        Fiber fiber = queue.pollFirst();
        if (fiber != null) {
            queued--;
        }
        return fiber;
    }

    private void hold(Carrier carrier) {
        held++;
        carrier.hasProcessor = true;
    }

    private void release(Carrier carrier) {
        held--;
        carrier.hasProcessor = false;
        notify(); // a pinned fiber that waits, if any
    }

    /** Gives a free processor, if there is one, to a carrier, which is to be woken. */
    private Carrier grant() {
        if (held >= count) {
            return null;
        }
        Carrier carrier = idle.pollLast();
        if (carrier == null) {
            carrier = new Carrier();
            carriers.add(carrier);
        }
        hold(carrier);
        return carrier;
    }

    /** Without the lock; null is nobody. */
    private void wake(Carrier carrier) {
        if (carrier == null) {
            return;
        }
        if (carrier.thread.getState() != Thread.State.NEW) {
            LockSupport.unpark(carrier.thread);
            return;
        }
        try {
            carrier.thread.start();
        } catch (OutOfMemoryError exhausted) { // the host cannot make a thread: tried again later
            synchronized (this) {
                carriers.remove(carrier);
                release(carrier);
            }
            whenWaiting.run();
        }
    }

    // ---- balance ----

    @Override
    public boolean hasWaiting() {
        if (queued > 0) {
            return true;
        }
        for (Carrier carrier : carriers) {
            if (carrier.handed.get() != null) {
                return true;
            }
        }
        return false;
    }

    @Override
    public Finding lookAround() {
        Finding finding = queued > 0 ? Finding.SOME_WAIT : Finding.NOBODY_WAITS;
        for (Carrier carrier : carriers) {
            long now = carrier.handings;
            if (now != carrier.handingsSeen) {
                carrier.handingsSeen = now;
                finding = finding == Finding.MOVED ? finding : Finding.SOME_WAIT;
            } else if (carrier.handed.get() != null) {
                finding = held < count && move(carrier) ? Finding.MOVED : Finding.SOME_WAIT;
            }
        }
        if (queued > 0 && held < count) { // no carrier could be made for it then
            Carrier carrier;
            synchronized (this) {
                carrier = queued > 0 ? grant() : null;
            }
            wake(carrier);
        }
        return finding;
    }

    /** A fiber that was handed to some carrier before the last look, or null. */
    private Fiber takeStale() {
        for (Carrier carrier : carriers) {
            if (carrier.handings == carrier.handingsSeen) {
                Fiber handed = carrier.handed.getAndSet(null);
                if (handed != null) {
                    return handed;
                }
            }
        }
        return null;
    }

    private boolean move(Carrier carrier) {
        Fiber handed = carrier.handed.getAndSet(null);
        if (handed != null) {
            enqueue(handed);
        }
        return handed != null;
    }

    @Override
    public long patienceNanos() {
        return count > 1 ? PATIENCE_NANOS : Long.MAX_VALUE;
    }

    // ---- carriers ----

    private final class Carrier implements Runnable {
        private final Thread thread =
                Thread.ofPlatform()
                        .daemon()
                        .name("callgate-carrier")
                        .stackSize(STACK_BYTES)
                        .unstarted(this);

        /** The fiber that is to run next: set by the one that runs, taken by anybody. */
        private final AtomicReference<Fiber> handed = new AtomicReference<>();

        /** How often a fiber was handed. Written by the fiber that runs. */
        private volatile long handings;

        /** As {@link #lookAround} last found it, which alone writes it. */
        private volatile long handingsSeen;

        /** Written under the lock. */
        private volatile boolean hasProcessor;

        private int turn;

        /** By the fiber that runs here: another is to run next. False if that cannot be. */
        boolean hand(Fiber fiber) {
            if (!hasProcessor) {
                return false;
            }
            handings = handings + 1;
            Fiber before = handed.getAndSet(fiber);
            if (before != null) {
                enqueue(before);
            } else {
                whenWaiting.run();
            }
            return true;
        }

        @Override
        public void run() {
            while (true) {
                Fiber fiber = hasProcessor ? next() : null;
                if (fiber == null) {
                    if (!awaitProcessor()) {
                        return;
                    }
                    continue;
                }
                fiber.carrier = this;
                goOn(fiber);
            }
        }

        /** A fault of the JVM's, no memory left for one, must not cost the kernel a processor. */
        private void goOn(Fiber fiber) {
            try {
                fiber.continuation.run();
            } catch (Throwable fault) {
                thread.getUncaughtExceptionHandler().uncaughtException(thread, fault);
            }
        }

        /** Null if there is none; the processor is given up then. */
        private Fiber next() {
            if (++turn % TURNS != 0 || queued == 0) {
                Fiber fiber = handed.getAndSet(null);
                if (fiber != null) {
                    return fiber;
                }
            }
            synchronized (FiberProcessors.this) {
                Fiber fiber = poll();
                if (fiber == null) {
                    fiber = handed.getAndSet(null);
                }
                if (fiber == null) {
                    fiber = takeStale();
                }
                if (fiber == null) {
                    release(this);
                }
                return fiber;
            }
        }

        /** False if the thread is to end. */
        private boolean awaitProcessor() {
            synchronized (FiberProcessors.this) {
                if (hasProcessor) {
                    return true;
                }
                idle.addLast(this);
            }
            long deadline = clock.monotonicNanos() + IDLE_NANOS;
            while (!hasProcessor) {
                long left = deadline - clock.monotonicNanos();
                if ((left <= 0 || isClosed()) && leaveIdle()) {
                    return false;
                }
                LockSupport.parkNanos(this, Math.max(left, 1));
            }
            return true;
        }

        /** False if it was just given a processor. */
        private boolean leaveIdle() {
            synchronized (FiberProcessors.this) {
                return idle.remove(this) && carriers.remove(this);
            }
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            idle.forEach(carrier -> LockSupport.unpark(carrier.thread));
        }
    }
}
