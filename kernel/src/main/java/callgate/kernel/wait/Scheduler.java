package callgate.kernel.wait;

/**
 * The kernel's only source of threads, parking and timers. Thread-safe.
 *
 * <p>A task's thread holds one of {@code --cpus} processors while it runs, and gives it up while it is parked.
 */
public interface Scheduler {
    /** A time that never comes, as a deadline. */
    long NEVER = Long.MAX_VALUE;

    /** Starts a task's thread. */
    void start(String name, Runnable body);

    /** The parking place of a new task. */
    Waiter newWaiter();

    /** Parks the calling task until {@link #unpark}, or {@code deadlineNanos} of {@link Clock#monotonicNanos}; may return early. */
    void park(Waiter waiter, long deadlineNanos);

    /** Ends a park of the waiter's task, or makes its next one return at once. */
    void unpark(Waiter waiter);

    /** Gives other tasks a chance to run. */
    void yield();

    /** Calls {@code action} once, at or soon after {@code deadlineNanos}, on a timer thread; it must not block. */
    Timer schedule(long deadlineNanos, Runnable action);

    /** A call that was scheduled. */
    interface Timer {
        /** Prevents the call if it has not begun. */
        void cancel();
    }
}
