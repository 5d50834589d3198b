package callgate.kernel.task;

import callgate.kernel.abi.ErrnoException;
import callgate.kernel.mm.exec.LoadedProgram;
import callgate.kernel.vfs.ControllingTerminal;
import callgate.kernel.vfs.Credentials;
import callgate.kernel.vfs.FileTable;
import callgate.kernel.vfs.FsContext;

/**
 * Starting a process from outside: as a child of the kernel's own process, in a session of its own.
 * Used by one thread: make it, open its files and find its program on its behalf, then {@link
 * #start} or {@link #abandon} it.
 */
public final class Launch {
    private final Services services;
    private final Task task;
    private final Process process;

    /** A process that does not run yet. ErrnoException EAGAIN if there are too many tasks. */
    public Launch(Services services, FsContext fs, Credentials credentials) {
        this.services = services;
        TaskTable table = services.table();
        int pid = table.allocate();
        if (pid < 0) {
            throw new ErrnoException(-pid);
        }
        process =
                new Process(
                        pid,
                        table,
                        services,
                        new SignalHandlers(),
                        Limits.initial(table.limit()),
                        services.clock().monotonicNanos());
        process.exitSignal = callgate.kernel.abi.Signals.SIGCHLD;
        task =
                new Task(
                        services,
                        process,
                        pid,
                        null,
                        new FileTable(services.heap()),
                        fs,
                        credentials);
        process.leader = task;
        process.tasks.add(task);
        table.add(process, table.init());
        table.newSession(process);
    }

    /** The task, to act for. */
    public Task task() {
        return task;
    }

    public Process process() {
        return process;
    }

    /** Gives its session a controlling terminal. */
    public void setTerminal(ControllingTerminal terminal) {
        process.session().terminal = terminal;
    }

    /** Runs the program. Its file table is complete. */
    public void start(LoadedProgram program, String name) {
        task.enterSpace(program.space());
        process.setExecutable(program.file());
        process.hasExecuted = true;
        task.setName(name.substring(name.lastIndexOf('/') + 1));
        Exec.setRegisters(task.hart(), program);
        services.table().add(task);
        boolean started = false;
        try {
            services.scheduler().start("task " + task.tid(), task.waiter(), new TaskLoop(task));
            started = true;
        } finally {
            if (!started) {
                services.table().remove(task);
                task.leaveSpace();
                abandon();
            }
        }
    }

    /** Gives everything back. */
    public void abandon() {
        task.files().release();
        task.ended = true;
        process.setExecutable(null);
        synchronized (process) {
            process.tasks.clear();
        }
        services.table().remove(process);
    }
}
