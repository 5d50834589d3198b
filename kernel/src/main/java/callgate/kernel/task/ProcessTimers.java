package callgate.kernel.task;

/** Interval timers and POSIX timers of a process. Thread-safe. */
final class ProcessTimers {
    private final Process process;

    ProcessTimers(Process process) {
        this.process = process;
    }

    void close() {}

    void cpuLimitChanged() {}
}
