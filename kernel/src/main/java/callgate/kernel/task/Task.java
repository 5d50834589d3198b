package callgate.kernel.task;

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

/** A task: one thread of a process, with its hart. */
public final class Task implements Caller {
    private final Services services;
    private final Process process;
    private final int tid;
    private final Hart hart;
    private final Waiter waiter;
    private volatile AddressSpace space;
    private volatile FileTable files;
    private volatile FsContext fs;
    private volatile Credentials credentials;

    Task(
            Services services,
            Process process,
            int tid,
            Hart hart,
            AddressSpace space,
            FileTable files,
            FsContext fs,
            Credentials credentials) {
        this.services = services;
        this.process = process;
        this.tid = tid;
        this.hart = hart;
        this.space = space;
        this.files = files;
        this.fs = fs;
        this.credentials = credentials;
        waiter = services.scheduler().newWaiter();
    }

    public Services services() {
        return services;
    }

    public Process process() {
        return process;
    }

    public int tid() {
        return tid;
    }

    public Hart hart() {
        return hart;
    }

    public AddressSpace space() {
        return space;
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

    @Override
    public Credentials credentials() {
        return credentials;
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
        return Long.MAX_VALUE;
    }

    @Override
    public void signalSelf(int signal) {
        throw new UnsupportedOperationException("signals are not built yet");
    }

    @Override
    public void signalOwnGroup(int signal) {
        throw new UnsupportedOperationException("signals are not built yet");
    }

    @Override
    public int sessionId() {
        return 0;
    }

    @Override
    public int groupId() {
        return 0;
    }

    @Override
    public ControllingTerminal terminal() {
        return null;
    }

    @Override
    public void setTerminal(ControllingTerminal terminal) {}

    @Override
    public boolean ignoresOrBlocks(int signal) {
        return false;
    }

    @Override
    public boolean isGroupOrphaned() {
        return false;
    }

    /** A soft limit in bytes or units; -1 is infinite (the unsigned maximum). {@code resource} is RLIMIT_*. */
    public long limit(int resource) {
        return -1;
    }

    /** The number of descriptors that the process may have: RLIMIT_NOFILE as an int. */
    public int descriptorLimit() {
        return 1024;
    }
}
