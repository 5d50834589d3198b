package callgate.kernel.task;

/** A process: a group of tasks with one pid. Thread-safe. */
public final class Process {
    private final int pid;

    Process(int pid) {
        this.pid = pid;
    }

    public int pid() {
        return pid;
    }
}
