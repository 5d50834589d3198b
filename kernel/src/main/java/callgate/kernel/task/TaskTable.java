package callgate.kernel.task;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.Signals;
import callgate.kernel.vfs.ControllingTerminal;
import callgate.kernel.vfs.HeapBudget;
import callgate.kernel.vfs.JobControl;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * All tasks, processes, groups and sessions of a kernel; numbers for them. Its monitor guards the
 * tree of processes and the groups. Look-ups need no lock.
 *
 * <p>The kernel's own process, number 1, adopts orphans and waits for them; it has no task, and
 * signals to it do nothing.
 */
public final class TaskTable implements JobControl {
    /** One more than the highest number, as Linux's default pid_max. */
    public static final int NUMBER_LIMIT = 32768;

    private static final int FIRST_REUSED = 300;

    /** The number of the kernel's own process. */
    public static final int INIT = 1;

    /**
     * Rounds of {@link #killSession}: two are enough unless processes fork while they are looked
     * at.
     */
    private static final int KILL_ROUNDS = 1000;

    private final int limit;
    private final HeapBudget heap;
    private final Map<Integer, Task> tasks = new ConcurrentHashMap<>();
    private final ConcurrentSkipListMap<Integer, Process> processes = new ConcurrentSkipListMap<>();
    private final Map<Integer, ProcessGroup> groups = new ConcurrentHashMap<>();
    private final Map<Integer, Session> sessions = new ConcurrentHashMap<>();
    private final Process init;

    // guarded by this
    private int lastNumber = INIT;
    private int used;
    private int peak;
    private Usage endedUsage = Usage.NONE;
    private boolean closed;

    /**
     * @param limit how many tasks there may be, living or not yet waited for
     * @param heap the host's memory for what is queued for processes
     */
    public TaskTable(int limit, HeapBudget heap) {
        this.limit = limit;
        this.heap = heap;
        init = new Process(INIT, this, null, new SignalHandlers(), Limits.initial(limit), 0);
        init.name = "callgate";
        Session session = new Session(INIT);
        init.group = new ProcessGroup(INIT, session);
        init.group.members.add(init);
        sessions.put(INIT, session);
        groups.put(INIT, init.group);
    }

    /** The host's memory for what is queued for processes. */
    HeapBudget heap() {
        return heap;
    }

    /** The kernel's own process. */
    public Process init() {
        return init;
    }

    /** How many tasks there may be. */
    public int limit() {
        return limit;
    }

    // ---- numbers ----

    /** A number for a new task or process, or {@code -EAGAIN} if there are too many tasks. */
    synchronized int allocate() {
        if (used >= limit || closed) {
            return -Errno.EAGAIN;
        }
        int number = lastNumber;
        do {
            number = number + 1 < NUMBER_LIMIT ? number + 1 : FIRST_REUSED;
            if (number == lastNumber) {
                return -Errno.EAGAIN;
            }
        } while (tasks.containsKey(number)
                || processes.containsKey(number)
                || groups.containsKey(number)
                || sessions.containsKey(number));
        lastNumber = number;
        used++;
        peak = Math.max(peak, used);
        return number;
    }

    /** Gives a number back. */
    synchronized void free(int number) {
        used--;
        notifyAll();
    }

    /** Tasks there are now, living or not yet waited for. */
    public synchronized int count() {
        return used;
    }

    /** The most tasks there were at a time. */
    public synchronized int peak() {
        return peak;
    }

    /** No new task can be made from now on. */
    synchronized void refuseNew() {
        closed = true;
    }

    // ---- look-up ----

    /** A task that has not ended, or null. */
    public Task task(int tid) {
        return tasks.get(tid);
    }

    /** A process that has not been waited for, or null. */
    public Process process(int pid) {
        return processes.get(pid);
    }

    /** All processes that have not been waited for, by number. Not a snapshot. */
    public Collection<Process> processes() {
        return processes.values();
    }

    /** All tasks that have not ended, in no order. Not a snapshot. */
    public Collection<Task> tasks() {
        return tasks.values();
    }

    void add(Task task) {
        tasks.put(task.tid(), task);
    }

