package callgate.kernel.mm;

import static callgate.machine.memory.RawMemory.RAW;

import callgate.kernel.abi.Errno;
import callgate.machine.memory.PhysMem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The pages of one file that are in physmem, for reading, writing and mapping alike. Thread-safe.
 *
 * <p>A page is a frame to which the cache holds one reference; each mapping, and each caller
 * between {@link #page} and its release, holds one more. Contents come from the file's {@link
 * Store}. Files that live nowhere else (tmpfs, shared anonymous memory) use an {@link InMemory}
 * store.
 *
 * <p>Locks: the cache's own lock is below inode locks and address spaces; the store is called with
 * it held. Unmapping pages from address spaces is done without it.
 */
public final class PageCache implements PageSource, FramePool.Reclaimer {
    /**
     * Where the pages of a file come from. Must not take an inode's lock, and must not call the
     * cache back.
     */
    public interface Store {
        /**
         * Size of the file in bytes at this moment, read without a lock; pages from there on do not
         * exist for mappings.
         */
        long sizeBytes();

        /**
         * Fills the page of zeros at {@code hostAddress} with page {@code index}; 0 or a negative
         * errno.
         */
        int readPage(long index, long hostAddress);

        /**
         * Stores the first {@code lengthBytes} bytes of page {@code index}; 0 or a negative errno.
         */
        int writePage(long index, long hostAddress, int lengthBytes);

        /** Whether a clean page may be dropped, since {@link #readPage} brings it back. */
        boolean isEvictable();

        /**
         * Whether there is room for one more page; the store counts it, until {@link
         * #pagesDropped}. Otherwise the caller gets ENOSPC.
         */
        default boolean admitPage() {
            return true;
        }

        /** Pages that {@link #admitPage} let in are no longer in the cache. */
        default void pagesDropped(long count) {}

        /** How many pages to read at once when one is missing; a power of two from 1 to 64. */
        default int readAheadPages() {
            return 1;
        }
    }

    /**
     * The store of a file that lives only in its cache: missing pages are zeros, and nothing can be
     * dropped.
     */
    public abstract static class InMemory implements Store {
        @Override
        public final int readPage(long index, long hostAddress) {
            return 0;
        }

        @Override
        public final int writePage(long index, long hostAddress, int lengthBytes) {
            return 0;
        }

        @Override
        public final boolean isEvictable() {
            return false;
        }
    }

    /** A page that has been written since it was read from the store. */
    private static final int DIRTY = 1 << 31;

    /**
     * Files of up to this many pages take single frames; a block of frames for each would be rash.
     */
    private static final int SMALL_FILE_PAGES = 16;

    private final FramePool frames;
    private final PhysMem memory;
    private final Store store;
    private final ReentrantLock lock = new ReentrantLock();
    private final PageIndex index = new PageIndex();
    private final Placement placement;
    private boolean registered;
    private long evictionHand;

    private final Map<AddressSpace, Integer> mappings = new HashMap<>(2); // guarded by itself

    public PageCache(FramePool frames, Store store) {
        this.frames = frames;
        memory = frames.memory();
        placement = new Placement(memory, index::preferred);
        this.store = store;
    }

    // ---- getting pages ----

    /** As {@link PageSource#page}: a page inside the file. */
    @Override
    public int page(long page) {
        if (page >= pagesOf(store.sizeBytes())) {
            return BEYOND_END;
        }
        return acquire(page);
    }

