package callgate.machine.memory;

import static callgate.machine.memory.RawMemory.RAW;

import java.lang.invoke.VarHandle;

/**
 * The loads' or the stores' half of a {@link PageTable}: one word a page. Deltas are multiples of
 * the page size; the low bits of a word tell how far the <em>run</em> of the page reaches: pages
 * side by side that have the same delta, which one look at one word serves.
 *
 * <pre>
 *   63                   12 11      6 5       0
 *   [ host - guest address | back    | forward ]     0: ask the kernel
 *   back, forward: 16 * e + m means that at least m * 4^e more pages of the run lie there
 * </pre>
 *
 * A reach never says too much; it may say a little less, and at most {@link #REACH_LIMIT}. Readers
 * need one plain load; writers hold the owner's lock.
 */
final class DeltaColumn {
    /** Largest reach, in pages. */
    static final int REACH_LIMIT = 15 << 6;

    static final int BACK_SHIFT = 6;
    private static final int CODE_MASK = 63;

    /** Reaches up to the limit that have another code than the next smaller ones. */
    private static final int[] STEPS =
            java.util.stream.IntStream.rangeClosed(1, REACH_LIMIT)
                    .filter(reach -> encode(reach) != encode(reach - 1))
                    .toArray();

    private final long base;

    DeltaColumn(long base) {
        this.base = base;
    }

    static int encode(int reach) {
        int exponent = reach < 16 ? 0 : reach < 64 ? 1 : reach < 256 ? 2 : 3;
        return exponent << 4 | Math.min(15, reach >> 2 * exponent);
    }

    static int decode(int code) {
        return (code & 15) << (code >> 4 << 1);
    }

    /** Host minus guest address, or 0. */
    long delta(long page) {
        return RAW.getLongOrdered(entry(page)) & PageTable.DELTA_MASK;
    }

    /** Pages of the run that surely lie before the page. */
    int back(long page) {
        return decode((int) RAW.getLong(entry(page)) >> BACK_SHIFT & CODE_MASK);
    }

    /** Pages of the run that surely lie after the page. */
    int forward(long page) {
        return decode((int) RAW.getLong(entry(page)) & CODE_MASK);
    }

    /**
     * Gives a page a delta, or 0. Whoever finds it also sees what was written before, of this and
     * of the other pages of its run.
     */
    void put(long page, long delta) {
        long before = delta(page);
        if (before == delta) {
            return;
        }
        if (before != 0) {
            remove(page, before);
        }
        if (delta != 0) {
            add(page, delta);
        }
    }

    /** As {@link #put(long, long)} for pages that follow each other, with a delta that is not 0. */
    void put(long firstPage, long endPage, long delta) {
        cut(firstPage, endPage);
        VarHandle.releaseFence();
        for (long page = firstPage; page < endPage; page++) {
            RAW.putLong(entry(page), delta);
        }
        int count = (int) Math.min(endPage - firstPage, REACH_LIMIT);
        int left = pagesBefore(firstPage, delta);
        int right = pagesAfter(endPage - 1, delta);
        VarHandle.releaseFence();
        for (int i = 1; i <= left; i++) {
            setForward(firstPage - i, i - 1 + count + right);
        }
        for (long page = firstPage; page < endPage; page++) {
            setBack(page, (int) Math.min(page - firstPage + left, REACH_LIMIT));
            setForward(page, (int) Math.min(endPage - 1 - page + right, REACH_LIMIT));
        }
        for (int i = 1; i <= right; i++) {
            setBack(endPage - 1 + i, i - 1 + count + left);
        }
        VarHandle.releaseFence();
    }

    private void add(long page, long delta) {
        int left = pagesBefore(page, delta);
        int right = pagesAfter(page, delta);
        VarHandle.releaseFence();
        RAW.putLongOrdered(entry(page), delta | (long) encode(left) << BACK_SHIFT | encode(right));
        if (right == 0) {
            for (int i = 0; i < STEPS.length && STEPS[i] <= left; i++) {
                setForward(page - STEPS[i], STEPS[i]);
            }
        } else {
            for (int i = 1; i <= left; i++) {
                setForward(page - i, i + right);
            }
        }
        if (left == 0) {
            for (int i = 0; i < STEPS.length && STEPS[i] <= right; i++) {
                setBack(page + STEPS[i], STEPS[i]);
            }
        } else {
            for (int i = 1; i <= right; i++) {
                setBack(page + i, i + left);
            }
        }
    }

    private void remove(long page, long delta) {
        int left = pagesBefore(page, delta);
        int right = pagesAfter(page, delta);
        RAW.putLong(entry(page), 0);
        if (right == 0) {
            for (int i = 0; i < STEPS.length && STEPS[i] <= left; i++) {
                setForward(page - STEPS[i], STEPS[i] - 1);
            }
        } else {
            endForward(page, left);
        }
        if (left == 0) {
            for (int i = 0; i < STEPS.length && STEPS[i] <= right; i++) {
                setBack(page + STEPS[i], STEPS[i] - 1);
            }
        } else {
            endBack(page, right);
        }
    }

    /** Makes no run from outside reach into the pages. */
    void cut(long firstPage, long endPage) {
        long delta = delta(firstPage);
        if (delta != 0) {
            endForward(firstPage, pagesBefore(firstPage, delta));
        }
        delta = delta(endPage - 1);
        if (delta != 0) {
            endBack(endPage - 1, pagesAfter(endPage - 1, delta));
        }
    }

    /** The {@code count} pages before {@code end} reach up to it only. */
    private void endForward(long end, int count) {
        for (int i = 1; i <= count; i++) {
            setForward(end - i, i - 1);
        }
    }

    private void endBack(long start, int count) {
        for (int i = 1; i <= count; i++) {
            setBack(start + i, i - 1);
        }
    }

    /**
     * Makes accesses to pages ask the kernel; there must have been a {@link #cut}. The caller sees
     * to it that this is seen.
     */
    void clear(long firstPage, long endPage) {
        for (long page = firstPage; page < endPage; page++) {
            RAW.putLong(entry(page), 0);
        }
    }

    private int pagesBefore(long page, long delta) {
        int count = 0;
        while (count < REACH_LIMIT && page - count > 0 && delta(page - count - 1) == delta) {
            count += 1 + back(page - count - 1);
        }
        return Math.min(count, REACH_LIMIT);
    }

    private int pagesAfter(long page, long delta) {
        int count = 0;
        while (count < REACH_LIMIT
                && page + count + 1 < PageTable.PAGES
                && delta(page + count + 1) == delta) {
            count += 1 + forward(page + count + 1);
        }
        return Math.min(count, REACH_LIMIT);
    }

    private void setForward(long page, int reach) {
        long word = RAW.getLong(entry(page));
        RAW.putLong(entry(page), word & ~CODE_MASK | encode(Math.min(reach, REACH_LIMIT)));
    }

    private void setBack(long page, int reach) {
        long word = RAW.getLong(entry(page));
        long code = (long) encode(Math.min(reach, REACH_LIMIT)) << BACK_SHIFT;
        RAW.putLong(entry(page), word & ~(CODE_MASK << BACK_SHIFT) | code);
    }

    private long entry(long page) {
        assert page >= 0 && page < PageTable.PAGES;
        return base + (page << PageTable.ENTRY_SHIFT);
    }
}
