package callgate.kernel.mm;

/**
 * Which frame each page of an address space has, mapped for harts or not: a table of three levels.
 *
 * <p>An entry is a frame number with flags, or 0. Guarded by the address space's lock; {@link #get}
 * may also be called without, and then gives an entry that was true at some moment.
 */
final class PageMap {
    static final int FRAME = (1 << 28) - 1;

    /** The frame is a page of the region's file itself, not a private copy. */
    static final int OF_FILE = 1 << 28;

    static final int LEAF_SHIFT = 9;
    static final int LEAF_PAGES = 1 << LEAF_SHIFT;
    private static final int MIDDLE_SHIFT = 18;
    private static final int ROOT_LENGTH = 1 << 26 - MIDDLE_SHIFT;

    /** What a leaf costs: itself and the part of the page table that it describes, 10 KiB. */
    private static final int LEAF_CHARGE_FRAMES = 3;

    private final FramePool frames;
    private final int[][][] root = new int[ROOT_LENGTH][][];
    private int leaves;

    PageMap(FramePool frames) {
        this.frames = frames;
    }

    int get(long page) {
        int[] leaf = leaf(page);
        return leaf == null ? 0 : leaf[(int) page & LEAF_PAGES - 1];
    }

    /** The leaf that a page belongs to, or null. */
    int[] leaf(long page) {
        int[][] middle = root[(int) (page >>> MIDDLE_SHIFT)];
        return middle == null ? null : middle[(int) (page >>> LEAF_SHIFT) & LEAF_PAGES - 1];
    }

    /** As {@link #leaf}, made if need be; null if memory is exhausted. */
    int[] makeLeaf(long page) {
        int[][] middle = root[(int) (page >>> MIDDLE_SHIFT)];
        if (middle == null) {
            middle = root[(int) (page >>> MIDDLE_SHIFT)] = new int[LEAF_PAGES][];
        }
        int at = (int) (page >>> LEAF_SHIFT) & LEAF_PAGES - 1;
        if (middle[at] == null && frames.charge(LEAF_CHARGE_FRAMES)) {
            middle[at] = new int[LEAF_PAGES];
            leaves++;
        }
        return middle[at];
    }

    /**
     * The first page of the next leaf that exists at or after a page's own leaf, or {@code end}.
     */
    long nextLeaf(long page, long end) {
        while (page < end) {
            int[][] middle = root[(int) (page >>> MIDDLE_SHIFT)];
            if (middle == null) {
                page = (page >>> MIDDLE_SHIFT) + 1 << MIDDLE_SHIFT;
            } else if (middle[(int) (page >>> LEAF_SHIFT) & LEAF_PAGES - 1] == null) {
                page = (page >>> LEAF_SHIFT) + 1 << LEAF_SHIFT;
            } else {
                return page;
            }
        }
        return end;
    }

    /** Bytes of page tables, as /proc/PID/status tells them (VmPTE). */
    long tableBytes() {
        return leaves * (long) LEAF_CHARGE_FRAMES << 12;
    }

    /** Gives the charge of all leaves back; the map must be empty and is not used any more. */
    void close() {
        frames.uncharge(leaves * LEAF_CHARGE_FRAMES);
        leaves = 0;
    }
}
