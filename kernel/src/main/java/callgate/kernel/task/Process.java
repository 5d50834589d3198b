package callgate.kernel.task;

import callgate.kernel.mm.exec.ExecutableFile;
import callgate.kernel.vfs.MappedOpenFile;
import callgate.kernel.vfs.Path;
import callgate.kernel.wait.WaitQueue;
import java.util.ArrayList;
import java.util.List;

/**
 * A process: a group of tasks with one pid. Thread-safe.
 *
 * <p>The tree (parent, children, group) is guarded by the {@link TaskTable}; tasks and signals by
 * the process itself.
 */
public final class Process {
    /** Where a process is in its life. */
    enum State {
        LIVE,
        ZOMBIE,
        REAPED
    }

    private final int pid;
    private final TaskTable table;

    // ---- the tree; guarded by the table ----
    Process parent;
    final List<Process> children = new ArrayList<>();
    ProcessGroup group;
    boolean isSubreaper;

    /**
     * Has replaced its program since fork: its parent may not move it to another group any more.
     */
    boolean hasExecuted;

    /** Signal that tells the parent of the end: SIGCHLD, or 0 for none. */
    int exitSignal;

    volatile State state = State.LIVE;

    // ---- tasks and signals; guarded by this ----
    final List<Task> tasks = new ArrayList<>();
    final PendingSignals pending;
    volatile SignalHandlers handlers;

    /** All tasks are to end, with {@link #exitStatus}. */
    volatile boolean exiting;

    /** As wait reports it. */
    volatile int exitStatus;

    /** Not 0: the tasks are to stop, or have stopped, by this signal. */
    volatile int stopSignal;

    /** A stop signal was taken and is about to stop the process; SIGCONT undoes that. */
    boolean stopTaken;

    /** All tasks have stopped. */
    boolean stopComplete;

    /** A stop or continuation that no wait has reported yet. */
    boolean stopUnreported;

    boolean continueUnreported;

    /** The one task that goes on during execve, while the others end; or null. */
    Task executing;

    // ---- the rest ----
    private final WaitQueue childEvents = new WaitQueue();
    private final WaitQueue endEvents = new WaitQueue();
    final WaitQueue signalEvents = new WaitQueue();
    volatile Limits limits;
    volatile boolean dumpable = true;

    /** Name of the main thread, kept for zombies. */
    volatile String name = "";

    volatile Task leader;
    Usage endedTasks = Usage.NONE;
    Usage endedChildren = Usage.NONE;
    final ProcessTimers timers;
    final long startNanos;
    private volatile int oomScoreAdjust;

    /** What it runs, with a reference; guarded by this. */
    private ExecutableFile executable;

    Process(
            int pid,
            TaskTable table,
            Services services,
            SignalHandlers handlers,
            Limits limits,
            long startNanos) {
        this.pid = pid;
        this.table = table;
        this.handlers = handlers;
        this.limits = limits;
        this.startNanos = startNanos;
        pending = new PendingSignals(table.heap());
        timers = new ProcessTimers(this, services);
    }

    public int pid() {
        return pid;
    }

    public TaskTable table() {
        return table;
    }

    // ---- state ----

    /** Whether it has a task that has not ended. */
    public boolean isLive() {
        return state == State.LIVE;
    }

    /** Whether it has ended and nobody has waited for it yet. */
    public boolean isZombie() {
        return state == State.ZOMBIE;
    }

    /** The kernel's own process, which adopts orphans and runs no program. */
    boolean isInit() {
        return this == table.init();
    }

    /** Whether all its tasks are stopped. */
    public synchronized boolean isStopped() {
        return stopComplete;
    }

    /** How it ended, as wait encodes it. */
    public int exitStatus() {
        return exitStatus;
    }

    /** Whether all its tasks are to end. */
    public boolean isExiting() {
        return exiting;
    }

    /** The tasks that have not ended; a snapshot, the main one first. */
    public synchronized List<Task> tasks() {
        return List.copyOf(tasks);
    }

    /** The main task, which may have ended. */
    public Task leader() {
        return leader;
    }

