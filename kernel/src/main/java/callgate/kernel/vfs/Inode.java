package callgate.kernel.vfs;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.Mode;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.mm.PageSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Supplier;

/**
 * A file, of any type, apart from its names. Thread-safe.
 *
 * <p>The attributes that every inode has are kept here; file systems set them, and override what
 * they derive from elsewhere. Permissions are checked by the callers of this class ({@link Access},
 * {@link Names}); file systems do only what is asked. Directory operations are called under the
 * inode's own monitor, that of the directory; names are valid (1 to 255 bytes, no slash, not {@code
 * .} or {@code ..}). The defaults refuse what a kind of file does not do, with Linux's error.
 */
public abstract class Inode {
    /** In {@link #setTimes}: leave this one as it is. */
    public static final long OMIT = Long.MIN_VALUE;

    /** In {@link #setOwner}: leave this one as it is. */
    public static final int KEEP = -1;

    private volatile int mode;
    private volatile int uid;
    private volatile int gid;
    private volatile int links = 1;
    private volatile long accessNanos;
    private volatile long modifyNanos;
    private volatile long changeNanos;
    private volatile Object attachment;
    private volatile FileLocks locks;

    /**
     * Positive: open for writing so many times; negative: so many open files are programs being
     * run.
     */
    private volatile int writers;

    private static final AtomicIntegerFieldUpdater<Inode> WRITERS =
            AtomicIntegerFieldUpdater.newUpdater(Inode.class, "writers");

    /**
     * @param mode type and permissions
     */
    protected Inode(int mode, int uid, int gid) {
        this.mode = mode;
        this.uid = uid;
        this.gid = gid;
    }

    // ---- what it is ----

    public abstract FileSystem fileSystem();

    /** {@code st_ino}. */
    public abstract long number();

    /** {@code st_dev}; differs from the file system's only where layers show through. */
    public long device() {
        return fileSystem().device();
    }

    /** Type and permissions, {@code st_mode}. */
    public final int mode() {
        return mode;
    }

    public final int type() {
        return mode & Mode.S_IFMT;
    }

    public final boolean isDirectory() {
        return type() == Mode.S_IFDIR;
    }

    public final boolean isRegular() {
        return type() == Mode.S_IFREG;
    }

    public final boolean isSymlink() {
        return type() == Mode.S_IFLNK;
    }

    public final int uid() {
        return uid;
    }

    public final int gid() {
        return gid;
    }

    /** Number of names, {@code st_nlink}. */
    public int links() {
        return links;
    }

    /** Bytes; for symbolic links, of the target. */
    public long size() {
        return 0;
    }

    /** Storage in use, in units of 512 bytes. */
    public long blocks() {
        return 0;
    }

    /** The device that a device node stands for, as in {@link DeviceNumber}. */
    public long representedDevice() {
        return 0;
    }

    /** Nanoseconds since 1970 of the last access. */
    public long accessNanos() {
        return accessNanos;
    }

    /** Nanoseconds since 1970 of the last change of data. */
    public long modifyNanos() {
        return modifyNanos;
    }

    /** Nanoseconds since 1970 of the last change of the inode. */
    public long changeNanos() {
        return changeNanos;
    }

    /** Nanoseconds since 1970 of its making, or 0 if that is not known. */
    public long birthNanos() {
        return 0;
    }

    /**
     * Brings the attributes up to date where they may change from outside; 0 or a negative errno.
     * Called before stat.
     */
    public int refresh() {
        return 0;
    }

    // ---- for file systems: setting the attributes ----

    protected final void initMode(int newMode) {
        mode = newMode;
    }

    protected final void initOwner(int newUid, int newGid) {
        uid = newUid;
        gid = newGid;
    }

    protected final void initLinks(int count) {
        links = count;
    }

    /** Adds to the number of names; under the lock of the directory and this inode's monitor. */
    protected final synchronized void addLinks(int delta) {
        links += delta;
    }

    protected final void initTimes(long access, long modify, long change) {
        accessNanos = access;
        modifyNanos = modify;
        changeNanos = change;
    }

    /** Data was read now. Called only if the mount keeps access times. */
    public void touchAccess(long now) {
        accessNanos = now;
    }

    /** Data was changed now. */
    public void touchModify(long now) {
        modifyNanos = now;
        changeNanos = now;
    }

