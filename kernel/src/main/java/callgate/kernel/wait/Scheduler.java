package callgate.kernel.wait;

/**
 * The kernel's only source of threads, parking and timers. Thread-safe.
 *
 * <p>A task's thread holds one of {@code --cpus} processors while it runs, and gives it up while it
 * is parked.
 */
public interface Scheduler {
    /** A time that never comes, as a deadline. */
    long NEVER = Long.MAX_VALUE;

    /**
     * Starts a task's thread, which parks at {@code waiter}.
     *
     * @throws OutOfMemoryError if the host cannot make another thread; nothing has been started
     *     then
     */
    void start(String name, Waiter waiter, Runnable body);

    /** The parking place of a new task. */
    Waiter newWaiter();

    /**
     * Parks the calling task until {@link #unpark}, or {@code deadlineNanos} of {@link
     * Clock#monotonicNanos}; may return early.
     */
    void park(Waiter waiter, long deadlineNanos);

    /** Ends a park of the waiter's task, or makes its next one return at once. */
    void unpark(Waiter waiter);

    /**
     * Runs, on the calling task's thread, a call that may block on the host; the task gives up its
     * processor meanwhile. The call must not touch guest memory.
     */
    <E extends Exception> void blocking(HostCall<E> call) throws E;

    /**
     * Starts a thread that waits for the host (input, for one): it has no processor, and must not
     * touch guest memory.
     */
    void startHostThread(String name, Runnable body);

    /** Gives other tasks a chance to run. */
    void yield();

    /** How many tasks could run, on an average over 1, 5 and 15 minutes. */
    double[] loadAverages();

    /**
     * Calls {@code action} once, at or soon after {@code deadlineNanos}, on a timer thread; it must
     * not block.
     */
    Timer schedule(long deadlineNanos, Runnable action);

    /** A call of the host's that may block. */
    @FunctionalInterface
    interface HostCall<E extends Exception> {
        void run() throws E;
    }

    /** A call that was scheduled. */
    interface Timer {
        /** Prevents the call if it has not begun. */
        void cancel();
    }
}
