package callgate.kernel.mm;

import callgate.machine.memory.PhysMem;

/**
 * Chooses frames so that pages which are neighbours in an address space, or in a file, are
 * neighbours in physmem: then one delta is good for all of them, and translated code that walks
 * over them seldom has to look into the page table.
 *
 * <p>Pages are dealt with in blocks of {@link PhysMem#BLOCK_FRAMES}. A block of pages remembers the
 * block of frames that it prefers, as the first frame's number, whether its pages are there or not;
 * so it does not matter in which order they come, and memory that comes and goes uses the same
 * frames again. A new block goes where the block beside it continues; else into a run of free
 * frames as long as the region. This is only a preference: frames may have been taken by others,
 * and then a page gets any.
 */
final class Placement {
    static final int BLOCK_SHIFT = Integer.numberOfTrailingZeros(PhysMem.BLOCK_FRAMES);
    static final int BLOCK_PAGES = PhysMem.BLOCK_FRAMES;

    /** Runs are not looked for beyond this: 256 MiB. */
    private static final long LONGEST_RUN = 1024;

    /** How many blocks on either side are looked at: 32 MiB. */
    private static final int FAR = 128;

    /** What blocks prefer: of an address space or a file. */
    @FunctionalInterface
    interface Preferences {
        /** The first frame that a block of pages prefers, or 0. */
        int of(long block);
    }

    private final PhysMem memory;
    private final Preferences preferences;

    Placement(PhysMem memory, Preferences preferences) {
        this.memory = memory;
        this.preferences = preferences;
    }

    /**
     * Takes a frame for a page whose block has no preference yet, or whose preferred frame is in
     * use: in a block that is wholly free, as the results of {@link PhysMem#takeInRun}.
     *
     * @param firstPage the first page of the region or file
     * @param endPage the page after its last
     */
    int takeInNewBlock(long page, long firstPage, long endPage) {
        long block = page >>> BLOCK_SHIFT;
        long first = firstPage >>> BLOCK_SHIFT;
        long last = endPage - 1 >>> BLOCK_SHIFT;
        int at = (int) page & BLOCK_PAGES - 1;
        long far = Math.min(FAR, Math.max(block - first, last - block));
        for (int distance = 1; distance <= far; distance++) {
            int taken = takeBeside(block, -distance, first, last, at);
            if (taken == 0) {
                taken = takeBeside(block, distance, first, last, at);
            }
            if (taken != 0) {
                return taken;
            }
        }
        long blocks = last - first + 1;
        long index = block - first;
        if (index > 0 && preferences.of(block - 1) != 0) {
            // grows, and cannot go on where it was: as much room again as it has, to move seldom
            blocks = Math.max(last - block + 1, index);
            index = 0;
        }
        int length = (int) Math.min(blocks, LONGEST_RUN);
        return memory.takeInRun(length, (int) (index % length), at);
    }

    /** Continues the run of a block that is {@code distance} blocks away. */
    private int takeBeside(long block, int distance, long first, long last, int at) {
        long other = block + distance;
        int preferred = other < first || other > last ? 0 : preferences.of(other);
        return preferred == 0
                ? 0
                : memory.takeInFreeBlock(preferred - (distance << BLOCK_SHIFT) + at);
    }
}