    /** The inode was changed now. */
    public void touchChange(long now) {
        changeNanos = now;
    }

    protected final long now() {
        return fileSystem().clock().realtimeNanos();
    }

    // ---- changing attributes; 0 or a negative errno; permission is checked by the caller ----

    /**
     * @param permissions the lower twelve bits
     */
    public int setMode(int permissions) {
        mode = mode & Mode.S_IFMT | permissions & Mode.PERMISSIONS;
        touchChange(now());
        return 0;
    }

    /** Sets the owners that are not {@link #KEEP}. */
    public int setOwner(int newUid, int newGid) {
        if (newUid != KEEP) {
            uid = newUid;
        }
        if (newGid != KEEP) {
            gid = newGid;
        }
        touchChange(now());
        return 0;
    }

    /** Sets the times that are not {@link #OMIT}, in nanoseconds since 1970. */
    public int setTimes(long access, long modify) {
        if (access != OMIT) {
            accessNanos = access;
        }
        if (modify != OMIT) {
            modifyNanos = modify;
        }
        touchChange(now());
        return 0;
    }

    // ---- extended attributes; names carry their prefix ----

    /** The value, or null (ENODATA); the array is the callee's and is not changed. */
    public byte[] xattr(String name) {
        return null;
    }

    /** Whether extended attributes exist here at all. */
    public boolean supportsXattrs() {
        return false;
    }

    /** Sets an attribute; {@code flags} is 0, XATTR_CREATE (1) or XATTR_REPLACE (2). */
    public int setXattr(String name, byte[] value, int flags) {
        return -Errno.EOPNOTSUPP;
    }

    public int removeXattr(String name) {
        return -Errno.EOPNOTSUPP;
    }

    public List<String> xattrNames() {
        return List.of();
    }

    // ---- directories; called with this inode's monitor held ----

    /** The inode of a name, or null if there is none. ErrnoException for other errors. */
    public Inode lookup(String name) {
        throw new ErrnoException(Errno.ENOTDIR);
    }

    /**
     * Makes a regular file, directory, FIFO, socket or device.
     *
     * @param mode type and permissions; the umask is applied already
     * @param device what a device node stands for, else 0
     * @throws ErrnoException e.g. ENOSPC, EROFS
     */
    public Inode create(String name, int mode, int uid, int gid, long device) {
        throw new ErrnoException(Errno.EPERM);
    }

    public Inode symlink(String name, String target, int uid, int gid) {
        throw new ErrnoException(Errno.EPERM);
    }

    /** Whether a file without a name may be given one. */
    public enum Linking {
        ALLOWED,
        FORBIDDEN
    }

    /** A regular file without a name (O_TMPFILE; linking is forbidden with O_EXCL). */
    public Inode createUnnamed(int mode, int uid, int gid, Linking linking) {
        throw new ErrnoException(Errno.EOPNOTSUPP);
    }

    /** Gives {@code target}, of this file system and no directory, one more name. */
    public int link(String name, Inode target) {
        return -Errno.EPERM;
    }

    /** Takes away the name of something that is no directory. */
    public int unlink(String name, Inode child) {
        return -Errno.EPERM;
    }

    /** Takes away the name of a directory; ENOTEMPTY if it has entries. */
    public int rmdir(String name, Inode child) {
        return -Errno.EPERM;
    }

    /**
     * Moves a name of this directory. Both directories' monitors are held. {@code replaced}, if not
     * null, stands at the new name; it fits (directory by directory, other by other).
     *
     * @param exchange whether the two change places, rather than the second going away
     */
    public int rename(
            String name,
            Inode child,
            Inode newDirectory,
            String newName,
            Inode replaced,
            Exchange exchange) {
        return -Errno.EPERM;
    }

    /** What becomes of an existing target of a rename. */
    public enum Exchange {
        NO,
        YES
    }

    /**
     * Emits the entries from {@code offset} on, without {@code .} and {@code ..}; offsets up to 2
     * belong to those, so the first own one is 2 and all are greater than 1. An entry that lives
     * all through a listing is emitted exactly once. Not called under the monitor; 0 or a negative
     * errno.
     */
    public long list(long offset, DirectoryEmitter emitter) {
        return -Errno.ENOTDIR;
    }

    // ---- symbolic links ----

    /** The target of a symbolic link; ErrnoException if it cannot be read. */
    public String readlink() {
        throw new ErrnoException(Errno.EINVAL);
    }