    /** Any task that has not ended, the main one if it can be; or null. */
    public synchronized Task anyTask() {
        return tasks.isEmpty() ? null : tasks.getFirst();
    }

    public String name() {
        return name;
    }

    public Limits limits() {
        return limits;
    }

    /** When it was made, in monotonic nanoseconds. */
    public long startNanos() {
        return startNanos;
    }

    public int parentPid() {
        Process it = parent;
        return it == null ? 0 : it.pid;
    }

    public int groupId() {
        ProcessGroup it = group;
        return it == null ? 0 : it.id;
    }

    public int sessionId() {
        ProcessGroup it = group;
        return it == null ? 0 : it.session.id;
    }

    Session session() {
        return group.session;
    }

    public boolean leadsSession() {
        return sessionId() == pid;
    }

    /** Its timers. */
    public ProcessTimers timers() {
        return timers;
    }

    // ---- limits ----

    /** A limit was changed: those who keep a copy are told. */
    void limitsChanged(int resource) {
        Limits now = limits;
        Task any = anyTask();
        if (any != null && any.space() != null) {
            any.space().setLimits(now.forMemory());
        }
        if (resource == Limits.CPU) {
            timers.cpuLimitChanged();
        }
    }

    // ---- its program ----

    /** Takes over a reference to the file that it runs; null at the end. */
    void setExecutable(ExecutableFile file) {
        ExecutableFile old;
        synchronized (this) {
            old = executable;
            executable = file;
        }
        if (old != null) {
            old.release();
        }
    }

    /** For fork: the file with a reference added, or null. */
    synchronized ExecutableFile shareExecutable() {
        if (executable != null) {
            executable.retain();
        }
        return executable;
    }

    /** Where the file that it runs is, for {@code /proc/PID/exe}; null if it has ended. */
    public synchronized Path executable() {
        return executable instanceof MappedOpenFile file ? file.file().path() : null;
    }

    // ---- accounting ----

    /** What its tasks have used, living and ended. */
    public Usage usage() {
        List<Task> living;
        Usage sum;
        synchronized (this) {
            living = List.copyOf(tasks);
            sum = endedTasks;
        }
        for (Task task : living) {
            sum = sum.plus(task.usage());
        }
        return sum;
    }

    /** What children that were waited for have used. */
    public synchronized Usage childrenUsage() {
        return endedChildren;
    }

    synchronized void addChildUsage(Usage usage) {
        endedChildren = endedChildren.plus(usage);
    }

    /** Memory that its pages take now. */
    public long residentBytes() {
        Task any = anyTask();
        callgate.kernel.mm.AddressSpace space = any == null ? null : any.space();
        return space == null ? 0 : space.residentBytes();
    }

    // ---- events ----

    /** Woken when a child ends, stops or continues. */
    WaitQueue childEvents() {
        return childEvents;
    }

    /** Woken when the process has ended: for pidfds and for those outside. */
    public WaitQueue endEvents() {
        return endEvents;
    }

    // ---- signals ----

    /**
     * Sends a signal to the process; nothing happens if it has ended. Returns 0, or {@code -EAGAIN}
     * if a queued signal found no room.
     */
    public int signal(SignalInfo info) {
        return Signalling.send(this, null, info);
    }

    // ---- for /proc; any thread ----

    /** How ready the kernel is to end it when memory is short: -1000 (never) to 1000. */
    public int oomScoreAdjust() {
        return oomScoreAdjust;
    }

    public void setOomScoreAdjust(int value) {
        oomScoreAdjust = value;
    }

    /** As wait reports it; 0 while it lives. */
    public int waitStatus() {
        return isZombie() ? exitStatus : 0;
    }

    /** Signals sent to the process and not yet taken. */
    public synchronized long pendingShared() {
        return pending.set();
    }

    public long ignoredSignals() {
        return handlers.select(SignalAction::isIgnore);
    }

    public long caughtSignals() {
        return handlers.select(SignalAction::isHandler);
    }

    @Override
    public String toString() {
        return "process " + pid + " (" + name + ")";
    }
}