    /**
     * The frame of a page wherever the file ends, with a reference for the caller; or a negative
     * errno.
     */
    public int acquire(long page) {
        lock.lock();
        try {
            int entry = index.get(page);
            if (entry == 0) {
                entry = fill(page);
                if (entry < 0) {
                    return entry;
                }
            }
            int frame = entry & ~DIRTY;
            memory.retain(frame);
            return frame;
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #acquire}, and the page counts as written. */
    public int acquireForWrite(long page) {
        lock.lock();
        try {
            int frame = acquire(page);
            if (frame > 0) {
                index.set(page, frame | DIRTY);
            }
            return frame;
        } finally {
            lock.unlock();
        }
    }

    /**
     * As {@link #acquireForWrite} for a page that is overwritten whole: what the store has is not
     * read.
     */
    public int acquireForOverwrite(long page) {
        lock.lock();
        try {
            int frame = index.get(page) & ~DIRTY;
            if (frame == 0) {
                frame = newFrame(page);
                if (frame < 0) {
                    return frame;
                }
            }
            memory.retain(frame);
            index.set(page, frame | DIRTY);
            return frame;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int pageIfPresent(long page) {
        lock.lock();
        try {
            int frame = index.get(page) & ~DIRTY;
            if (frame == 0 || page >= pagesOf(store.sizeBytes())) {
                return 0;
            }
            memory.retain(frame);
            return frame;
        } finally {
            lock.unlock();
        }
    }

    /** The first page at or after {@code page} that is in the cache, or -1: for SEEK_DATA. */
    public long nextPresent(long page) {
        lock.lock();
        try {
            return index.next(page);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The first page at or after {@code page}, and before {@code end}, that is not in the cache; or
     * {@code end}: for SEEK_HOLE.
     */
    public long nextAbsent(long page, long end) {
        lock.lock();
        try {
            long at = page;
            while (at < end && index.get(at) != 0) {
                at++;
            }
            return at;
        } finally {
            lock.unlock();
        }
    }

    /** How many pages are in the cache: {@code st_blocks} of a tmpfs file. */
    public long pageCount() {
        lock.lock();
        try {
            return index.count();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Reads a missing page, and its neighbours if the store likes that; the entry or a negative
     * errno.
     */
    private int fill(long page) {
        int ahead = store.readAheadPages();
        if (ahead > 1) {
            long first = page & -ahead;
            long end = Math.min(first + ahead, pagesOf(store.sizeBytes()));
            for (long p = first; p < end; p++) {
                if (p != page && index.get(p) == 0 && fillOne(p) < 0) {
                    break;
                }
            }
        }
        return fillOne(page);
    }

    /** A frame for a page, zeroed, that the store admitted; or a negative errno. */
    private int newFrame(long page) {
        if (!store.admitPage()) {
            return -Errno.ENOSPC;
        }
        int frame = memory.cleared(place(page));
        if (frame == 0) {
            store.pagesDropped(1);
            return -Errno.ENOMEM;
        }
        return frame;
    }

    /** Takes a frame, beside those of the page's neighbours unless the file is small. */
    private int place(long page) {
        long end = Math.max(page + 1, pagesOf(store.sizeBytes()));
        if (end <= SMALL_FILE_PAGES) {
            return frames.take();
        }
        long block = page >>> Placement.BLOCK_SHIFT;
        int inBlock = (int) page & Placement.BLOCK_PAGES - 1;
        int preferred = index.preferred(block);
        int taken = preferred == 0 ? 0 : memory.takeAt(preferred + inBlock);
        if (taken == 0) {
            taken = placement.takeInNewBlock(page, 0, end);
            if (taken != 0) {
                index.prefer(block, Math.abs(taken) - inBlock);
            }
        }
        return taken == 0 ? frames.take() : taken;
    }

    private int fillOne(long page) {
        int frame = newFrame(page);
        if (frame < 0) {
            return frame;
        }
        int error = store.readPage(page, memory.address(frame));
        if (error < 0) {
            memory.release(frame);
            store.pagesDropped(1);
            return error;
        }
        index.set(page, frame);
        if (!registered && store.isEvictable()) {
            registered = true;
            frames.addReclaimer(this);
        }
        return frame;
    }

    // ---- writing back ----

    @Override
    public void willWrite(long page, int frame) {
        lock.lock();
        try {
            if ((index.get(page) & ~DIRTY) == frame) {
                index.set(page, frame | DIRTY);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int writeBack(long firstPage, long count) {
        lock.lock();
        try {
            return writeBackLocked(firstPage, count);
        } finally {
            lock.unlock();
        }
    }

    private int writeBackLocked(long firstPage, long count) {
        long size = store.sizeBytes();
        long end = firstPage > Long.MAX_VALUE - count ? Long.MAX_VALUE : firstPage + count;
        for (long page = index.next(firstPage);
                page >= 0 && page < end;
                page = index.next(page + 1)) {
            int entry = index.get(page);
            long left = size - (page << PhysMem.PAGE_SHIFT);
            if (entry < 0 && left > 0) {
                int frame = entry & ~DIRTY;
                // a mapping may write at any time without telling: its pages stay dirty
                if (memory.references(frame) == 1) {
                    index.set(page, frame);
                }
                int error =
                        store.writePage(
                                page,
                                memory.address(frame),
                                (int) Math.min(left, PhysMem.PAGE_SIZE));
                if (error < 0) {
                    index.set(page, entry);
                    return error;
                }
            }
        }
        return 0;
    }

    // ---- shrinking ----

    /**
     * The file was cut to {@code sizeBytes} (the store already says so): pages beyond are dropped
     * and unmapped everywhere, and the rest of the last page is cleared.
     */
    public void truncate(long sizeBytes) {
        clearRange(sizeBytes, roundUp(sizeBytes));
        long first = pagesOf(sizeBytes);
        discard(first, Long.MAX_VALUE - first);
    }

    /** Makes a hole: whole pages are dropped and unmapped, bytes at both ends cleared. */
    public void punch(long offset, long lengthBytes) {
        long end = offset + lengthBytes;
        long firstPage = pagesOf(offset);
        long endPage = end >>> PhysMem.PAGE_SHIFT;
        if (firstPage > endPage) {
            clearRange(offset, end);
            return;
        }
        clearRange(offset, firstPage << PhysMem.PAGE_SHIFT);
        clearRange(endPage << PhysMem.PAGE_SHIFT, end);
        discard(firstPage, endPage - firstPage);
    }

    /** Clears bytes inside one page, if the page is there. */
    private void clearRange(long from, long to) {
        if (from >= to) {
            return;
        }
        lock.lock();
        try {
            long page = from >>> PhysMem.PAGE_SHIFT;
            int frame = index.get(page) & ~DIRTY;
            if (frame != 0) {
                RAW.fill(
                        memory.address(frame) + (from & PhysMem.PAGE_SIZE - 1),
                        to - from,
                        (byte) 0);
                index.set(page, frame | DIRTY);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Drops pages whatever they hold, dirty or not, from the cache and from all mappings. */
    public void discard(long firstPage, long count) {
        long end = firstPage > Long.MAX_VALUE - count ? Long.MAX_VALUE : firstPage + count;
        lock.lock();
        try {
            long before = index.count();
            for (long page = index.next(firstPage);
                    page >= 0 && page < end;
                    page = index.next(page + 1)) {
                memory.release(index.set(page, 0) & ~DIRTY);
            }
            store.pagesDropped(before - index.count());
            index.dropLeaves(firstPage, end);
        } finally {
            lock.unlock();
        }
        for (AddressSpace space : mappingSpaces()) {
            space.sourceDiscarded(this, firstPage, end - firstPage);
        }
    }

    /** Drops up to {@code count} clean pages that nobody maps; only if the lock is free. */
    @Override
    public int reclaim(int count) {
        if (lock.isHeldByCurrentThread() || !lock.tryLock()) {
            return 0;
        }
        try {
            int released = 0;
            for (long looked = index.count(); looked > 0 && released < count; looked--) {
                long page = index.next(evictionHand);
                if (page < 0) {
                    page = index.next(0);
                    if (page < 0) {
                        break;
                    }
                }
                evictionHand = page + 1;
                int entry = index.get(page);
                if (entry > 0 && memory.references(entry) == 1) {
                    index.set(page, 0);
                    memory.release(entry);
                    released++;
                }
            }
            store.pagesDropped(released);
            return released;
        } finally {
            lock.unlock();
        }
    }

    /** The file is gone: all pages are dropped. It must not be mapped any more. */
    public void close() {
        discard(0, Long.MAX_VALUE);
        frames.removeReclaimer(this);
    }

    // ---- who maps it ----

    @Override
    public void mapped(AddressSpace space, long firstIndex, long count) {
        synchronized (mappings) {
            mappings.merge(space, 1, Integer::sum);
        }
    }

    @Override
    public void unmapped(AddressSpace space, long firstIndex, long count) {
        boolean last;
        synchronized (mappings) {
            mappings.computeIfPresent(space, (key, regions) -> regions == 1 ? null : regions - 1);
            last = mappings.isEmpty();
        }
        if (last && store.isEvictable()) {
            writeBack(0, Long.MAX_VALUE);
        }
    }

    /** Whether any address space maps the file. */
    public boolean isMapped() {
        synchronized (mappings) {
            return !mappings.isEmpty();
        }
    }

    private List<AddressSpace> mappingSpaces() {
        synchronized (mappings) {
            return new ArrayList<>(mappings.keySet());
        }
    }

    // ---- arithmetic ----

    private static long pagesOf(long bytes) {
        return (bytes >>> PhysMem.PAGE_SHIFT) + ((bytes & PhysMem.PAGE_SIZE - 1) != 0 ? 1 : 0);
    }

    private static long roundUp(long bytes) {
        return pagesOf(bytes) << PhysMem.PAGE_SHIFT;
    }
}