    /**
     * As {@link #readlink()}, for links whose text depends on who reads them, as of {@code
     * /proc/self}.
     */
    public String readlink(Caller caller) {
        return readlink();
    }

    /**
     * Where a magic link of proc leads: to an object, not to a name. Null for ordinary links.
     *
     * @throws ErrnoException EACCES, ENOENT and the like
     */
    public Path jump(Caller caller) {
        return null;
    }

    // ---- data of regular files; offset + length do not overflow ----

    /** Reads; returns bytes moved, 0 at the end, or a negative errno. */
    public long read(IoBuffer to, long offset) {
        return -Errno.EINVAL;
    }

    /** Writes; returns bytes moved or a negative errno. */
    public long write(IoBuffer from, long offset) {
        return -Errno.EINVAL;
    }

    /**
     * Writes at the end, atomically with other appending writes; the position after it is {@code
     * size()} at that moment.
     */
    public long append(IoBuffer from) {
        return write(from, size());
    }

    public int truncate(long sizeBytes) {
        return -Errno.EINVAL;
    }

    /** {@code fallocate}; {@code flags} are valid FALLOC_FL_* for regular files. */
    public int allocate(int flags, long offset, long lengthBytes) {
        return -Errno.EOPNOTSUPP;
    }

    /** SEEK_DATA: the next offset with data, or {@code -ENXIO}. */
    public long nextData(long offset) {
        return offset >= size() ? -Errno.ENXIO : offset;
    }

    /** SEEK_HOLE: the next offset in a hole; the end of the file is one. */
    public long nextHole(long offset) {
        return offset >= size() ? -Errno.ENXIO : size();
    }

    public int sync() {
        return 0;
    }

    /** The source of pages for mmap, or null (ENODEV). */
    public PageSource pages() {
        return null;
    }

    /** The seals of a memfd, or {@code -EINVAL} for what cannot be sealed. */
    public int seals() {
        return -Errno.EINVAL;
    }

    public int addSeals(int more) {
        return -Errno.EINVAL;
    }

    // ---- opening ----

    /**
     * Opens it, access being granted already. Not called for symbolic links, sockets, FIFOs and
     * device nodes.
     *
     * @param flags of open; O_TRUNC is done by the caller
     * @throws ErrnoException if it cannot be opened
     */
    public OpenFile open(Caller caller, Path path, int flags) {
        return isDirectory()
                ? new DirectoryFile(path, this, flags)
                : new RegularFile(path, this, flags);
    }

    /**
     * Counts one more file open for writing; false (ETXTBSY) if the inode is a program that runs.
     */
    final boolean beginWriting() {
        return WRITERS.getAndUpdate(this, count -> count < 0 ? count : count + 1) >= 0;
    }

    final void endWriting() {
        WRITERS.decrementAndGet(this);
    }

    /** Keeps writers away while it runs as a program; false (ETXTBSY) if there are some. */
    final boolean beginRunning() {
        return WRITERS.getAndUpdate(this, count -> count > 0 ? count : count - 1) <= 0;
    }

    final void endRunning() {
        WRITERS.incrementAndGet(this);
    }

    /** Whether it is a program that runs: it must not be opened for writing, nor truncated. */
    public final boolean isRunning() {
        return writers < 0;
    }

    /**
     * One more open file uses this inode (+1) or one fewer (-1): storage of a nameless inode goes
     * with the last.
     */
    public void opened(int delta) {}

    // ---- what others keep with it ----

    /**
     * The object that a FIFO (its pipe) or a bound AF_UNIX address (its socket) keeps here, or
     * null.
     */
    public final Object attachment() {
        return attachment;
    }

    public final void attach(Object object) {
        attachment = object;
    }

    /** The attachment, made by {@code maker} if there is none. */
    public final synchronized Object attachment(Supplier<?> maker) {
        if (attachment == null) {
            attachment = maker.get();
        }
        return attachment;
    }

    /** Locks on this file, made on first use. */
    public final FileLocks locks() {
        FileLocks found = locks;
        if (found == null) {
            synchronized (this) {
                found = locks;
                if (found == null) {
                    found = new FileLocks(fileSystem().heapBudget());
                    locks = found;
                }
            }
        }
        return found;
    }

    /** The locks, or null if none were ever taken. */
    public final FileLocks locksOrNull() {
        return locks;
    }
}
