package callgate.kernel.vfs;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.abi.Signals;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.mm.PageSource;

/** An open regular file: a position over the data of an inode. */
public final class RegularFile extends OpenFile {
    private static final int SEEK_SET = 0;
    private static final int SEEK_CUR = 1;
    private static final int SEEK_END = 2;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;
    private static final long DAY_NANOS = 86_400_000_000_000L;

    /** What the open file means for others that would write the inode, or run it. */
    private enum Use {
        READS,
        WRITES,
        RUNS
    }

    private final Path path;
    private final Inode inode;
    private final Use use;

    /**
     * Guarded by this file's monitor, which is held through a read or write: two calls never use
     * the same position.
     */
    private long position;

    /** Throws ETXTBSY if it is opened for writing while it runs as a program. */
    public RegularFile(Path path, Inode inode, int flags) {
        this(
                path,
                inode,
                flags,
                (flags & OpenFlags.O_ACCMODE) == OpenFlags.O_RDONLY ? Use.READS : Use.WRITES);
    }

    private RegularFile(Path path, Inode inode, int flags, Use use) {
        super(flags);
        this.path = path;
        this.inode = inode;
        this.use = use;
        boolean allowed =
                switch (use) {
                    case READS -> true;
                    case WRITES -> inode.beginWriting();
                    case RUNS -> inode.beginRunning();
                };
        if (!allowed) {
            throw new ErrnoException(Errno.ETXTBSY);
        }
        inode.opened(1);
    }

    /**
     * A program: until it is closed the inode cannot be opened for writing. Throws ETXTBSY if it is
     * open for writing.
     */
    public static RegularFile ofProgram(Path path, Inode inode) {
        return new RegularFile(path, inode, OpenFlags.O_RDONLY, Use.RUNS);
    }

    @Override
    protected void closed() {
        switch (use) {
            case READS -> {}
            case WRITES -> inode.endWriting();
            case RUNS -> inode.endRunning();
        }
        inode.opened(-1);
    }

    @Override
    public Inode inode() {
        return inode;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public synchronized long read(Caller caller, IoBuffer to) {
        long count = readAt(caller, to, position);
        if (count > 0) {
            position += count;
        }
        return count;
    }

    @Override
    public long readAt(Caller caller, IoBuffer to, long offset) {
        long count = inode.read(to, offset);
        if (count > 0 && (flags() & OpenFlags.O_NOATIME) == 0) {
            touchAccess();
        }
        return count;
    }

    /**
     * Access times as Linux's {@code relatime} keeps them: only when older than the last change, or
     * than a day.
     */
    private void touchAccess() {
        long access = inode.accessNanos();
        if (access > inode.modifyNanos() && access > inode.changeNanos()) {
            long now = inode.fileSystem().clock().realtimeNanos();
            if (now - access < DAY_NANOS) {
                return;
            }
        }
        if (!path.mount().isReadOnly()) {
            inode.touchAccess(inode.fileSystem().clock().realtimeNanos());
        }
    }

    @Override
    public synchronized long write(Caller caller, IoBuffer from) {
        if ((flags() & OpenFlags.O_APPEND) == 0) {
            long count = writeAt(caller, from, position);
            if (count > 0) {
                position += count;
            }
            return count;
        }
        long count = writeAt(caller, from, 0);
        if (count > 0) {
            position = inode.size();
        }
        return count;
    }

    /** As in Linux, the offset means nothing to a file opened with O_APPEND (pwrite(2), BUGS). */
    @Override
    public long writeAt(Caller caller, IoBuffer from, long offset) {
        return write(caller, from, offset, (flags() & OpenFlags.O_APPEND) != 0);
    }

    /** Writes at the end, whatever the position and flags are (RWF_APPEND). */
    public long append(Caller caller, IoBuffer from) {
        return write(caller, from, 0, true);
    }

    private long write(Caller caller, IoBuffer from, long offset, boolean append) {
        if (from.remaining() == 0) {
            return 0;
        }
        long limit = caller.fileSizeLimit();
        if (limit != Long.MAX_VALUE) {
            long at = append ? inode.size() : offset;
            if (at >= limit) {
                caller.signalSelf(Signals.SIGXFSZ);
                return -Errno.EFBIG;
            }
            from = new LimitedBuffer(from, limit - at);
        }
        if (offset > Long.MAX_VALUE - from.remaining()) {
            return -Errno.EFBIG;
        }
        int result = Access.dropSetIdOnWrite(caller.credentials(), inode);
        if (result != 0) {
            return result;
        }
        long count = append ? inode.append(from) : inode.write(from, offset);
        if (count > 0 && (flags() & OpenFlags.O_DSYNC) != 0) {
            int synced = inode.sync();
            return synced < 0 ? synced : count;
        }
        return count;
    }

    @Override
    public synchronized long seek(Caller caller, long offset, int whence) {
        long base;
        switch (whence) {
            case SEEK_SET -> base = 0;
            case SEEK_CUR -> base = position;
            case SEEK_END -> base = inode.size();
            case SEEK_DATA, SEEK_HOLE -> {
                if (offset < 0) {
                    return -Errno.ENXIO;
                }
                long found = whence == SEEK_DATA ? inode.nextData(offset) : inode.nextHole(offset);
                if (found >= 0) {
                    position = found;
                }
                return found;
            }
            default -> {
                return -Errno.EINVAL;
            }
        }
        long target = base + offset;
        if (target < 0) {
            return offset > 0 ? -Errno.EOVERFLOW : -Errno.EINVAL;
        }
        position = target;
        return target;
    }

    @Override
    public long sync(Caller caller) {
        return inode.sync();
    }

    @Override
    public long truncate(Caller caller, long sizeBytes) {
        return truncate(caller, inode, sizeBytes);
    }

    /** Sets a regular file's size, within the caller's limit; 0 or a negative errno. */
    public static int truncate(Caller caller, Inode inode, long sizeBytes) {
        if (inode.isRunning()) {
            return -Errno.ETXTBSY;
        }
        if (sizeBytes > inode.size() && sizeBytes > caller.fileSizeLimit()) {
            caller.signalSelf(Signals.SIGXFSZ);
            return -Errno.EFBIG;
        }
        int result = Access.dropSetIdOnWrite(caller.credentials(), inode);
        return result != 0 ? result : inode.truncate(sizeBytes);
    }

    @Override
    public long allocate(Caller caller, int mode, long offset, long lengthBytes) {
        if (offset + lengthBytes > caller.fileSizeLimit()) {
            caller.signalSelf(Signals.SIGXFSZ);
            return -Errno.EFBIG;
        }
        return inode.allocate(mode, offset, lengthBytes);
    }

    @Override
    public PageSource pages() {
        return inode.pages();
    }
}
