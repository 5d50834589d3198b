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

    /** Behind the entries of a leaf: what its blocks prefer, see {@link #preferred}. */
    private static final int PREFERRED = LEAF_PAGES;

    private static final int SECOND = PREFERRED + (LEAF_PAGES >>> Placement.BLOCK_SHIFT);
    private static final int LEAF_LENGTH = SECOND + (LEAF_PAGES >>> Placement.BLOCK_SHIFT);

    private static final int MIDDLE_SHIFT = 18;
    private static final int ROOT_LENGTH = 1 << 26 - MIDDLE_SHIFT;

    /** What a leaf costs: itself and the part of the page table that it describes, 10 KiB. */
    private static final int LEAF_CHARGE_FRAMES = 3;

    private final FramePool frames;
    private final int[][][] root = new int[ROOT_LENGTH][][];

    /** A bit for each leaf that exists, by the middle table that it belongs to; null as that. */
    private final long[][] present = new long[ROOT_LENGTH][];

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
        int rootAt = (int) (page >>> MIDDLE_SHIFT);
        int[][] middle = root[rootAt];
        if (middle == null) {
            middle = root[rootAt] = new int[LEAF_PAGES][];
            present[rootAt] = new long[LEAF_PAGES >>> 6];
        }
        int at = (int) (page >>> LEAF_SHIFT) & LEAF_PAGES - 1;
        if (middle[at] == null && frames.charge(LEAF_CHARGE_FRAMES)) {
            middle[at] = new int[LEAF_LENGTH];
            present[rootAt][at >>> 6] |= 1L << at;
            leaves++;
        }
        return middle[at];
    }

    /**
     * The first frame of those that the block of entry {@code at} prefers ({@link Placement}), or
     * 0.
     */
    static int preferred(int[] leaf, int at) {
        return leaf[PREFERRED + (at >>> Placement.BLOCK_SHIFT)];
    }

    /** The second choice: while copy-on-write shares the first, the copies go there. */
    static int secondPreferred(int[] leaf, int at) {
        return leaf[SECOND + (at >>> Placement.BLOCK_SHIFT)];
    }

    /** Sets what a block prefers, or its second choice if it prefers something already. */
    static void prefer(int[] leaf, int at, int frame) {
        int block = at >>> Placement.BLOCK_SHIFT;
        leaf[leaf[PREFERRED + block] == 0 ? PREFERRED + block : SECOND + block] = frame;
    }

    /** As {@link #preferred} of a block of 64 pages of the address space. */
    int preferredByBlock(long block) {
        long page = block << Placement.BLOCK_SHIFT;
        int[] leaf = leaf(page);
        return leaf == null ? 0 : preferred(leaf, (int) page & LEAF_PAGES - 1);
    }

    /**
     * The first page of the next leaf that exists at or after a page's own leaf, or {@code end}.
     */
    long nextLeaf(long page, long end) {
        while (page < end) {
            long[] bits = present[(int) (page >>> MIDDLE_SHIFT)];
            if (bits == null) {
                page = (page >>> MIDDLE_SHIFT) + 1 << MIDDLE_SHIFT;
                continue;
            }
            int number = (int) (page >>> LEAF_SHIFT);
            long here = bits[(number & LEAF_PAGES - 1) >>> 6] >>> number;
            if ((here & 1) != 0) {
                return page;
            }
            int step = here == 0 ? 64 - (number & 63) : Long.numberOfTrailingZeros(here);
            page = (page >>> LEAF_SHIFT) + step << LEAF_SHIFT;
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
