package callgate.kernel.vfs;

import callgate.kernel.abi.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The tree of mounts of a kernel, and what opening a special file needs. Thread-safe: looking is
 * lock-free, mounting is under the namespace's monitor.
 */
public final class Namespace {
    /** Makes the two ends of named pipes; given by {@code ipc}. */
    @FunctionalInterface
    public interface FifoOpener {
        /**
         * Opens a FIFO inode, blocking for the other end as fifo(7) says. ErrnoException: ENXIO, or
         * ERESTARTSYS if interrupted.
         */
        OpenFile open(Caller caller, Inode inode, Path path, int flags);
    }

    /** Makes files without names, for memfd_create. */
    @FunctionalInterface
    public interface MemoryFiles {
        /**
         * A new empty regular file; {@code sealable} as MFD_ALLOW_SEALING. ErrnoException: ENOSPC.
         */
        Inode create(int permissions, int uid, int gid, boolean sealable);
    }

    /** A type of file system that a guest's root may mount. */
    @FunctionalInterface
    public interface Type {
        /**
         * A new instance; {@code options} as given to mount(2), perhaps empty. ErrnoException:
         * EINVAL and the like.
         */
        FileSystem create(String source, String options);
    }

    /** Mounts there may be; a guest's root could make any number. */
    private static final int MOUNT_LIMIT = 1000;

    private final DeviceRegistry devices = new DeviceRegistry();
    private final ConcurrentHashMap<Place, Mount> places = new ConcurrentHashMap<>();
    private final List<Mount> mounts = new ArrayList<>();
    private final AtomicInteger nextId = new AtomicInteger(20);
    private final AtomicLong nextDevice = new AtomicLong(20);
    private final Mount root;
    private final ConcurrentHashMap<String, Type> types = new ConcurrentHashMap<>();
    private volatile FifoOpener fifoOpener;
    private volatile MemoryFiles memoryFiles;

    private record Place(Mount mount, Dentry dentry) {}

    /** A tree with {@code rootFileSystem} at its root. */
    public Namespace(FileSystem rootFileSystem, String source, long flags) {
        Dentry top = rootFileSystem.rootDentry();
        root = new Mount(this, nextId.getAndIncrement(), rootFileSystem, top, null, source, flags);
        mounts.add(root);
    }

    public DeviceRegistry devices() {
        return devices;
    }

    public FifoOpener fifoOpener() {
        return fifoOpener;
    }

    public void setFifoOpener(FifoOpener opener) {
        fifoOpener = opener;
    }

    public MemoryFiles memoryFiles() {
        return memoryFiles;
    }

    public void setMemoryFiles(MemoryFiles files) {
        memoryFiles = files;
    }

    /** Lets mount(2) mount a type; it is also listed in /proc/filesystems. */
    public void registerType(String name, Type type) {
        types.put(name, type);
    }

    /** A mountable type, or null (ENODEV). */
    public Type type(String name) {
        return types.get(name);
    }

    public Path root() {
        return new Path(root, root.root());
    }

    /** A device number for one more file system without a device. */
    public long newDeviceNumber() {
        return DeviceNumber.of(0, (int) nextDevice.incrementAndGet());
    }

    /** What is mounted at a place, or null. */
    Mount mountedOn(Mount mount, Dentry dentry) {
        return places.get(new Place(mount, dentry));
    }

    /** Mounts a whole file system; 0 or a negative errno. */
    public int mount(FileSystem fileSystem, Path at, String source, long flags) {
        return attach(fileSystem, fileSystem.rootDentry(), at, source, flags);
    }

    /** Shows what is at {@code from} at another place too (MS_BIND). */
    public int bind(Path from, Path at) {
        Mount mount = from.mount();
        return attach(mount.fileSystem(), from.dentry(), at, mount.source(), mount.flags());
    }

    private synchronized int attach(
            FileSystem fileSystem, Dentry what, Path at, String source, long flags) {
        if (mounts.size() >= MOUNT_LIMIT) {
            return -Errno.ENOSPC;
        }
        if (at.inode() == null || at.dentry().isUnlinked() || what.isUnlinked()) {
            return -Errno.ENOENT;
        }
        if (what.inode().isDirectory() != at.inode().isDirectory()) {
            return -Errno.ENOTDIR;
        }
        Mount mount =
                new Mount(this, nextId.getAndIncrement(), fileSystem, what, at, source, flags);
        if (places.putIfAbsent(new Place(at.mount(), at.dentry()), mount) != null) {
            return -Errno.EBUSY;
        }
        at.dentry().addMount(1);
        mounts.add(mount);
        return 0;
    }

    /** Changes the flags of a mount (MS_REMOUNT). */
    public int remount(Mount mount, long flags) {
        mount.setFlags(flags);
        return 0;
    }

    /**
     * Takes away a mount; EBUSY for the root and where others are mounted below. Files that are
     * open stay usable.
     */
    public synchronized int unmount(Mount mount) {
        if (mount == root) {
            return -Errno.EBUSY;
        }
        for (Mount other : mounts) {
            if (other.parent() != null && other.parent().mount() == mount) {
                return -Errno.EBUSY;
            }
        }
        Path at = mount.parent();
        if (!places.remove(new Place(at.mount(), at.dentry()), mount)) {
            return -Errno.EINVAL;
        }
        at.dentry().addMount(-1);
        mounts.remove(mount);
        return 0;
    }

    /** All mounts, the root first, in the order of mounting. */
    public synchronized List<Mount> mounts() {
        return List.copyOf(mounts);
    }

    /** Writes all file systems back. */
    public void sync() {
        for (Mount mount : mounts()) {
            mount.fileSystem().sync();
        }
    }

    /**
     * The name of a place as seen from {@code root}, with " (deleted)" if it is gone; or null if it
     * cannot be reached from there. A place without a name in any tree is given by its own name.
     */
    public static String nameOf(Path place, Path root) {
        StringBuilder name = new StringBuilder();
        Mount mount = place.mount();
        Dentry dentry = place.dentry();
        boolean deleted = dentry.isUnlinked();
        if (mount.namespace() == null) {
            return dentry.name();
        }
        while (mount != root.mount() || dentry != root.dentry()) {
            if (dentry == mount.root() || dentry.isRoot()) {
                if (mount.parent() == null || dentry != mount.root()) {
                    return null;
                }
                dentry = mount.parent().dentry();
                mount = mount.parent().mount();
            } else {
                name.insert(0, dentry.name()).insert(0, '/');
                dentry = dentry.parent();
            }
        }
        if (name.isEmpty()) {
            name.append('/');
        }
        return deleted ? name + " (deleted)" : name.toString();
    }
}
