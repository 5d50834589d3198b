package callgate.kernel.fs.tmpfs;

import callgate.kernel.abi.Errno;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.mm.PageCache;
import callgate.kernel.mm.PageSource;
import callgate.kernel.vfs.CachedData;
import callgate.kernel.vfs.Fallocate;
import callgate.kernel.vfs.Seals;
import callgate.machine.memory.PhysMem;

/** A regular file: its page cache is its storage. */
final class TmpFile extends TmpInode {
    private static final int SHIFT = PhysMem.PAGE_SHIFT;
    private static final int SECTORS_PER_PAGE = PhysMem.PAGE_SIZE / 512;

    private final PageCache cache;
    private final CachedData data;
    private final Object writeLock = new Object();
    private volatile long size;
    private boolean linkable;
    private volatile int seals = Seals.F_SEAL_SEAL;

    TmpFile(TmpFs fileSystem, int mode, int uid, int gid) {
        super(fileSystem, mode, uid, gid);
        Storage storage = new Storage();
        cache = new PageCache(fileSystem.frames(), storage);
        data =
                new CachedData(
                        fileSystem.frames().memory(), cache, storage, CachedData.Missing.HOLE);
    }

    /** A file for O_TMPFILE: without a name, but perhaps it may get one. */
    static TmpFile unnamed(TmpFs fileSystem, int mode, int uid, int gid, Linking linking) {
        TmpFile file = new TmpFile(fileSystem, mode, uid, gid);
        file.initLinks(0);
        file.linkable = linking == Linking.ALLOWED;
        return file;
    }

    /** Counts the pages against the file system's limit. Missing pages are zeros. */
    private final class Storage implements PageCache.Store {
        @Override
        public long sizeBytes() {
            return size;
        }

        @Override
        public int readPage(long index, long hostAddress) {
            return 0;
        }

        @Override
        public int writePage(long index, long hostAddress, int lengthBytes) {
            return 0;
        }

        @Override
        public boolean isEvictable() {
            return false;
        }

        @Override
        public boolean admitPage() {
            return fileSystem().takePage();
        }

        @Override
        public void pagesDropped(long count) {
            fileSystem().givePages(count);
        }
    }

    @Override
    protected boolean mayBeLinked() {
        return linkable;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public long blocks() {
        return cache.pageCount() * SECTORS_PER_PAGE;
    }

    // ---- data ----

    @Override
    public long read(IoBuffer to, long offset) {
        return data.read(to, offset);
    }

    @Override
    public long write(IoBuffer from, long offset) {
        synchronized (writeLock) {
            return writeLocked(from, offset);
        }
    }

    @Override
    public long append(IoBuffer from) {
        synchronized (writeLock) {
            return writeLocked(from, size);
        }
    }

    private long writeLocked(IoBuffer from, long offset) {
        if (seals != Seals.F_SEAL_SEAL) {
            boolean grows = offset + from.remaining() > size;
            if ((seals & Seals.ANY_WRITE) != 0 || grows && (seals & Seals.F_SEAL_GROW) != 0) {
                return -Errno.EPERM;
            }
        }
        long count = data.write(from, offset, this::grown);
        if (count > 0) {
            touchModify(now());
        }
        return count;
    }

    private void grown(long sizeBytes) {
        if (sizeBytes > size) {
            size = sizeBytes;
        }
    }

    @Override
    public int truncate(long sizeBytes) {
        if (sizeBytes < 0) {
            return -Errno.EINVAL;
        }
        synchronized (writeLock) {
            long old = size;
            int forbidding =
                    sizeBytes < old ? Seals.F_SEAL_SHRINK : sizeBytes > old ? Seals.F_SEAL_GROW : 0;
            if ((seals & forbidding) != 0) {
                return -Errno.EPERM;
            }
            size = sizeBytes;
            if (sizeBytes < old) {
                cache.truncate(sizeBytes);
            }
            touchModify(now());
            return 0;
        }
    }

    @Override
    public int allocate(int flags, long offset, long lengthBytes) {
        long end = offset + lengthBytes;
        boolean keepsSize = (flags & Fallocate.KEEP_SIZE) != 0;
        synchronized (writeLock) {
            if (!keepsSize && end > size && (seals & Seals.F_SEAL_GROW) != 0
                    || (flags & ~Fallocate.KEEP_SIZE) != 0 && (seals & Seals.ANY_WRITE) != 0) {
                return -Errno.EPERM;
            }
            int result =
                    switch (flags & ~Fallocate.KEEP_SIZE) {
                        case Fallocate.PUNCH_HOLE -> punch(offset, lengthBytes);
                        case Fallocate.ZERO_RANGE -> {
                            punch(offset, lengthBytes);
                            yield fill(offset, end);
                        }
                        case 0 -> fill(offset, end);
                        default -> -Errno.EOPNOTSUPP;
                    };
            if (result == 0) {
                if (!keepsSize) {
                    grown(end);
                }
                touchModify(now());
            }
            return result;
        }
    }

    private int punch(long offset, long lengthBytes) {
        cache.punch(offset, lengthBytes);
        return 0;
    }

    private int fill(long from, long end) {
        long first = from >>> SHIFT;
        long last = (end - 1) >>> SHIFT;
        if (last - first >= fileSystem().pageLimit()) {
            return -Errno.ENOSPC;
        }
        for (long page = first; page <= last; page++) {
            int frame = cache.acquire(page);
            if (frame < 0) {
                return frame;
            }
            fileSystem().frames().memory().release(frame);
        }
        return 0;
    }

    @Override
    public long nextData(long offset) {
        if (offset >= size) {
            return -Errno.ENXIO;
        }
        long page = cache.nextPresent(offset >>> SHIFT);
        return page < 0 || page << SHIFT >= size ? -Errno.ENXIO : Math.max(offset, page << SHIFT);
    }

    @Override
    public long nextHole(long offset) {
        long end = size;
        if (offset >= end) {
            return -Errno.ENXIO;
        }
        long page = cache.nextAbsent(offset >>> SHIFT, (end - 1 >>> SHIFT) + 1);
        return Math.min(end, Math.max(offset, page << SHIFT));
    }

    @Override
    public PageSource pages() {
        return cache;
    }

    @Override
    void freeStorage() {
        cache.close();
    }

    // ---- seals ----

    @Override
    public int seals() {
        return seals;
    }

    @Override
    public int addSeals(int more) {
        synchronized (writeLock) {
            if ((seals & Seals.F_SEAL_SEAL) != 0) {
                return -Errno.EPERM;
            }
            if ((more & Seals.F_SEAL_WRITE) != 0 && cache.isMapped()) {
                return -Errno.EBUSY;
            }
            seals |= more;
            return 0;
        }
    }

    /** For memfd_create with MFD_ALLOW_SEALING. */
    void allowSealing() {
        seals = 0;
    }
}
