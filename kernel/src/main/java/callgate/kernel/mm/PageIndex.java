package callgate.kernel.mm;

import java.util.Arrays;
import java.util.TreeMap;

/**
 * A sparse map from page number to a non-zero int. The first {@link #LOW} pages lie in one array
 * that grows as needed, since most files are small; the others in leaves of {@link #LEAF} entries,
 * which are small because a guest may have a file of single pages far apart. Not thread-safe.
 */
final class PageIndex {
    private static final int LOW = 512;
    private static final int LEAF_SHIFT = 6;
    private static final int LEAF = 1 << LEAF_SHIFT;
    private static final int[] NONE = {};

    private int[] low = NONE;
    private int[] lowPreferred = NONE;
    private TreeMap<Long, int[]> leaves;
    private long lastNumber = -1;
    private int[] lastLeaf;
    private long count;

    int get(long page) {
        if (page < LOW) {
            return page < low.length ? low[(int) page] : 0;
        }
        int[] leaf = leaf(page >>> LEAF_SHIFT);
        return leaf == null ? 0 : leaf[(int) page & LEAF - 1];
    }

    private int[] leaf(long number) {
        if (number != lastNumber) {
            int[] leaf = leaves == null ? null : leaves.get(number);
            if (leaf == null) {
                return null;
            }
            lastLeaf = leaf;
            lastNumber = number;
        }
        return lastLeaf;
    }

    /** Stores a value, or with 0 removes it; returns the one before. */
    int set(long page, int value) {
        int[] leaf = page < LOW ? lowFor(page, value) : leafFor(page >>> LEAF_SHIFT, value);
        if (leaf == null) {
            return 0;
        }
        int at = page < LOW ? (int) page : (int) page & LEAF - 1;
        int before = leaf[at];
        leaf[at] = value;
        count += (value != 0 ? 1 : 0) - (before != 0 ? 1 : 0);
        return before;
    }

    private int[] lowFor(long page, int value) {
        if (page >= low.length) {
            if (value == 0) {
                return null;
            }
            low =
                    Arrays.copyOf(
                            low, Math.min(LOW, Math.max(4, Integer.highestOneBit((int) page) * 2)));
        }
        return low;
    }

    private int[] leafFor(long number, int value) {
        int[] leaf = leaf(number);
        if (leaf == null && value != 0) {
            leaf = new int[LEAF + 1]; // and what the block prefers
            if (leaves == null) {
                leaves = new TreeMap<>();
            }
            leaves.put(number, leaf);
        }
        return leaf;
    }

    /**
     * What {@link #prefer} noted for a block of {@link #LEAF} pages, or 0; it is forgotten together
     * with a leaf.
     */
    int preferred(long block) {
        if (block < LOW >>> LEAF_SHIFT) {
            return block < lowPreferred.length ? lowPreferred[(int) block] : 0;
        }
        int[] leaf = leaf(block);
        return leaf == null ? 0 : leaf[LEAF];
    }

    /** Notes the first of the frames that a block prefers. */
    void prefer(long block, int frame) {
        if (block < LOW >>> LEAF_SHIFT) {
            if (block >= lowPreferred.length) {
                lowPreferred = Arrays.copyOf(lowPreferred, (int) block + 1);
            }
            lowPreferred[(int) block] = frame;
        } else {
            leafFor(block, frame)[LEAF] = frame;
        }
    }

    /** The first page at or after {@code page} that has a value, or -1. */
    long next(long page) {
        for (long p = page; p < low.length; p++) {
            if (low[(int) p] != 0) {
                return p;
            }
        }
        if (leaves == null) {
            return -1;
        }
        long from = Math.max(page, LOW);
        for (var entry : leaves.tailMap(from >>> LEAF_SHIFT, true).entrySet()) {
            long base = entry.getKey() << LEAF_SHIFT;
            int[] leaf = entry.getValue();
            for (int i = (int) Math.max(0, from - base); i < LEAF; i++) {
                if (leaf[i] != 0) {
                    return base + i;
                }
            }
        }
        return -1;
    }

    /**
     * Forgets the leaves that lie wholly between two pages; all their pages were removed before.
     */
    void dropLeaves(long firstPage, long endPage) {
        if (leaves != null) {
            long first = (firstPage + LEAF - 1) >>> LEAF_SHIFT;
            long end = endPage >>> LEAF_SHIFT;
            if (first < end) {
                leaves.subMap(first, end).clear();
                lastNumber = -1;
            }
        }
    }

    long count() {
        return count;
    }
}
