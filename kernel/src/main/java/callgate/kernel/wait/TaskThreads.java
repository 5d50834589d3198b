package callgate.kernel.wait;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads of the host for tasks, kept for the next task for a while: to make one with its stack,
 * and to end it, takes the host longer than fork and exit take this kernel. Thread-safe.
 */
final class TaskThreads implements AutoCloseable {
    /** Enough for the deepest chain of translated calls. Reserved, not committed. */
    private static final long STACK_BYTES = 64L << 20;

    private static final int MOST_IDLE = 16;
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final ArrayDeque<Worker> idle = new ArrayDeque<>(); // last in, first out; guards itself
    private boolean closed; // guarded by idle
    private final Clock clock;

    TaskThreads(Clock clock) {
        this.clock = clock;
    }

    /**
     * Runs {@code body} on a thread of its own. It may find a permit of {@link LockSupport} that
     * was meant for the thread's last task.
     *
     * @throws OutOfMemoryError if the host cannot make another thread
     */
    void start(String name, Runnable body) {
        Worker worker;
        synchronized (idle) {
            worker = idle.pollLast();
        }
        if (worker != null) {
            worker.next(name, body);
            return;
        }
        Worker fresh = new Worker(body);
        fresh.thread =
                Thread.ofPlatform().daemon().name(name).stackSize(STACK_BYTES).unstarted(fresh);
        fresh.thread.start();
    }

    /** Ends the threads that are idle, and those that run a task after it. */
    @Override
    public void close() {
        synchronized (idle) {
            closed = true;
            for (Worker worker : idle) {
                worker.dismissed = true;
                LockSupport.unpark(worker.thread);
            }
            idle.clear();
        }
    }

    private final class Worker implements Runnable {
        private Thread thread;
        private String name;
        private volatile Runnable body;
        private volatile boolean dismissed;

        Worker(Runnable first) {
            body = first;
        }

        /** Only for whoever took it out of the idle ones. */
        void next(String newName, Runnable newBody) {
            name = newName;
            body = newBody;
            LockSupport.unpark(thread);
        }

        @Override
        public void run() {
            do {
                body.run();
                body = null;
            } while (enterIdle() && awaitNext());
        }

        private boolean enterIdle() {
            synchronized (idle) {
                return !closed && idle.size() < MOST_IDLE && idle.offerLast(this);
            }
        }

        /** False if there is nothing more to do. */
        private boolean awaitNext() {
            long deadline = clock.monotonicNanos() + IDLE_NANOS;
            while (body == null) {
                long left = deadline - clock.monotonicNanos();
                if (dismissed || left <= 0 && isStillIdle()) {
                    return false;
                }
                LockSupport.parkNanos(this, Math.max(left, 1)); // else a body is on its way
            }
            thread.setName(name);
            return true;
        }

        private boolean isStillIdle() {
            synchronized (idle) {
                return idle.remove(this);
            }
        }
    }
}
