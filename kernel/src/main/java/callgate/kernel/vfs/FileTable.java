package callgate.kernel.vfs;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.OpenFlags;
import java.util.Arrays;

/**
 * File descriptors of a process; shared by tasks after CLONE_FILES. Tables and the files in them
 * keep to a budget of the kernel. Thread-safe.
 */
public final class FileTable {
    private static final int INITIAL = 64;

    /** A reference and a mark. */
    private static final int SLOT_BYTES = 9;

    private final HeapBudget budget;
    private OpenFile[] files;
    private boolean[] closeOnExec;
    private int lowestFree;
    private int sharers = 1;
    private volatile FileTable lockWait;

    /** An empty table; it is small and never refused, as the number of tasks is bounded. */
    public FileTable(HeapBudget budget) {
        this.budget = budget;
        files = new OpenFile[INITIAL];
        closeOnExec = new boolean[INITIAL];
        budget.charge((long) INITIAL * SLOT_BYTES);
    }

    /** A copy; the budget has been charged. */
    private FileTable(FileTable original, int length) {
        budget = original.budget;
        files = Arrays.copyOf(original.files, length);
        closeOnExec = Arrays.copyOf(original.closeOnExec, length);
        lowestFree = original.lowestFree;
    }

    /** One more task shares this table. */
    public synchronized FileTable retain() {
        sharers++;
        return this;
    }

    /** A task that shared it is gone; the last one closes everything. */
    public void release() {
        OpenFile[] last;
        synchronized (this) {
            if (--sharers > 0) {
                return;
            }
            last = files;
            budget.give((long) files.length * SLOT_BYTES);
            files = new OpenFile[0];
            closeOnExec = new boolean[0];
        }
        for (OpenFile file : last) {
            if (file != null) {
                close(file);
            }
        }
    }

    /**
     * Gives up a file taken out by {@link #remove}: any close ends the process's range locks on the
     * file, whichever descriptor made them.
     */
    public void close(OpenFile file) {
        FileLocks locks = file.inode().locksOrNull();
        if (locks != null && (file.flags() & OpenFlags.O_PATH) == 0) {
            locks.releaseOwner(this);
        }
        file.release();
    }

    /** The owner of a range lock that this one waits for, or null. */
    FileTable lockWait() {
        return lockWait;
    }

    void setLockWait(FileTable holder) {
        lockWait = holder;
    }

    /** Whether more than one task shares this table. */
    public synchronized boolean isShared() {
        return sharers > 1;
    }

    /**
     * A copy for fork: the same open files.
     *
     * @throws ErrnoException ENOMEM
     */
    public synchronized FileTable copy() {
        int length = files.length;
        while (length > INITIAL && files[length - 1] == null) {
            length--;
        }
        if (!budget.take((long) length * SLOT_BYTES)) {
            throw new ErrnoException(Errno.ENOMEM);
        }
        FileTable copy = new FileTable(this, length);
        for (OpenFile file : copy.files) {
            if (file != null) {
                file.retain();
            }
        }
        return copy;
    }

    /**
     * The open file of a descriptor with a reference added, which the caller releases; or null
     * (EBADF). Without the reference another thread's close could end the file in the middle of a
     * call.
     */
    public synchronized OpenFile get(int fd) {
        OpenFile file = peek(fd);
        return file == null ? null : file.retain();
    }

    /**
     * Where the walk of a relative path starts that is given with a descriptor: an empty path may
     * start at what is no directory.
     *
     * @throws ErrnoException EBADF, ENOTDIR
     */
    public Path startOf(int fd, String path) {
        OpenFile file = get(fd);
        if (file == null) {
            throw new ErrnoException(Errno.EBADF);
        }
        try {
            Path place = file.path();
            if (path.isEmpty()) {
                return place != null ? place : Path.detached("", file.inode());
            }
            if (place == null || !file.inode().isDirectory()) {
                throw new ErrnoException(Errno.ENOTDIR);
            }
            return place;
        } finally {
            file.release();
        }
    }

    private OpenFile peek(int fd) {
        return fd >= 0 && fd < files.length ? files[fd] : null;
    }

    /**
     * Installs a file, taking over the caller's reference, at the lowest free descriptor from
     * {@code from} on; below {@code limit}, else {@code -EMFILE}. {@code -ENOMEM} if the table
     * cannot grow, {@code -ENFILE} if the kernel has too many open files. After an error the
     * reference stays the caller's.
     */
    public synchronized int add(OpenFile file, int from, int limit, boolean cloexec) {
        int fd = Math.max(from, lowestFree);
        while (fd < files.length && files[fd] != null) {
            fd++;
        }
        if (fd >= limit) {
            return -Errno.EMFILE;
        }
        int error = put(fd, file, cloexec);
        if (error != 0) {
            return error;
        }
        if (from <= lowestFree) {
            lowestFree = fd + 1;
        }
        return fd;
    }

    /** 0 or a negative errno. */
    private int put(int fd, OpenFile file, boolean cloexec) {
        if (fd >= files.length && !grow(fd)) {
            return -Errno.ENOMEM;
        }
        if (!file.chargeTo(budget)) {
            return -Errno.ENFILE;
        }
        files[fd] = file;
        closeOnExec[fd] = cloexec;
        return 0;
    }

    private boolean grow(int fd) {
        int length = Math.max(files.length * 2, fd + 1);
        if (!budget.take((long) (length - files.length) * SLOT_BYTES)) {
            return false;
        }
        files = Arrays.copyOf(files, length);
        closeOnExec = Arrays.copyOf(closeOnExec, length);
        return true;
    }

    /**
     * Installs a file at exactly {@code fd}, closing what was there (dup2), and takes over the
     * reference; or {@code -ENOMEM} or {@code -ENFILE} as {@link #add}.
     *
     * @return {@code fd} or a negative errno
     */
    public int replace(int fd, OpenFile file, boolean cloexec) {
        OpenFile old;
        synchronized (this) {
            old = peek(fd);
            int error = put(fd, file, cloexec);
            if (error != 0) {
                return error;
            }
        }
        if (old != null) {
            close(old);
        }
        return fd;
    }

    /**
     * Takes a descriptor out; the caller gives the file to {@link #close}. Null if it was not open.
     */
    public synchronized OpenFile remove(int fd) {
        OpenFile file = peek(fd);
        if (file != null) {
            files[fd] = null;
            lowestFree = Math.min(lowestFree, fd);
        }
        return file;
    }

    public synchronized boolean closeOnExec(int fd) {
        return peek(fd) != null && closeOnExec[fd];
    }

    public synchronized void setCloseOnExec(int fd, boolean cloexec) {
        if (peek(fd) != null) {
            closeOnExec[fd] = cloexec;
        }
    }

    /** Closes what is marked close-on-exec. */
    public void closeForExec() {
        for (int fd = 0; fd < size(); fd++) {
            if (closeOnExec(fd)) {
                OpenFile file = remove(fd);
                if (file != null) {
                    close(file);
                }
            }
        }
    }

    /** One more than the highest descriptor that may be open. */
    public synchronized int size() {
        return files.length;
    }
}
