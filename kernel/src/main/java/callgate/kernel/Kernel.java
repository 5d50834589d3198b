package callgate.kernel;

import callgate.gate.Border;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.Mode;
import callgate.kernel.fs.dev.DevTree;
import callgate.kernel.fs.dev.MemoryDevices;
import callgate.kernel.fs.host.HostFs;
import callgate.kernel.fs.overlay.OverlayFs;
import callgate.kernel.fs.proc.ProcRoot;
import callgate.kernel.fs.proc.SysFiles;
import callgate.kernel.fs.tar.TarFs;
import callgate.kernel.fs.tmpfs.TmpFs;
import callgate.kernel.ipc.Ipc;
import callgate.kernel.ipc.SharedSegments;
import callgate.kernel.mm.FramePool;
import callgate.kernel.mm.exec.Loader;
import callgate.kernel.net.Network;
import callgate.kernel.sys.SystemCallTable;
import callgate.kernel.task.Futexes;
import callgate.kernel.task.Services;
import callgate.kernel.task.Shutdown;
import callgate.kernel.task.SystemName;
import callgate.kernel.task.TaskTable;
import callgate.kernel.tty.PtyDriver;
import callgate.kernel.vfs.AnonymousFs;
import callgate.kernel.vfs.FileSystem;
import callgate.kernel.vfs.HeapBudget;
import callgate.kernel.vfs.Mount;
import callgate.kernel.vfs.Namespace;
import callgate.kernel.wait.Clock;
import callgate.kernel.wait.Entropy;
import callgate.kernel.wait.HostClock;
import callgate.kernel.wait.HostEntropy;
import callgate.kernel.wait.HostScheduler;
import callgate.machine.memory.PageTable;
import callgate.machine.memory.PhysMem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** One kernel instance: boots, starts processes, and ends with all that is in it. Thread-safe. */
public final class Kernel implements AutoCloseable {
    /**
     * The part of the host's heap that a guest's files may take, apart from their data: a quarter.
     */
    private static final int FILE_BUDGET_SHARE = 4;

    /** Files that a tmpfs may hold. */
    private static final long INODE_LIMIT = 1 << 20;

    /**
     * Bounds of the host's memory for what is in pipes and sockets: a share of the guest's, but
     * within these.
     */
    private static final long MINIMUM_BUFFERS = 8L << 20;

    private static final long MAXIMUM_BUFFERS = 256L << 20;

    /** How long {@link #close} waits for tasks that are busy on the host. */
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    private static final int KILL_ROUNDS = 100;

    private final KernelOptions options;
    private final List<AutoCloseable> resources = new ArrayList<>();
    private final PhysMem memory;
    private final HostScheduler scheduler;
    private final Services services;
    private final HeapBudget fileBudget =
            new HeapBudget(Runtime.getRuntime().maxMemory() / FILE_BUDGET_SHARE);
    private final FileTree tree;
    private final PtyDriver ptys;
    private boolean closed;

    /**
     * Boots a kernel.
     *
     * @throws IOException if a layer or directory of the root file system cannot be read
     * @throws StartException if the options do not fit together; the message says how
     */
    public static Kernel boot(KernelOptions options) throws IOException, StartException {
        try {
            return new Kernel(options);
        } catch (ErrnoException error) {
            throw new StartException("cannot boot: " + error.getMessage(), 125);
        }
    }

