package callgate.kernel.vfs;

import callgate.kernel.abi.Errno;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.mm.PageCache;
import callgate.machine.memory.PhysMem;

/**
 * Reading and writing a file through its page cache. Data are copied without any lock of the cache,
 * with a reference to the frame: a page that is cut off meanwhile is not yet anybody else's.
 * Thread-safe; the caller orders writes by a lock of its own.
 */
public final class CachedData {
    private static final int SHIFT = PhysMem.PAGE_SHIFT;
    private static final int PAGE = PhysMem.PAGE_SIZE;
    private static final int MASK = PAGE - 1;

    /** What a page that is not in the cache means. */
    public enum Missing {
        /** Zeros: the file lives in its cache. */
        HOLE,
        /** It is still to be read from where the file lives. */
        UNREAD
    }

    private final PhysMem memory;
    private final PageCache cache;
    private final PageCache.Store store;
    private final Missing missing;

    public CachedData(PhysMem memory, PageCache cache, PageCache.Store store, Missing missing) {
        this.memory = memory;
        this.cache = cache;
        this.store = store;
        this.missing = missing;
    }

    /** Reads at most to the end of the file; bytes moved or a negative errno. */
    public long read(IoBuffer to, long offset) {
        long before = to.transferred();
        long at = offset;
        while (to.remaining() > 0) {
            long left = store.sizeBytes() - at;
            if (left <= 0) {
                break;
            }
            int inPage = (int) at & MASK;
            int count = (int) Math.min(Math.min(PAGE - inPage, left), to.remaining());
            int frame =
                    missing == Missing.HOLE
                            ? cache.pageIfPresent(at >>> SHIFT)
                            : cache.acquire(at >>> SHIFT);
            if (frame < 0) {
                return at == offset ? frame : at - offset;
            }
            long moved = frame == 0 ? to.putZeros(count) : copyOut(frame, inPage, count, to);
            at += moved;
            if (moved < count) {
                break;
            }
        }
        return to.transferred() - before;
    }

    private int copyOut(int frame, int inPage, int count, IoBuffer to) {
        try {
            return to.putFrame(memory.address(frame) + inPage, count);
        } finally {
            memory.release(frame);
        }
    }

    /** Told how far a write has come. */
    @FunctionalInterface
    public interface Growth {
        /** The file is at least {@code sizeBytes} long now. */
        void reached(long sizeBytes);
    }

    /**
     * Writes, growing the file; bytes moved or a negative errno. The caller holds the file's write
     * lock.
     */
    public long write(IoBuffer from, long offset, Growth growth) {
        if (offset > Long.MAX_VALUE - from.remaining()) {
            return -Errno.EFBIG;
        }
        long at = offset;
        while (from.remaining() > 0) {
            int inPage = (int) at & MASK;
            int count = (int) Math.min(PAGE - inPage, from.remaining());
            int frame = cache.acquireForWrite(at >>> SHIFT);
            if (frame < 0) {
                return at == offset ? frame : at - offset;
            }
            int moved;
            try {
                moved = from.getFrame(memory.address(frame) + inPage, count);
            } finally {
                memory.release(frame);
            }
            at += moved;
            growth.reached(at);
            if (moved < count) {
                break;
            }
        }
        return at - offset;
    }
}
