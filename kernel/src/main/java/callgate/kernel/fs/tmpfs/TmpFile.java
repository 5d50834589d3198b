package callgate.kernel.fs.tmpfs;

import callgate.kernel.abi.Errno;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.mm.PageSource;

/** A regular file. */
final class TmpFile extends TmpInode {
    private final TmpPages pages;
    private final Object writeLock = new Object();
    private boolean unnamed;

    TmpFile(TmpFs fileSystem, int mode, int uid, int gid) {
        super(fileSystem, mode, uid, gid);
        pages = new TmpPages(this, fileSystem);
    }

    /** A file for O_TMPFILE: without a name, but it may get one. */
    static TmpFile unnamed(TmpFs fileSystem, int mode, int uid, int gid) {
        TmpFile file = new TmpFile(fileSystem, mode, uid, gid);
        file.initLinks(0);
        file.unnamed = true;
        return file;
    }

    @Override
    boolean mayBeLinked() {
        return unnamed;
    }

    @Override
    public long size() {
        return pages.size();
    }

    @Override
    public long blocks() {
        return pages.count() * 8;
    }

    @Override
    public long read(IoBuffer to, long offset) {
        return pages.read(to, offset);
    }

    @Override
    public long write(IoBuffer from, long offset) {
        synchronized (writeLock) {
            return written(pages.write(from, offset));
        }
    }

    @Override
    public long append(IoBuffer from) {
        synchronized (writeLock) {
            return written(pages.write(from, pages.size()));
        }
    }

    private long written(long count) {
        if (count > 0) {
            touchModify(now());
        }
        return count;
    }

    @Override
    public int truncate(long sizeBytes) {
        if (sizeBytes < 0) {
            return -Errno.EINVAL;
        }
        synchronized (writeLock) {
            pages.truncate(sizeBytes);
            touchModify(now());
            return 0;
        }
    }

    @Override
    public int allocate(int flags, long offset, long lengthBytes) {
        synchronized (writeLock) {
            int result = pages.allocate(flags, offset, lengthBytes);
            if (result == 0) {
                touchModify(now());
            }
            return result;
        }
    }

    @Override
    public long nextData(long offset) {
        return pages.nextData(offset);
    }

    @Override
    public long nextHole(long offset) {
        return pages.nextHole(offset);
    }

    @Override
    public PageSource pages() {
        return pages;
    }

    @Override
    void freeStorage() {
        pages.freeAll();
    }
}