    private Kernel(KernelOptions options) throws IOException {
        this.options = options;
        boolean booted = false;
        try {
            Clock clock = new HostClock();
            Entropy entropy = new HostEntropy();
            scheduler = keep(new HostScheduler(clock, options.cpus()));
            memory = keep(PhysMem.temporary(options.memoryBytes()));
            PageTable.Pool pageTables = keep(new PageTable.Pool());
            Border border = keep(new Border(memory, options.tier()));
            FramePool frames = new FramePool(memory);
            frames.trimBy(scheduler, clock);
            Namespace namespace = new Namespace(newRoot(frames, clock, entropy), "root", 0);
            TaskTable table = new TaskTable(options.taskLimit(), fileBudget);
            SystemCallTable calls = new SystemCallTable(options.trace());
            Ipc ipc = newIpc(clock, namespace);
            services =
                    new Services(
                            clock,
                            entropy,
                            scheduler,
                            memory,
                            pageTables,
                            border,
                            frames,
                            fileBudget,
                            ipc,
                            new SharedSegments(frames, clock, options.memoryBytes()),
                            new Network(
                                    new AnonymousFs(clock, namespace.newDeviceNumber(), "sockfs"),
                                    ipc.budget(),
                                    entropy),
                            table,
                            new Futexes(),
                            new Loader(frames, pageTables, border::newCodeSpace, entropy),
                            namespace,
                            calls,
                            new SystemName(options.hostname()),
                            options.cpus(),
                            calls.trace(),
                            options.log());
            tree = new FileTree(namespace, new HostCaller(scheduler, clock));
            ptys = new PtyDriver(table, namespace, clock, fileBudget);
            mountAll(frames, clock, entropy, namespace);
            mountHost(frames, clock, entropy, namespace);
            booted = true;
        } finally {
            if (!booted) {
                closeResources();
            }
        }
    }

    private <T extends AutoCloseable> T keep(T resource) {
        resources.add(resource);
        return resource;
    }

    // ---- file systems ----

    private FileSystem newRoot(FramePool frames, Clock clock, Entropy entropy) throws IOException {
        List<FileSystem> layers = new ArrayList<>();
        int device = 1;
        switch (options.root()) {
            case KernelOptions.Root.Layers root -> {
                for (KernelOptions.Layer layer : root.layers()) {
                    layers.add(
                            keep(new TarFs(frames, clock, device++, layer.tar(), layer.index())));
                }
            }
            case KernelOptions.Root.Directory root ->
                    layers.add(
                            keep(
                                    new HostFs(
                                            frames,
                                            clock,
                                            entropy,
                                            device++,
                                            root.path(),
                                            HostFs.Access.READ_ONLY)));
        }
        TmpFs upper = newTmpFs(frames, clock, device++, "tmpfs", 0755);
        return layers.isEmpty() ? upper : new OverlayFs(clock, device, layers, upper);
    }

    private TmpFs newTmpFs(
            FramePool frames, Clock clock, long device, String type, int permissions) {
        return new TmpFs(
                frames,
                clock,
                device,
                type,
                permissions,
                options.memoryBytes() / 2,
                INODE_LIMIT,
                fileBudget);
    }

    private Ipc newIpc(Clock clock, Namespace namespace) {
        return new Ipc(
                scheduler,
                new AnonymousFs(clock, namespace.newDeviceNumber(), "pipefs"),
                new AnonymousFs(clock, namespace.newDeviceNumber(), "anon_inodefs"),
                new HeapBudget(
                        Math.max(
                                MINIMUM_BUFFERS,
                                Math.min(MAXIMUM_BUFFERS, options.memoryBytes() / 4))));
    }

