package callgate.kernel.fs.overlay;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.fs.tmpfs.TmpFs;
import callgate.kernel.mm.HeapBuffer;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.mm.PageSource;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.Inode;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.vfs.Path;

/**
 * A regular file. Its data are a layer's until it is first written, then an unnamed file's of the
 * upper tmpfs.
 */
final class OverlayFile extends OverlayInode {
    private static final int COPY_CHUNK = 65536;

    private volatile Inode data;
    private volatile boolean isUpper;

    /**
     * The layer's file while it is in use, also after its data were copied up: mappings may still
     * show them. Guarded by this.
     */
    private Inode lowerInUse;

    private final boolean linkable;

    OverlayFile(OverlayFs fileSystem, Lower lower) {
        super(fileSystem, lower);
        data = lower.inode();
        linkable = false;
    }

    /** A new file with one name to come. ErrnoException ENOSPC. */
    OverlayFile(OverlayFs fileSystem, int mode, int uid, int gid) {
        super(fileSystem, mode, uid, gid);
        data = newUpper();
        isUpper = true;
        linkable = false;
    }

    /** A new file without a name (O_TMPFILE). ErrnoException ENOSPC. */
    OverlayFile(OverlayFs fileSystem, int mode, int uid, int gid, Linking linking) {
        super(fileSystem, mode, uid, gid);
        data = newUpper();
        isUpper = true;
        linkable = linking == Linking.ALLOWED;
        initLinks(0);
    }

    private Inode newUpper() {
        Inode upper = fileSystem().upper().newUnnamedFile(0600, 0, 0, TmpFs.Sealing.FORBIDDEN);
        upper.opened(1); // by this inode, until it ends
        return upper;
    }

    @Override
    protected boolean mayBeLinked() {
        return linkable;
    }

    @Override
    protected void end() {
        if (isUpper) {
            data.opened(-1);
        }
    }

    @Override
    protected void firstUse() {
        if (!isUpper) {
            lowerInUse = data;
            lowerInUse.opened(1);
        }
    }

    @Override
    protected void lastUse() {
        if (lowerInUse != null) {
            lowerInUse.opened(-1);
            lowerInUse = null;
        }
    }

    // ---- copying up ----

    @Override
    public OpenFile open(Caller caller, Path path, int flags) {
        if ((flags & OpenFlags.O_ACCMODE) != OpenFlags.O_RDONLY) {
            int result = copyUp(Long.MAX_VALUE);
            if (result < 0) {
                throw new ErrnoException(-result);
            }
        }
        return super.open(caller, path, flags);
    }

    /** Copies the first bytes up, if the data are still a layer's; 0 or a negative errno. */
    private synchronized int copyUp(long limitBytes) {
        if (isUpper) {
            return 0;
        }
        Inode lower = data;
        Inode upper = newUpper();
        lower.opened(1);
        long size = Math.min(lower.size(), limitBytes);
        long result = size == 0 ? 0 : copy(lower, upper, size);
        lower.opened(-1);
        if (result < 0) {
            upper.opened(-1);
            return (int) result;
        }
        data = upper;
        isUpper = true;
        return 0;
    }

    private static long copy(Inode from, Inode to, long size) {
        byte[] chunk = new byte[(int) Math.min(COPY_CHUNK, size)];
        for (long done = 0; done < size; ) {
            int wanted = (int) Math.min(chunk.length, size - done);
            long read = from.read(new HeapBuffer(chunk, 0, wanted), done);
            if (read <= 0) {
                return read < 0 ? read : -Errno.EIO;
            }
            long written = to.write(new HeapBuffer(chunk, 0, (int) read), done);
            if (written < read) {
                return written < 0 ? written : -Errno.ENOSPC;
            }
            done += read;
        }
        return 0;
    }

    // ---- data ----

    @Override
    public long size() {
        return data.size();
    }

    @Override
    public long blocks() {
        return data.blocks();
    }

    @Override
    public long read(IoBuffer to, long offset) {
        return data.read(to, offset);
    }

    @Override
    public long write(IoBuffer from, long offset) {
        int result = copyUp(Long.MAX_VALUE);
        return result < 0 ? result : written(data.write(from, offset));
    }

    @Override
    public long append(IoBuffer from) {
        int result = copyUp(Long.MAX_VALUE);
        return result < 0 ? result : written(data.append(from));
    }

    private long written(long count) {
        if (count > 0) {
            touchModify(data.modifyNanos()); // just set: the clock need not be read twice
        }
        return count;
    }

    @Override
    public int truncate(long sizeBytes) {
        int result = copyUp(sizeBytes);
        if (result == 0) {
            result = data.truncate(sizeBytes);
        }
        if (result == 0) {
            touchModify(now());
        }
        return result;
    }

    @Override
    public int allocate(int flags, long offset, long lengthBytes) {
        int result = copyUp(Long.MAX_VALUE);
        if (result == 0) {
            result = data.allocate(flags, offset, lengthBytes);
        }
        if (result == 0) {
            touchModify(now());
        }
        return result;
    }

    @Override
    public long nextData(long offset) {
        return data.nextData(offset);
    }

    @Override
    public long nextHole(long offset) {
        return data.nextHole(offset);
    }

    @Override
    public PageSource pages() {
        return data.pages();
    }
}
