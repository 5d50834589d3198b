package callgate.kernel.vfs;

import callgate.kernel.wait.Clock;

/** A mounted or mountable file system instance. Thread-safe. */
public abstract class FileSystem {
    /** How far names once looked up may be believed. */
    public enum Names {
        /** Names change only through this kernel: found and missing ones are cached. */
        KEPT,
        /**
         * Names may change from outside: each is looked up again, and its cached dentry used on if
         * the inode is still the same.
         */
        CHECKED,
        /** Names come and go by themselves, as in proc: nothing is cached. */
        FLEETING
    }

    /** Heap for one that is given no budget to share. */
    private static final long OWN_BUDGET_BYTES = 8 << 20;

    private final Clock clock;
    private final long device;
    private final HeapBudget heapBudget;
    private final Object renameLock = new Object();
    private volatile Dentry rootDentry;

    /**
     * @param device the device number of its inodes, as {@link DeviceNumber} makes it
     */
    protected FileSystem(Clock clock, long device) {
        this(clock, device, new HeapBudget(OWN_BUDGET_BYTES));
    }

    /**
     * @param heapBudget may be shared by several file systems
     */
    protected FileSystem(Clock clock, long device, HeapBudget heapBudget) {
        this.clock = clock;
        this.device = device;
        this.heapBudget = heapBudget;
    }

    /** Its type as in /proc/filesystems. */
    public abstract String type();

    public abstract Inode root();

    /** The device number of its inodes ({@code st_dev}). */
    public final long device() {
        return device;
    }

    public final Clock clock() {
        return clock;
    }

    /** What names, attributes and locks of its files are counted against. */
    public final HeapBudget heapBudget() {
        return heapBudget;
    }

    public Names names() {
        return Names.KEPT;
    }

    /** Whether every change fails with EROFS, however it is mounted. */
    public boolean isReadOnly() {
        return false;
    }

    /** Numbers for {@code statfs}. */
    public FsStatistics statistics() {
        return FsStatistics.NONE;
    }

    /** Writes everything back to where it belongs; 0 or a negative errno. */
    public int sync() {
        return 0;
    }

    /** The one dentry of the root directory, shared by all mounts of this instance. */
    public final Dentry rootDentry() {
        Dentry dentry = rootDentry;
        if (dentry == null) {
            synchronized (renameLock) {
                dentry = rootDentry;
                if (dentry == null) {
                    dentry = Dentry.root(root());
                    rootDentry = dentry;
                }
            }
        }
        return dentry;
    }

    /**
     * Held during a rename between directories, so that the tree's shape is stable while it is
     * checked.
     */
    final Object renameLock() {
        return renameLock;
    }
}
