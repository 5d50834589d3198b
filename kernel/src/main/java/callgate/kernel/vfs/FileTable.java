package callgate.kernel.vfs;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.OpenFlags;
import java.util.Arrays;

/** File descriptors of a process; shared by tasks after CLONE_FILES. Thread-safe. */
public final class FileTable {
    private static final int INITIAL = 64;

    private OpenFile[] files = new OpenFile[INITIAL];
    private boolean[] closeOnExec = new boolean[INITIAL];
    private int lowestFree;
    private int sharers = 1;
    private volatile FileTable lockWait;

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

    /** A copy for fork: the same open files. */
    public synchronized FileTable copy() {
        FileTable copy = new FileTable();
        copy.files = files.clone();
        copy.closeOnExec = closeOnExec.clone();
        copy.lowestFree = lowestFree;
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

    private OpenFile peek(int fd) {
        return fd >= 0 && fd < files.length ? files[fd] : null;
    }

    /**
     * Installs a file, taking over the caller's reference, at the lowest free descriptor from
     * {@code from} on; below {@code limit}, else {@code -EMFILE} (and the reference stays the
     * caller's).
     */
    public synchronized int add(OpenFile file, int from, int limit, boolean cloexec) {
        int fd = Math.max(from, lowestFree);
        while (fd < files.length && files[fd] != null) {
            fd++;
        }
        if (fd >= limit) {
            return -Errno.EMFILE;
        }
        put(fd, file, cloexec);
        if (from <= lowestFree) {
            lowestFree = fd + 1;
        }
        return fd;
    }

    private void put(int fd, OpenFile file, boolean cloexec) {
        if (fd >= files.length) {
            int length = Math.max(files.length * 2, fd + 1);
            files = Arrays.copyOf(files, length);
            closeOnExec = Arrays.copyOf(closeOnExec, length);
        }
        files[fd] = file;
        closeOnExec[fd] = cloexec;
    }

    /**
     * Installs a file at exactly {@code fd}, closing what was there (dup2); takes over the
     * reference.
     */
    public void replace(int fd, OpenFile file, boolean cloexec) {
        OpenFile old;
        synchronized (this) {
            old = peek(fd);
            put(fd, file, cloexec);
        }
        if (old != null) {
            close(old);
        }
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
