package callgate.machine.memory;

import static callgate.machine.memory.RawMemory.RAW;

import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * One address space as the machine sees it: a sparse off-heap table with two deltas a page, {@code
 * host - guest}, one for loads and one for stores; 0 means that the access must ask the kernel.
 *
 * <pre>
 *   entry of page p at table + 16 * p:   [ read word (8 bytes) | write word (8 bytes) ]
 *   host address of a load at a:         a + (read word of page a / 4096) & DELTA_MASK
 * </pre>
 *
 * A load is thus one shift, one load, one mask and test, and one add; the translator inlines it.
 * The low bits of a word tell how many neighbours have the same delta, see {@link DeltaColumn}: a
 * loop that walks through them needs one look for all. Addresses are those of Sv39's user half: 0
 * to 2^38 - 1. Reads by harts are lock-free; writers hold the owner's lock. Changes are seen by
 * other harts at their next look at the entry; an owner that takes rights away makes sure, by
 * {@code Hart.interrupt} and {@code Hart.epoch}, that no hart still uses an old delta. A hart may
 * therefore keep a delta only until its next call of the supervisor, fence, or poll.
 */
public final class PageTable implements AutoCloseable {
    /** Guest addresses are below this: 256 GiB. */
    public static final long ADDRESS_LIMIT = 1L << 38;

    public static final int ENTRY_SHIFT = 4;
    public static final int WRITE_DELTA = 8;

    /** The part of a word that is the delta; 0 if the access must ask the kernel. */
    public static final long DELTA_MASK = -PhysMem.PAGE_SIZE;

    /**
     * A word's lowest six bits tell how far the page's run reaches forward, the six from here how
     * far back: {@code 16 * e + m} means at least {@code m * 4^e} pages.
     */
    public static final int BACK_SHIFT = DeltaColumn.BACK_SHIFT;

    static final long PAGES = ADDRESS_LIMIT >>> PhysMem.PAGE_SHIFT;
    private static final long TABLE_BYTES = PAGES << ENTRY_SHIFT;
    private static final int CHUNK_SHIFT = 8; // 256 entries are one host page
    private static final long CHUNK_BYTES = 1L << CHUNK_SHIFT + ENTRY_SHIFT;

    /**
     * Chunks of an ended space that stay with the pooled table for the next one; more go back to
     * the host.
     */
    private static final int KEPT_CHUNKS = 256;

    private static final int POOL_LIMIT = 64;

    private final SparseFile file;
    private final long base;
    private final long[] touched = new long[(int) (PAGES >>> CHUNK_SHIFT >>> 6)];
    private int[] touchedChunks = new int[64];
    private int touchedCount;
    private final Pool pool;
    private final DeltaColumn reads;
    private final DeltaColumn writes;

    private PageTable(Pool pool) {
        this.pool = pool;
        file = SparseFile.temporary("pagetable", TABLE_BYTES, 64L << 20);
        base = file.address();
        reads = new DeltaColumn(base);
        writes = new DeltaColumn(base + WRITE_DELTA);
    }

    /** Tables of ended address spaces, kept for the next ones; one pool a kernel. Thread-safe. */
    public static final class Pool implements AutoCloseable {
        private final ArrayDeque<PageTable> free = new ArrayDeque<>();

        /** An empty table. */
        public PageTable take() {
            synchronized (free) {
                PageTable table = free.poll();
                if (table != null) {
                    return table;
                }
            }
            return new PageTable(this);
        }

        private boolean keep(PageTable table) {
            synchronized (free) {
                return free.size() < POOL_LIMIT && free.add(table);
            }
        }

        @Override
        public void close() {
            synchronized (free) {
                free.forEach(table -> table.file.close());
                free.clear();
            }
        }
    }

    /** Host address of the table, for harts and translated code. */
    public long base() {
        return base;
    }

    /**
     * Lets loads (and stores, if {@code writable}) of the page at {@code guestPage} reach the frame
     * at {@code hostAddress}. Whoever finds the entry also sees what the caller put into the frame;
     * and who may store finds its store when it loads.
     */
    public void map(long guestPage, long hostAddress, boolean writable) {
        touch(guestPage);
        long delta = hostAddress - (guestPage << PhysMem.PAGE_SHIFT);
        reads.put(guestPage, delta);
        writes.put(guestPage, writable ? delta : 0);
    }

    /** As {@link #map(long, long, boolean)}, for so many pages that follow each other. */
    public void map(long firstPage, int pageCount, long hostAddress, boolean writable) {
        if (pageCount == 1) {
            map(firstPage, hostAddress, writable);
            return;
        }
        long end = firstPage + pageCount;
        for (long page = firstPage;
                page < end;
                page = ((page >>> CHUNK_SHIFT) + 1) << CHUNK_SHIFT) {
            touch(page);
        }
        long delta = hostAddress - (firstPage << PhysMem.PAGE_SHIFT);
        reads.put(firstPage, end, delta);
        if (writable) {
            writes.put(firstPage, end, delta);
        } else {
            clear(writes, firstPage, end);
        }
    }

    /** Makes every access to the pages ask the kernel. */
    public void unmap(long firstPage, long pageCount) {
        clear(reads, firstPage, firstPage + pageCount);
        clear(writes, firstPage, firstPage + pageCount);
        VarHandle.fullFence(); // before the owner looks who may be using the old entries
    }

    /** Makes the next store to each of the pages ask the kernel; loads go on. */
    public void writeProtect(long firstPage, long pageCount) {
        clear(writes, firstPage, firstPage + pageCount);
        VarHandle.fullFence();
    }

    private void clear(DeltaColumn column, long firstPage, long endPage) {
        if (firstPage == endPage) {
            return;
        }
        column.cut(firstPage, endPage);
        for (long page = firstPage; page < endPage; ) {
            long chunkEnd = Math.min(endPage, ((page >>> CHUNK_SHIFT) + 1) << CHUNK_SHIFT);
            if (isTouched(page)) {
                column.clear(page, chunkEnd);
            }
            page = chunkEnd;
        }
    }

    /** The read delta of a page, or 0. */
    public long readDelta(long guestPage) {
        return reads.delta(guestPage);
    }

    /** The write delta of a page, or 0. */
    public long writeDelta(long guestPage) {
        return writes.delta(guestPage);
    }

    private void touch(long guestPage) {
        long chunk = guestPage >>> CHUNK_SHIFT;
        if ((touched[(int) (chunk >>> 6)] & 1L << chunk) == 0) {
            touched[(int) (chunk >>> 6)] |= 1L << chunk;
            if (touchedCount == touchedChunks.length) {
                touchedChunks = Arrays.copyOf(touchedChunks, touchedCount * 2);
            }
            touchedChunks[touchedCount++] = (int) chunk;
        }
    }

    private boolean isTouched(long guestPage) {
        long chunk = guestPage >>> CHUNK_SHIFT;
        return (touched[(int) (chunk >>> 6)] & 1L << chunk) != 0;
    }

    /**
     * Ends the address space: the table is emptied and kept for another. No hart may use it any
     * more.
     */
    @Override
    public void close() {
        for (int i = 0; i < touchedCount; i++) {
            long chunk = touchedChunks[i];
            if (i < KEPT_CHUNKS) {
                RAW.fill(base + chunk * CHUNK_BYTES, CHUNK_BYTES, (byte) 0);
            } else {
                file.release(chunk * CHUNK_BYTES, CHUNK_BYTES);
            }
            touched[(int) (chunk >>> 6)] = 0;
        }
        touchedCount = 0;
        if (!pool.keep(this)) {
            file.close();
        }
    }
}
