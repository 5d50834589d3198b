package callgate.kernel.task;

/** What an {@code ecall} of a guest calls: the dispatcher, seen from below. Thread-safe. */
@FunctionalInterface
public interface SystemCalls {
    /**
     * @param x the caller's integer registers: arguments in 10 to 15
     * @return a result or a negative errno
     */
    long call(Task task, long[] x, int number);
}
