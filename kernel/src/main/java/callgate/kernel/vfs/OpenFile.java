package callgate.kernel.vfs;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.wait.Scheduler;
import callgate.kernel.wait.WaitQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * An open file description: what descriptors refer to. Has a reference count: one for each
 * descriptor, mapping or message in flight. Thread-safe; subclasses guard their own state.
 *
 * <p>Results are counts or 0, or a negative errno. The defaults refuse what a kind of file does not
 * do, with Linux's error.
 */
public abstract class OpenFile {
    /** Flags that {@code fcntl(F_SETFL)} may change. */
    public static final int SETTABLE_FLAGS =
            OpenFlags.O_APPEND
                    | OpenFlags.O_NONBLOCK
                    | OpenFlags.O_DIRECT
                    | OpenFlags.O_NOATIME
                    | OpenFlags.FASYNC;

    /** What an open file and its inode take of the host's heap, if they are of an ordinary kind. */
    protected static final int ORDINARY_BYTES = 1024;

    private final AtomicInteger references = new AtomicInteger(1);
    private volatile int flags;
    private List<Runnable> closeListeners;

    /** Whose bytes it has taken; null before it first got a descriptor. Guarded by this. */
    private HeapBudget account;

    /**
     * @param flags access mode and status flags of open; creation flags are left out
     */
    protected OpenFile(int flags) {
        this.flags =
                flags
                        & ~(OpenFlags.O_CREAT
                                | OpenFlags.O_EXCL
                                | OpenFlags.O_NOCTTY
                                | OpenFlags.O_TRUNC
                                | OpenFlags.O_CLOEXEC);
    }

    // ---- references ----

    public final OpenFile retain() {
        references.incrementAndGet();
        return this;
    }

    /**
     * Adds a reference unless the last one is gone. For those that know the file without keeping it
     * open.
     */
    public final boolean tryRetain() {
        int count = references.get();
        while (count > 0) {
            if (references.compareAndSet(count, count + 1)) {
                return true;
            }
            count = references.get();
        }
        return false;
    }

    /** How many references there are at this moment. */
    public final int references() {
        return references.get();
    }

    /** Drops a reference; the last one closes the file. */
    public final void release() {
        int left = references.decrementAndGet();
        assert left >= 0 : "open file released too often";
        if (left == 0) {
            FileLocks locks = inode().locksOrNull();
            if (locks != null) {
                locks.releaseOwner(this);
            }
            for (Runnable listener : takeCloseListeners()) {
                listener.run();
            }
            closed();
            settle();
        }
    }

    /**
     * Takes what the file costs of a budget until it is closed, unless it has done so before; false
     * if there is too little left. The caller holds a reference.
     */
    final synchronized boolean chargeTo(HeapBudget budget) {
        if (account == null && budget.take(heapBytes())) {
            account = budget;
        }
        return account != null;
    }

    private synchronized void settle() {
        if (account != null) {
            account.give(heapBytes());
        }
    }

    /**
     * What it takes of the host's heap at least: always the same. An estimate, on the high side.
     */
    protected int heapBytes() {
        return ORDINARY_BYTES;
    }

    /** The last reference is gone. Must not block for long and must not throw. */
    protected void closed() {}

    /**
     * Calls {@code listener} once, just before the file is closed; the caller holds a reference
     * now. It must not block or throw.
     */
    public final synchronized void addCloseListener(Runnable listener) {
        if (closeListeners == null) {
            closeListeners = new ArrayList<>(1);
        }
        closeListeners.add(listener);
    }

    public final synchronized void removeCloseListener(Runnable listener) {
        if (closeListeners != null) {
            closeListeners.remove(listener);
        }
    }

    private synchronized List<Runnable> takeCloseListeners() {
        List<Runnable> taken = closeListeners;
        closeListeners = null;
        return taken == null ? List.of() : taken;
    }

    // ---- flags ----

    public final int flags() {
        return flags;
    }

    /** Sets the flags among {@link #SETTABLE_FLAGS}. */
    public final void setStatusFlags(int newFlags) {
        flags = flags & ~SETTABLE_FLAGS | newFlags & SETTABLE_FLAGS;
    }

    public final boolean isReadable() {
        int mode = flags & OpenFlags.O_ACCMODE;
        return (mode == OpenFlags.O_RDONLY || mode == OpenFlags.O_RDWR)
                && (flags & OpenFlags.O_PATH) == 0;
    }

    public final boolean isWritable() {
        int mode = flags & OpenFlags.O_ACCMODE;
        return (mode == OpenFlags.O_WRONLY || mode == OpenFlags.O_RDWR)
                && (flags & OpenFlags.O_PATH) == 0;
    }

    /** Whether it was opened with O_PATH: good for naming a place only. */
    public final boolean isPathOnly() {
        return (flags & OpenFlags.O_PATH) != 0;
    }

