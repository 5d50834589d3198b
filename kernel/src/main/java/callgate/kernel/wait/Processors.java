package callgate.kernel.wait;

/**
 * The processors of a kernel, and the tasks that have them in turn. Thread-safe; what is said of
 * the caller is said of a task.
 *
 * <p>Two kinds: {@link FiberProcessors} switch between tasks by themselves, {@link
 * ThreadProcessors} leave it to the host.
 */
sealed interface Processors extends AutoCloseable permits FiberProcessors, ThreadProcessors {
    /** What a look around found. */
    enum Finding {
        /** No task waited for a processor since the last look. */
        NOBODY_WAITS,
        /** Tasks wait, or did. */
        SOME_WAIT,
        /** A task that waited for one processor was given to another, which had nothing to do. */
        MOVED
    }

    /**
     * Runs {@code body} as a task, as soon as there is a processor for it.
     *
     * @throws OutOfMemoryError if the host cannot make another thread; nothing has been started
     *     then
     */
    void start(String name, Runnable body);

    /**
     * The caller waits, without a processor, until it is unparked or {@code timeoutNanos} are over
     * (never, if that is {@link Scheduler#NEVER}); may return early.
     */
    void park(Waiter waiter, long timeoutNanos);

    /** The caller goes on without a processor: it is about to block in the host. */
    void giveUp();

    /** The caller waits for a processor again, after {@link #giveUp}. */
    void takeBack();

    /** The caller lets those run that wait for a processor. */
    void yield();

    /** Whether a task waits for a processor. */
    boolean hasWaiting();

    /**
     * Sees to it that no task waits while a processor has nothing to do. Called now and then while
     * tasks wait.
     */
    Finding lookAround();

    /**
     * How long after a task comes to wait a look is worth its while, in nanoseconds; {@link
     * Long#MAX_VALUE} if nothing could be done.
     */
    long patienceNanos();

    /** Ends the threads that have nothing to do, and the others when they have not. */
    @Override
    void close();
}
