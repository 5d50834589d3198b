package callgate.kernel.sys;

import callgate.kernel.task.SystemCalls;
import callgate.kernel.task.Task;
import callgate.kernel.task.Trace;
import java.util.function.Consumer;

/** All system calls, traced if somebody wants that. Thread-safe. */
public final class SystemCallTable implements SystemCalls {
    private final Strace strace;

    /**
     * @param sink where a line for each call goes, or null
     */
    public SystemCallTable(Consumer<String> sink) {
        strace = sink == null ? null : new Strace(sink);
    }

    /** Who is told of signals and ends. */
    public Trace trace() {
        return strace == null ? Trace.OFF : strace;
    }

    @Override
    public long call(Task task, long[] x, int number) {
        return strace == null
                ? SyscallTable.dispatch(task, x, number)
                : strace.call(task, x, number);
    }
}
