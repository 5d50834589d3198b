package callgate.machine.memory;

import static callgate.machine.memory.RawMemory.RAW;

import java.lang.invoke.VarHandle;

/**
 * The loads' or the stores' half of a {@link PageTable}: one word a page. Deltas are multiples of
 * the page size; the low bits of a word tell the <em>order</em> of the run that the page is in.
 *
 * <pre>
 *   63                      12 11          0
 *   [ host - guest address     | order k    ]     0: ask the kernel
 * </pre>
 *
 * Order k means that all 2^k pages of the aligned block around the page have this very word: one
 * look at it serves them all. Runs are kept as large as they can be, up to {@link #ORDER_LIMIT}.
 * Readers need one plain load; writers hold the owner's lock.
 */
final class DeltaColumn {
    /** Largest order: 256 pages, 1 MiB. */
    static final int ORDER_LIMIT = 8;

    private static final long ORDER_MASK = PhysMem.PAGE_SIZE - 1;

    private final long base;

    DeltaColumn(long base) {
        this.base = base;
    }

    /** Host minus guest address, or 0. */
    long delta(long page) {
        return RAW.getLongOrdered(entry(page)) & ~ORDER_MASK;
    }

    /**
     * Gives a page a delta, or 0. Whoever finds it also sees what was written before, of this and
     * of the other pages of its run.
     */
    void put(long page, long delta) {
        isolate(page);
        RAW.putLongOrdered(entry(page), delta);
        if (delta != 0) {
            join(page, 0, delta);
        }
    }

    /** As {@link #put(long, long)} for pages that follow each other, with a delta that is not 0. */
    void put(long firstPage, long endPage, long delta) {
        isolate(firstPage);
        isolate(endPage - 1);
        VarHandle.releaseFence();
        for (long page = firstPage; page < endPage; page++) {
            RAW.putLong(entry(page), delta); // no part of an old run any more
        }
        for (long page = firstPage; page < endPage; ) {
            int order = Math.min(ORDER_LIMIT, Long.numberOfTrailingZeros(page));
            while (page + (1L << order) > endPage) {
                order--;
            }
            fill(page, order, delta);
            join(page, order, delta);
            page += 1L << order;
        }
        VarHandle.releaseFence();
    }

    /** Makes accesses to pages ask the kernel; the caller sees to it that this is seen. */
    void clear(long firstPage, long endPage) {
        isolate(firstPage);
        isolate(endPage - 1);
        for (long page = firstPage; page < endPage; page++) {
            RAW.putLong(entry(page), 0);
        }
    }

    /** Makes a page a run of its own; what is left of its run falls apart into smaller ones. */
    private void isolate(long page) {
        long word = RAW.getLong(entry(page));
        long delta = word & ~ORDER_MASK;
        for (int order = (int) (word & ORDER_MASK) - 1; order >= 0; order--) {
            long otherHalf = (page >>> order ^ 1) << order;
            fill(otherHalf, order, delta);
        }
        if (word != delta) {
            RAW.putLong(entry(page), delta);
        }
    }

    /** Joins a run with its neighbour of the same size as long as that has the same delta. */
    private void join(long firstPage, int firstOrder, long delta) {
        int order = firstOrder;
        long start = firstPage;
        while (order < ORDER_LIMIT && RAW.getLong(entry(start ^ 1L << order)) == (delta | order)) {
            start &= ~(1L << order);
            order++;
        }
        if (order > firstOrder) {
            VarHandle.releaseFence();
            fill(start, order, delta);
        }
    }

    private void fill(long start, int order, long delta) {
        for (long page = start; page < start + (1L << order); page++) {
            RAW.putLong(entry(page), delta | order);
        }
    }

    private long entry(long page) {
        assert page >= 0 && page < PageTable.PAGES;
        return base + (page << PageTable.ENTRY_SHIFT);
    }
}
