package callgate.kernel.task;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.Signals;
import callgate.kernel.mm.AddressSpace;
import callgate.kernel.mm.UserMemory;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.ControllingTerminal;
import callgate.kernel.vfs.Credentials;
import callgate.kernel.vfs.FileTable;
import callgate.kernel.vfs.FsContext;
import callgate.kernel.wait.Clock;
import callgate.kernel.wait.Waiter;
import callgate.machine.hart.Hart;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.LongSupplier;

/**
 * A task: one thread of a process, with its hart. Its thread runs {@link TaskLoop}; others may call
 * what is said to be for any thread.
 */
public final class Task implements Caller {
    // what is to be done before guest code goes on
    static final int SIGNAL = 1;
    static final int STOP = 2;
    static final int EXIT = 4;

    /** Leave translated code: the address space or the registers were replaced. */
    static final int LEAVE = 8;

    /** An interrupted system call is to be restarted, or to become EINTR. */
    static final int RESTART = 16;

    private static final VarHandle WORK;

    static {
        try {
            WORK = MethodHandles.lookup().findVarHandle(Task.class, "work", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final Services services;
    private final Process process;
    private final Hart hart;
    private final Waiter waiter;
    private volatile int tid;
    private volatile AddressSpace space;
    private volatile FileTable files;
    private volatile FsContext fs;
    private volatile Credentials credentials;
    private volatile String name = "";

    private volatile int work;

    // ---- signals; pending is guarded by the process, the mask is written by the task's own thread
    // under that lock ----
    final PendingSignals pending;
    private volatile long mask;

    /** What rt_sigtimedwait waits for. */
    volatile long awaited;

    /** The mask to return to after a call like sigsuspend, if {@link #hasSavedMask}. */
    long savedMask;

    boolean hasSavedMask;
    AltStack altStack = AltStack.NONE;

    /** The task waits for SIGCONT. Guarded by the process. */
    boolean stopped;

    // ---- restart of system calls; own thread only ----
    /** The result in a0 is the guest's own, however it looks. */
    boolean justReturnedFromSignal;

    int restartErrno;
    long restartArgument;

    /** What restart_syscall does: finishes the interrupted call with the time that is left. */
    LongSupplier restartCall;

    // ---- end of life ----
    long clearChildTid;
    long robustList;
    int deathSignal;
    volatile boolean ended;

    /** Of the exit system call, as wait encodes it. */
    int exitStatus;

    /** Told when this task's vfork has ended: it runs another program, or has exited. */
    volatile VforkWait vforkParent;

    boolean noNewPrivileges;

    /** The largest resident set of address spaces that it has left. */
    private volatile long peakBefore;

    private boolean keepsCapabilities;
    private long personality;
    private volatile int policy;
    private volatile int realtimePriority;
    volatile int niceness;
    private final CpuSplit cpuSplit = new CpuSplit();

    /** Whether it is in a system call or page fault: its thread writes, the sampler reads. */
    boolean inKernel;

    volatile long affinity = -1;

    Task(
            Services services,
            Process process,
            int tid,
            AddressSpace space,
            FileTable files,
            FsContext fs,
            Credentials credentials) {
        this.services = services;
        this.process = process;
        this.tid = tid;
        this.space = space;
        this.files = files;
        this.fs = fs;
        this.credentials = credentials;
        pending = new PendingSignals(process.table().heap());
        hart = new Hart(new TaskSupervisor(this, services));
        waiter = services.scheduler().newWaiter();
        waiter.whenPreempted(hart::interrupt);
        waiter.whenSampled(() -> inKernel);
        if (space != null) {
            space.attach(hart);
        }
    }

    // ---- what it is ----

    public Services services() {
        return services;
    }

    public Process process() {
        return process;
    }

    public int tid() {
        return tid;
    }

    void setTid(int newTid) {
        tid = newTid;
    }

    public Hart hart() {
        return hart;
    }

    public AddressSpace space() {
        return space;
    }

    /** Leaves the address space; the last task that does frees it. Own thread. */
    void leaveSpace() {
        AddressSpace old = space;
        if (old != null) {
            peakBefore = Math.max(peakBefore, old.peakBytes());
            space = null;
            old.detach(hart);
        }
    }

    /** Enters another address space, after {@link #leaveSpace}. Own thread. */
    void enterSpace(AddressSpace newSpace) {
        space = newSpace;
        newSpace.attach(hart);
    }

    public FileTable files() {
        return files;
    }

    public void setFiles(FileTable table) {
        files = table;
    }

    public FsContext fs() {
        return fs;
    }

    public void setFs(FsContext context) {
        fs = context;
    }

    @Override
    public Credentials credentials() {
        return credentials;
    }

    public void setCredentials(Credentials changed) {
        credentials = changed;
    }

    /** Up to 15 bytes, as {@code /proc/PID/comm} shows it. */
    public String name() {
        return name;
    }

    /** Sets the name, cut to 15 bytes. */
    public void setName(String newName) {
        name = newName.length() > 15 ? newName.substring(0, 15) : newName;
        if (tid == process.pid()) {
            process.name = name;
        }
    }

    @Override
    public Waiter waiter() {
        return waiter;
    }

    @Override
    public UserMemory memory() {
        return space.user();
    }

    @Override
    public Clock clock() {
        return services.clock();
    }

    @Override
    public int processId() {
        return process.pid();
    }

    @Override
    public long fileSizeLimit() {
        long limit = limit(Limits.FSIZE);
        return limit < 0 ? Long.MAX_VALUE : limit;
    }

    /** A soft limit; negative is infinite. {@code resource} is one of {@link Limits}. */
    public long limit(int resource) {
        return process.limits.soft(resource);
    }

    /** One more than the highest descriptor that the process may have. */
    public int descriptorLimit() {
        long limit = limit(Limits.NOFILE);
        return (int)
                (limit < 0
                        ? Limits.MAXIMUM_DESCRIPTORS
                        : Math.min(limit, Limits.MAXIMUM_DESCRIPTORS));
    }

    /** The state letter of {@code /proc/PID/stat}. Any thread. */
    public char state() {
        if (process.isStopped()) {
            return 'T';
        }
        return ended ? 'Z' : waiter.isWaiting() ? 'S' : 'R';
    }

    /** What the task itself has used. Any thread. */
    public Usage usage() {
        AddressSpace now = space;
        long resident = Math.max(peakBefore, now == null ? 0 : now.peakBytes());
        long cpu = waiter.cpuNanos();
        synchronized (cpuSplit) {
            long system = Math.max((long) (cpu * waiter.systemShare()), cpuSplit.systemNanos);
            long user = Math.max(cpu - system, cpuSplit.userNanos);
            cpuSplit.userNanos = user;
            cpuSplit.systemNanos = Math.max(cpu - user, cpuSplit.systemNanos);
            return new Usage(user, cpuSplit.systemNanos, resident, 0);
        }
    }

    /** What was told last: neither part may ever become less. Guarded by itself. */
    private static final class CpuSplit {
        private long userNanos;
        private long systemNanos;
    }

    /** How it ends, as wait encodes it: by its own exit, or with the whole process. */
    public int endStatus() {
        return process.exiting ? process.exitStatus : exitStatus;
    }

    // ---- settings that are kept, for system calls ----

    /**
     * PR_SET_KEEPCAPS: capabilities survive the change from root to another user. Until the next
     * exec.
     */
    public boolean keepsCapabilities() {
        return keepsCapabilities;
    }

    public void setKeepsCapabilities(boolean keeps) {
        keepsCapabilities = keeps;
    }

    /** As personality(2) reports it. */
    public long personality() {
        return personality;
    }

    public void setPersonality(long persona) {
        personality = persona;
    }

    /** SCHED_*. */
    public int policy() {
        return policy;
    }

    /** 1 to 99 for real-time policies, else 0. */
    public int realtimePriority() {
        return realtimePriority;
    }

    public void setPolicy(int newPolicy, int priority) {
        policy = newPolicy;
        realtimePriority = priority;
    }

    // ---- work ----

    boolean hasWork() {
        return work != 0;
    }

    boolean hasWork(int bits) {
        return (work & bits) != 0;
    }

    /** Own thread: something is to be done before guest code goes on. */
    void addWork(int bits) {
        WORK.getAndBitwiseOr(this, bits);
    }

    void clearWork(int bits) {
        WORK.getAndBitwiseAnd(this, ~bits);
    }

    /**
     * Any thread: the task leaves guest code, and any wait, to do the work. Guarded by the process.
     */
    void interruptFor(int bits) {
        WORK.getAndBitwiseOr(this, bits);
        hart.interrupt();
        waiter.interrupt();
    }

    /** The task is to end. Any thread. */
    void kill() {
        interruptFor(EXIT);
        waiter.wake();
    }

    /** Whether the task is about to end; waits that ignore signals end then. */
    public boolean isKilled() {
        return hasWork(EXIT);
    }

    // ---- signals ----

    /** Sends a signal to this task alone. Any thread. Returns 0 or {@code -EAGAIN}. */
    public int signal(SignalInfo info) {
        return ended ? 0 : Signalling.send(process, this, info);
    }

    @Override
    public void signalSelf(int signal) {
        signal(SignalInfo.user(signal, SignalInfo.SI_USER, process.pid(), credentials.uid()));
    }

    @Override
    public void signalOwnGroup(int signal) {
        process.table().signalGroup(process.groupId(), signal);
    }

    /** Signals that are blocked. Any thread. */
    public long mask() {
        return mask;
    }

    void setMask(long newMask) {
        mask = newMask;
    }

    /** Whether an unblocked signal waits, or the task is to stop or end. */
    public boolean isSignalPending() {
        return hasWork(SIGNAL | STOP | EXIT);
    }

    @Override
    public boolean ignoresOrBlocks(int signal) {
        return (mask & Signals.bit(signal)) != 0 || process.handlers.get(signal).isIgnore();
    }

    /**
     * Runs a system call with another signal mask, as sigsuspend, ppoll, pselect and epoll_pwait
     * do. If a signal interrupted it, its handler runs with that mask, and the old one comes back
     * afterwards.
     */
    public long withMask(long temporaryMask, LongSupplier call) {
        long old = mask;
        Signalling.setMask(this, temporaryMask);
        boolean interrupted = true;
        try {
            long result = call.getAsLong();
            interrupted = isInterruption(result);
            return result;
        } finally {
            if (interrupted) {
                savedMask = old;
                hasSavedMask = true;
                addWork(LEAVE);
            } else {
                Signalling.setMask(this, old);
            }
        }
    }

    private static boolean isInterruption(long result) {
        return result == -Errno.EINTR
                || result <= -Errno.ERESTARTSYS && result >= -Errno.ERESTART_RESTARTBLOCK;
    }

    // ---- job control ----

    @Override
    public int sessionId() {
        return process.sessionId();
    }

    @Override
    public int groupId() {
        return process.groupId();
    }

    @Override
    public ControllingTerminal terminal() {
        return process.session().terminal;
    }

    @Override
    public void setTerminal(ControllingTerminal terminal) {
        process.session().terminal = terminal;
    }

    @Override
    public boolean isGroupOrphaned() {
        return process.table().isOrphaned(process);
    }

    // ---- for /proc; any thread ----

    /** Signals sent to this task and not yet taken. */
    public long pendingOwn() {
        synchronized (process) {
            return pending.set();
        }
    }

    public boolean hasNoNewPrivileges() {
        return noNewPrivileges;
    }

    public int niceness() {
        return niceness;
    }

    /** Whether it will never run again. */
    public boolean hasEnded() {
        return ended;
    }

    @Override
    public int threadId() {
        return tid;
    }

    @Override
    public int install(callgate.kernel.vfs.OpenFile file, boolean closeOnExec) {
        return files.add(file, 0, descriptorLimit(), closeOnExec);
    }

    @Override
    public String toString() {
        return "task " + tid + " (" + name + ")";
    }
}