    void remove(Task task) {
        tasks.remove(task.tid(), task);
    }

    // ---- the tree ----

    /** Puts a new process into the tree, into its parent's group. */
    synchronized void add(Process process, Process parent) {
        process.parent = parent;
        parent.children.add(process);
        process.group = parent.group;
        process.group.members.add(process);
        processes.put(process.pid(), process);
    }

    /** Takes a process that has been waited for out. */
    synchronized void remove(Process process) {
        process.state = Process.State.REAPED;
        process.parent.children.remove(process);
        leaveGroup(process);
        processes.remove(process.pid());
        free(process.pid());
    }

    // ---- groups and sessions ----

    private void leaveGroup(Process process) {
        ProcessGroup group = process.group;
        group.members.remove(process);
        if (group.members.isEmpty()) {
            groups.remove(group.id);
            if (groups.values().stream().noneMatch(other -> other.session == group.session)) {
                sessions.remove(group.session.id);
            }
        }
    }

    private void join(Process process, ProcessGroup group) {
        if (process.group != group) {
            leaveGroup(process);
            process.group = group;
            group.members.add(process);
        }
    }

    /** setsid(2): the new session's number or {@code -EPERM}. */
    synchronized int newSession(Process process) {
        if (groups.containsKey(process.pid())) {
            return -Errno.EPERM;
        }
        Session session = new Session(process.pid());
        sessions.put(session.id, session);
        ProcessGroup group = new ProcessGroup(process.pid(), session);
        groups.put(group.id, group);
        join(process, group);
        return session.id;
    }

    /** setpgid(2) by {@code caller}. */
    synchronized int setGroup(Process caller, int pid, int groupId) {
        Process process = pid == 0 ? caller : processes.get(pid);
        int id = groupId == 0 ? (process == null ? 0 : process.pid()) : groupId;
        if (groupId < 0) {
            return -Errno.EINVAL;
        }
        if (process == null || process != caller && process.parent != caller) {
            return -Errno.ESRCH;
        }
        if (process != caller && process.session() != caller.session()) {
            return -Errno.EPERM;
        }
        if (process != caller && process.hasExecuted) {
            return -Errno.EACCES;
        }
        if (process.leadsSession()) {
            return -Errno.EPERM;
        }
        ProcessGroup group = groups.get(id);
        if (group == null && id == process.pid()) {
            group = new ProcessGroup(id, process.session());
            groups.put(id, group);
        }
        if (group == null || group.session != process.session()) {
            return -Errno.EPERM;
        }
        join(process, group);
        return 0;
    }

    /** The processes of a group; a snapshot, empty if there is no such group. */
    synchronized List<Process> group(int id) {
        ProcessGroup group = groups.get(id);
        return group == null ? List.of() : List.copyOf(group.members);
    }

    synchronized boolean isOrphaned(Process process) {
        return process.group.isOrphaned();
    }

    @Override
    public void signalGroup(int group, int signal) {
        Signalling.sendAll(group(group), SignalInfo.kernel(signal));
    }

    @Override
    public synchronized int sessionOfGroup(int group) {
        ProcessGroup it = groups.get(group);
        return it == null ? 0 : it.session.id;
    }

    /**
     * Ends every process of a session, for those outside. A process that one of them forks
     * meanwhile is caught by the next round; a child that is made after its parent was killed is
     * never published (see {@link Clone}).
     */
    public void killSession(int session) {
        for (int round = 0; round < KILL_ROUNDS; round++) {
            boolean found = false;
            for (Process process : processes()) {
                if (process.sessionId() == session && process.isLive() && !process.isExiting()) {
                    process.signal(SignalInfo.kernel(Signals.SIGKILL));
                    found = true;
                }
            }
            if (!found) {
                return;
            }
        }
    }

    // ---- news for parents ----

    /** A process has stopped or continued: its parent hears of it by SIGCHLD and in wait. */
    void tellParent(Process child, int code, int status) {
        Process parent;
        synchronized (this) {
            parent = child.parent;
        }
        if (parent == null) {
            return;
        }
        if (!parent.handlers.get(Signals.SIGCHLD).is(SignalAction.SA_NOCLDSTOP)) {
            parent.signal(childInfo(child, Signals.SIGCHLD, code, status));
        }
        parent.childEvents().wakeAll();
    }