    public final boolean isNonBlocking() {
        return (flags & OpenFlags.O_NONBLOCK) != 0;
    }

    // ---- what it is ----

    /**
     * The inode, for fstat and the like; never null (pipes, sockets and epolls have anonymous
     * ones).
     */
    public abstract Inode inode();

    /** Where it was opened, or null for what has no path. */
    public Path path() {
        return null;
    }

    // ---- data; the system call has checked isReadable and isWritable ----

    /** Reads at the file's position, or the next bytes of a stream. 0 is the end. */
    public abstract long read(Caller caller, IoBuffer to);

    /** Writes at the file's position, or at the end with O_APPEND, or into a stream. */
    public abstract long write(Caller caller, IoBuffer from);

    /** Reads the next bytes of a pipe and leaves them there, for {@code tee}. */
    public long peek(Caller caller, IoBuffer to) {
        return -Errno.EINVAL;
    }

    /**
     * Waits until a pipe takes bytes, for {@code splice}: how many it does, or a negative errno as
     * of a write.
     */
    public long awaitRoom(Caller caller) {
        return -Errno.EINVAL;
    }

    /**
     * Writes all into a pipe that had room, though others may have been faster: what {@code splice}
     * took from elsewhere must not be lost. A count or {@code -EPIPE}.
     */
    public long writeWhole(Caller caller, IoBuffer from) {
        return -Errno.EINVAL;
    }

    /** Puts bytes that {@code splice} read from a pipe, and nobody took, back in front. */
    public void unread(byte[] bytes, int offset, int lengthBytes) {
        throw new UnsupportedOperationException();
    }

    /** Reads at {@code offset} without moving the position. */
    public long readAt(Caller caller, IoBuffer to, long offset) {
        return -Errno.ESPIPE;
    }

    public long writeAt(Caller caller, IoBuffer from, long offset) {
        return -Errno.ESPIPE;
    }

    /** {@code lseek}; {@code whence} is SEEK_SET 0, CUR 1, END 2, DATA 3, HOLE 4. */
    public long seek(Caller caller, long offset, int whence) {
        return -Errno.ESPIPE;
    }

    /** Fills a directory listing from the current position; see {@link DirectoryEmitter}. */
    public long list(Caller caller, DirectoryEmitter emitter) {
        return -Errno.ENOTDIR;
    }

    public long ioctl(Caller caller, int request, long argument) {
        return -Errno.ENOTTY;
    }

    public long sync(Caller caller) {
        return -Errno.EINVAL;
    }

    public long truncate(Caller caller, long sizeBytes) {
        return -Errno.EINVAL;
    }

    public long allocate(Caller caller, int mode, long offset, long lengthBytes) {
        return -Errno.ENODEV;
    }

    /** Whether mmap makes anonymous memory of it, as of /dev/zero. */
    public boolean mapsAnonymously() {
        return false;
    }

    /** The source of pages for mmap, or null (ENODEV). */
    public callgate.kernel.mm.PageSource pages() {
        return null;
    }

    /** {@code F_GETPIPE_SZ}: bytes that the pipe holds. */
    public long pipeCapacity() {
        return -Errno.EBADF;
    }

    /** {@code F_SETPIPE_SZ}: the new capacity, which may be larger than asked. */
    public long setPipeCapacity(Caller caller, long lengthBytes) {
        return -Errno.EBADF;
    }

    // ---- waiting, for files that have a queue ----

    /**
     * Repeats an attempt while it gives {@code -EAGAIN} and the file blocks: its result, or {@code
     * -ERESTARTSYS}.
     */
    protected final long whenReady(Caller caller, int events, LongSupplier attempt) {
        long result = attempt.getAsLong();
        if (result != -Errno.EAGAIN || isNonBlocking()) {
            return result;
        }
        return caller.waiter().retry(waitQueue(), events, Scheduler.NEVER, attempt);
    }

    /** Repeats an attempt to write until all is written: bytes, or a negative errno if none are. */
    protected final long writeAll(Caller caller, IoBuffer from, LongSupplier attempt) {
        while (true) {
            long result = whenReady(caller, PollEvents.WRITABLE, attempt);
            if (result < 0) {
                return from.transferred() > 0 ? from.transferred() : result;
            }
            if (from.remaining() == 0) {
                return from.transferred();
            }
        }
    }

    // ---- readiness ----

    /** What could be done now without blocking: a set of {@link PollEvents}. */
    public int poll() {
        return PollEvents.READABLE | PollEvents.WRITABLE;
    }

    /**
     * Whom readiness changes are told to; null if it never changes (epoll then refuses with EPERM).
     */
    public WaitQueue waitQueue() {
        return null;
    }
}
