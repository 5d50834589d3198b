package callgate.kernel.tty;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.ControllingTerminal;
import callgate.kernel.vfs.Credentials;
import callgate.kernel.vfs.DeviceNumber;
import callgate.kernel.vfs.DeviceRegistry;
import callgate.kernel.vfs.FsContext;
import callgate.kernel.vfs.HeapBudget;
import callgate.kernel.vfs.JobControl;
import callgate.kernel.vfs.Namespace;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.vfs.Path;
import callgate.kernel.vfs.PathWalk;
import callgate.kernel.wait.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The pseudo-terminals of a kernel: {@code /dev/ptmx} makes them, {@code /dev/pts} shows them,
 * {@code /dev/tty} is the caller's own. Thread-safe.
 */
public final class PtyDriver {
    /** As in Linux, /proc/sys/kernel/pty/max. */
    private static final int LIMIT = 4096;

    /** What a terminal with full queues takes of the host's heap. */
    private static final int TERMINAL_BYTES = 160 << 10;

    private static final int PTMX_MAJOR = 5;
    private static final int PTMX_MINOR = 2;
    private static final int TTY_MINOR = 0;

    private final JobControl jobs;
    private final Namespace namespace;
    private final HeapBudget heapBudget;
    private final TreeMap<Integer, Pair> pairs = new TreeMap<>();

    /** A terminal with what {@code /dev/pts} shows of it. */
    record Pair(Tty tty, DevPts.Node node) {}

    private final DevPts fileSystem;

    /**
     * Makes the driver and registers its devices. The file system is still to be mounted at {@code
     * /dev/pts}.
     */
    public PtyDriver(JobControl jobs, Namespace namespace, Clock clock, HeapBudget heapBudget) {
        this.jobs = jobs;
        this.namespace = namespace;
        this.heapBudget = heapBudget;
        fileSystem = new DevPts(clock, namespace.newDeviceNumber(), this);
        DeviceRegistry devices = namespace.devices();
        devices.register(PTMX_MAJOR, PTMX_MINOR, this::openMaster);
        devices.register(PTMX_MAJOR, TTY_MINOR, this::openOwn);
        devices.registerMajor(Tty.SLAVE_MAJOR, this::openSlave);
    }

    /** The file system of {@code /dev/pts}. */
    public DevPts fileSystem() {
        return fileSystem;
    }

    // ---- opening ----

    private OpenFile openMaster(Caller caller, Path path, int flags) {
        return new PtyMaster(this, newPair(caller.credentials()).tty, path, flags);
    }

    private Pair newPair(Credentials owner) {
        synchronized (pairs) {
            int index = 0;
            while (pairs.containsKey(index)) {
                index++;
            }
            if (index >= LIMIT) {
                throw new ErrnoException(Errno.ENOSPC);
            }
            if (!heapBudget.take(TERMINAL_BYTES)) {
                throw new ErrnoException(Errno.ENOMEM);
            }
            Tty tty = new Tty(index, jobs);
            Pair pair = new Pair(tty, fileSystem.newNode(index, owner.fsuid()));
            pairs.put(index, pair);
            return pair;
        }
    }

    private OpenFile openOwn(Caller caller, Path path, int flags) {
        ControllingTerminal terminal = caller.terminal();
        if (!(terminal instanceof Tty tty) || tty.session() != caller.sessionId()) {
            throw new ErrnoException(Errno.ENXIO);
        }
        return open(caller, tty, path, flags | OpenFlags.O_NOCTTY);
    }

    private OpenFile openSlave(Caller caller, Path path, int flags) {
        Pair pair = find(DeviceNumber.minor(path.inode().representedDevice()));
        if (pair == null) {
            throw new ErrnoException(Errno.EIO);
        }
        return open(caller, pair.tty, path, flags);
    }

    private OpenFile open(Caller caller, Tty tty, Path path, int flags) {
        int opened = tty.openSlave(caller.credentials().has(Credentials.CAP_SYS_ADMIN));
        if (opened != 0) {
            throw new ErrnoException(-opened);
        }
        boolean without =
                !(caller.terminal() instanceof Tty own) || own.session() != caller.sessionId();
        boolean leaderWithout = without && caller.sessionId() == caller.processId();
        if ((flags & OpenFlags.O_NOCTTY) == 0 && leaderWithout && tty.session() == 0) {
            TtyIoctls.become(tty, caller);
        }
        return new TtyFile(tty, path, flags);
    }

    /**
     * TIOCGPTPEER: opens the slave by its master, wherever {@code /dev/pts} may be; the new
     * descriptor or a negative errno.
     */
    long openPeer(Caller caller, Tty tty, int flags) {
        OpenFile file = open(caller, tty, slavePath(caller, tty), flags);
        int fd = caller.install(file, (flags & OpenFlags.O_CLOEXEC) != 0);
        if (fd < 0) {
            file.release();
        }
        return fd;
    }

    private Path slavePath(Caller caller, Tty tty) {
        Path root = namespace.root();
        PathWalk walk = new PathWalk(caller, new FsContext(root, root, 0), root);
        if (walk.walk("/dev/pts/" + tty.index(), PathWalk.FOLLOW) == 0) {
            return walk.path();
        }
        Pair pair = find(tty.index());
        if (pair == null) {
            throw new ErrnoException(Errno.EIO);
        }
        return Path.detached("/" + tty.index(), pair.node);
    }

    /** A new terminal of a size, for a process started from outside: its two ends. */
    public Ends open(Caller caller, int columns, int rows) {
        Tty tty = newPair(caller.credentials()).tty;
        tty.resize(new WindowSize(rows, columns, 0, 0));
        tty.setLocked(false);
        OpenFile slave =
                open(caller, tty, slavePath(caller, tty), OpenFlags.O_RDWR | OpenFlags.O_NOCTTY);
        Path master = Path.detached("/ptmx", find(tty.index()).node);
        return new Ends(new PtyMaster(this, tty, master, OpenFlags.O_RDWR), slave, tty);
    }

    /**
     * Both ends of a terminal.
     *
     * @param terminal what {@link Caller#setTerminal} takes, after {@link Ends#acquire}
     */
    public record Ends(OpenFile master, OpenFile slave, ControllingTerminal terminal) {
        /**
         * Makes it the controlling terminal of a session that has none, with a group in the
         * foreground.
         */
        public void acquire(int session, int group) {
            ((Tty) terminal).acquire(session, group);
        }

        /** Changes its size: SIGWINCH to the foreground group. */
        public void resize(int columns, int rows) {
            ((Tty) terminal).resize(new WindowSize(rows, columns, 0, 0));
        }
    }

    // ---- for DevPts and masters ----

    Pair find(int index) {
        synchronized (pairs) {
            return pairs.get(index);
        }
    }

    List<Pair> all() {
        synchronized (pairs) {
            return new ArrayList<>(pairs.values());
        }
    }

    void masterClosed(Tty tty) {
        synchronized (pairs) {
            if (pairs.remove(tty.index()) != null) {
                heapBudget.give(TERMINAL_BYTES);
            }
        }
        tty.closeMaster();
    }
}