    static SignalInfo childInfo(Process child, int signal, int code, int status) {
        Usage usage = child.usage();
        Task leader = child.leader();
        int uid = leader == null ? 0 : leader.credentials().uid();
        return SignalInfo.child(
                signal,
                code,
                child.pid(),
                uid,
                status,
                Ticks.of(usage.userNanos()),
                Ticks.of(usage.systemNanos()));
    }

    // ---- the end of a process ----

    /** What all processes have used that have ended, waited for or not. */
    public synchronized Usage endedUsage() {
        return endedUsage;
    }

    /** What the end of a process makes necessary once no lock is held. */
    private final class Aftermath {
        final List<Runnable> actions = new ArrayList<>();

        void signal(Process process, SignalInfo info) {
            actions.add(() -> process.signal(info));
        }

        void run() {
            actions.forEach(Runnable::run);
        }
    }

    /**
     * The last task of a process has ended: it becomes a zombie, or is forgotten if its parent does
     * not care.
     */
    void ended(Process process) {
        Aftermath after = new Aftermath();
        synchronized (this) {
            endedUsage = endedUsage.plus(process.usage());
            process.state = Process.State.ZOMBIE;
            passChildrenOn(process, after);
            hangUpIfOrphaned(process.group, after);
            if (process.leadsSession()) {
                endSession(process.session(), after);
            }
            tellOfEnd(process, after);
        }
        after.run();
        process.endEvents().wakeAll();
    }

    /** Children go to the nearest ancestor that asked for orphans, or to the kernel. */
    private void passChildrenOn(Process process, Aftermath after) {
        Process heir = process.parent;
        while (heir != init && !(heir.isSubreaper && heir.isLive())) {
            heir = heir.parent;
        }
        for (Process child : List.copyOf(process.children)) {
            boolean wasOrphaned = child.group.isOrphaned();
            process.children.remove(child);
            child.parent = heir;
            heir.children.add(child);
            Task main = child.leader();
            if (main != null && main.deathSignal != 0) {
                after.signal(child, SignalInfo.kernel(main.deathSignal));
            }
            if (child.isZombie()) {
                tellOfEnd(child, after);
            } else if (!wasOrphaned) {
                hangUpIfOrphaned(child.group, after);
            }
        }
    }

    /**
     * POSIX: if a newly orphaned group has a stopped member, all its members get SIGHUP and
     * SIGCONT.
     */
    private void hangUpIfOrphaned(ProcessGroup group, Aftermath after) {
        if (group.isOrphaned() && group.hasStopped()) {
            for (Process member : group.members) {
                after.signal(member, SignalInfo.kernel(Signals.SIGHUP));
                after.signal(member, SignalInfo.kernel(Signals.SIGCONT));
            }
        }
    }

    private void endSession(Session session, Aftermath after) {
        ControllingTerminal terminal = session.terminal;
        session.terminal = null;
        if (terminal != null) {
            after.actions.add(() -> terminal.sessionEnded(session.id));
        }
    }

    private void tellOfEnd(Process process, Aftermath after) {
        Process parent = process.parent;
        SignalAction action = parent.handlers.get(Signals.SIGCHLD);
        boolean unwanted =
                process.exitSignal == Signals.SIGCHLD
                        && (action.isIgnore() || action.is(SignalAction.SA_NOCLDWAIT));
        if (process.exitSignal != 0 && parent != init) {
            after.signal(parent, endInfo(process));
        }
        if (unwanted || parent == init) {
            remove(process);
        }
        after.actions.add(parent.childEvents()::wakeAll);
    }

    static SignalInfo endInfo(Process process) {
        int status = process.exitStatus;
        boolean killed = (status & 0x7f) != 0;
        return childInfo(
                process,
                process.exitSignal,
                killed ? SignalInfo.CLD_KILLED : SignalInfo.CLD_EXITED,
                killed ? status & 0x7f : status >> 8 & 0xff);
    }
}