    private void mountAll(FramePool frames, Clock clock, Entropy entropy, Namespace namespace) {
        MemoryDevices.register(namespace.devices(), entropy);
        namespace.setFifoOpener(services.ipc()::openFifo);
        TmpFs devices = newTmpFs(frames, clock, namespace.newDeviceNumber(), "devtmpfs", 0755);
        DevTree.populate(devices);
        tree.mount(devices, "/dev", "devtmpfs", Mount.MS_NOSUID);
        tree.mount(ptys.fileSystem(), "/dev/pts", "devpts", Mount.MS_NOSUID | Mount.MS_NOEXEC);
        TmpFs shared =
                newTmpFs(frames, clock, namespace.newDeviceNumber(), "tmpfs", Mode.S_ISVTX | 0777);
        tree.mount(shared, "/dev/shm", "tmpfs", Mount.MS_NOSUID | Mount.MS_NODEV);
        namespace.setMemoryFiles(
                (permissions, uid, gid, sealable) ->
                        shared.newUnnamedFile(
                                permissions,
                                uid,
                                gid,
                                sealable ? TmpFs.Sealing.ALLOWED : TmpFs.Sealing.FORBIDDEN));
        namespace.registerType(
                "tmpfs",
                (source, settings) ->
                        newTmpFs(
                                frames,
                                clock,
                                namespace.newDeviceNumber(),
                                "tmpfs",
                                Mode.S_ISVTX | 0777));
        long quiet = Mount.MS_NOSUID | Mount.MS_NODEV | Mount.MS_NOEXEC;
        tree.mount(
                ProcRoot.fileSystem(services, namespace, namespace.newDeviceNumber()),
                "/proc",
                "proc",
                quiet);
        tree.mount(
                SysFiles.fileSystem(services, namespace.newDeviceNumber()), "/sys", "sysfs", quiet);
        tree.directory("/tmp", Mode.S_ISVTX | 0777);
    }

    /** Shares the host's directories that the options name. */
    private void mountHost(FramePool frames, Clock clock, Entropy entropy, Namespace namespace)
            throws IOException {
        for (KernelOptions.HostMount mount : options.mounts()) {
            HostFs.Access access =
                    switch (mount.access()) {
                        case READ_ONLY -> HostFs.Access.READ_ONLY;
                        case READ_WRITE -> HostFs.Access.READ_WRITE;
                    };
            HostFs shared =
                    keep(
                            new HostFs(
                                    frames,
                                    clock,
                                    entropy,
                                    namespace.newDeviceNumber(),
                                    mount.host(),
                                    access));
            tree.mount(
                    shared,
                    mount.guest(),
                    mount.host().toString(),
                    Mount.MS_NODEV | Mount.MS_NOSUID);
        }
    }

    // ---- processes ----

    /**
     * Starts a program as a child of the kernel's own process, in a new session.
     *
     * @throws StartException if it cannot be run; the message says why
     */
    public GuestProcess start(ProcessOptions processOptions) throws StartException {
        synchronized (this) {
            if (closed) {
                throw new StartException("the sandbox is closed", 125);
            }
        }
        return new Starter(services, tree, ptys, processOptions).start();
    }

    // ---- what is in use, for tests and reports ----

    /** Frames of guest memory in use. */
    public int usedFrames() {
        return memory.usedFrames();
    }

    /**
     * Bytes of the host's heap that budgets count: of files and what tasks have, and of what is in
     * pipes and sockets.
     */
    public long usedHeapBytes() {
        return fileBudget.usedBytes() + services.ipc().budget().usedBytes();
    }

    /** Threads of tasks and helpers that have not ended. */
    public long liveThreads() {
        return scheduler.liveThreads();
    }

    /** Tasks there are, living or not waited for. */
    public int tasks() {
        return services.table().count();
    }

    /** The most tasks there were at a time. */
    public int peakTasks() {
        return services.table().peak();
    }

    // ---- the end ----

    /** Kills everything at once, waits until it has ended, and frees the memory. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        boolean ended = killAll();
        services.ipc().abandonOutput();
        if (ended) {
            closeResources();
        } else {
            options.log().accept("some tasks did not end; their memory is not freed");
        }
    }

    /** False if a task is still there after {@link #PATIENCE_NANOS}. */
    private boolean killAll() {
        try {
            for (int round = 0;
                    round < KILL_ROUNDS;
                    round++) { // a task may have been on its way in while it was closed
                Shutdown.killAll(services.table());
                if (scheduler.awaitNoTasks(PATIENCE_NANOS / KILL_ROUNDS)) {
                    return true;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    private void closeResources() {
        for (AutoCloseable resource : resources.reversed()) {
            try {
                resource.close();
            } catch (Exception e) {
                options.log().accept("closing " + resource + ": " + e);
            }
        }
    }
}
