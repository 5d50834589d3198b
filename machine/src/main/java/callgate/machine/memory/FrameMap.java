package callgate.machine.memory;

/**
 * Which frames are free, and which of these hold old bytes: bitmaps of a bit a frame, with
 * summaries of a bit a block of {@link #BLOCK} frames. Not thread-safe.
 *
 * <p>Frames are taken in three ways, so that who wants neighbours finds room beside its frames:
 * singly from blocks that are <em>opened</em> for that; at a given place; or from a run of blocks
 * that are wholly free. A block is opened when no opened one has a free frame, and is opened no
 * more when it is wholly free again. Only when no block is wholly free are blocks opened in which
 * others took frames at a place of their choice.
 *
 * <p>What a method takes it returns as a frame number; negative, if the frame holds old bytes; 0
 * for none.
 */
final class FrameMap {
    static final int BLOCK_SHIFT = 6;
    static final int BLOCK = 1 << BLOCK_SHIFT;

    private static final long ALL = -1L;

    /** How many runs that are too short one search looks at. */
    private static final int RUNS_LOOKED_AT = 128;

    private final int frameLimit;
    private final int blockCount;

    // a bit a frame, a word a block
    private final long[] free;
    private final long[] stale; // a part of `free`
    private int staleCount;
    private int leastStale; // since markStale()
    private int staleEnd; // no block from here on has a stale frame

    // a bit a block
    private final long[] some; // it has a free frame
    private final long[] whole; // all its frames are free
    private final long[] opened; // single frames are taken from it
    private int wholeCount;
    private int wholeStart; // no block before the one of this word's first bit is wholly free
    private int openCount; // blocks that are opened and have a free frame
    private int current; // the opened block that single frames came from last

    /** Frames from 1 to {@code frameLimit - 1} are free and read as zero. */
    FrameMap(int frameLimit) {
        this.frameLimit = frameLimit;
        blockCount = (frameLimit + BLOCK - 1) >>> BLOCK_SHIFT;
        free = new long[blockCount];
        stale = new long[blockCount];
        int summaryWords = (blockCount + 63) >>> 6;
        some = new long[summaryWords];
        whole = new long[summaryWords];
        opened = new long[summaryWords];
        for (int block = 0; block < blockCount; block++) {
            int frames = Math.min(BLOCK, frameLimit - (block << BLOCK_SHIFT));
            long bits = frames == BLOCK ? ALL : (1L << frames) - 1;
            addFree(block, block == 0 ? bits & ~1L : bits);
        }
    }

    /** Free frames that hold old bytes. */
    int staleCount() {
        return staleCount;
    }

    /** The fewest there were since {@link #markStale}: so many nobody needed. */
    int leastStale() {
        return leastStale;
    }

    void markStale() {
        leastStale = staleCount;
    }

    // ---- taking ----

    /** Any frame. */
    int take() {
        int block = current;
        if (free[block] == 0 || !has(opened, block)) {
            block = blockForSingles();
            if (block < 0) {
                return 0;
            }
            current = block;
        }
        long bits = free[block] & stale[block];
        if (bits == 0) {
            bits = free[block];
        }
        return take(block, Long.numberOfTrailingZeros(bits));
    }

    private int blockForSingles() {
        if (openCount > 0) {
            return nextOf(some, opened, current);
        }
        int block = wholeCount > 0 ? nextWhole(0) : nextOf(some, some, current);
        if (block >= 0) {
            opened[block >>> 6] |= 1L << block;
            openCount++;
        }
        return block;
    }

    /** The given frame, if it is free. */
    int takeAt(int frame) {
        if (frame <= 0 || frame >= frameLimit) {
            return 0;
        }
        int block = frame >>> BLOCK_SHIFT;
        return (free[block] & 1L << frame) == 0 ? 0 : take(block, frame & BLOCK - 1);
    }

    /** The given frame, if its whole block is free. */
    int takeInWhole(int frame) {
        if (frame <= 0 || frame >= frameLimit) {
            return 0;
        }
        int block = frame >>> BLOCK_SHIFT;
        return has(whole, block) ? take(block, frame & BLOCK - 1) : 0;
    }

    /**
     * Frame {@code at} of block {@code index} of a run of {@code length} wholly free blocks; of a
     * shorter run if there is none as long.
     */
    int takeInRun(int length, int index, int at) {
        if (wholeCount == 0) {
            return 0;
        }
        int wanted = Math.min(length, blockCount);
        int position = index % wanted;
        while (wanted > 1) {
            int first = findRun(wanted);
            if (first >= 0) {
                return take(first + position, at);
            }
            wanted = (wanted + 1) >>> 1;
            position %= wanted;
        }
        return take(nextWhole(0), at);
    }

    /**
     * Long runs are looked for behind the first quarter, short ones from the start on, so that they
     * do not cut each other short.
     */
    private int findRun(int length) {
        int from = length < 8 ? 0 : blockCount / 4;
        int first = findRun(length, from, blockCount);
        return first < 0 && from > 0 ? findRun(length, 0, from + length) : first;
    }

    private int findRun(int length, int from, int to) {
        int looked = 0;
        for (int first = nextWhole(from); first >= 0 && first < to; ) {
            int end = runEnd(first, first + length);
            if (end == first + length) {
                return first;
            }
            if (++looked == RUNS_LOOKED_AT) {
                return -1;
            }
            first = nextWhole(end);
        }
        return -1;
    }

    /** The first block from {@code first} on that is not wholly free, or {@code limit}. */
    private int runEnd(int first, int limit) {
        int block = first;
        while (block < limit && block < blockCount) {
            int ones = Long.numberOfTrailingZeros(~(whole[block >>> 6] >>> block));
            int left = 64 - (block & 63);
            if (ones < left) {
                return Math.min(block + ones, limit);
            }
            block += left;
        }
        return Math.min(Math.min(block, limit), blockCount);
    }

    private int take(int block, int at) {
        long bit = 1L << at;
        if (free[block] == ALL) {
            whole[block >>> 6] &= ~(1L << block);
            wholeCount--;
        }
        free[block] &= ~bit;
        if (free[block] == 0) {
            some[block >>> 6] &= ~(1L << block);
            openCount -= has(opened, block) ? 1 : 0;
        }
        int frame = (block << BLOCK_SHIFT) + at;
        if ((stale[block] & bit) == 0) {
            return frame;
        }
        stale[block] &= ~bit;
        staleCount--;
        leastStale = Math.min(leastStale, staleCount);
        return -frame;
    }

    // ---- giving ----

    /** A frame with old bytes is free. */
    void give(int frame) {
        int block = frame >>> BLOCK_SHIFT;
        stale[block] |= 1L << frame;
        staleCount++;
        staleEnd = Math.max(staleEnd, block + 1);
        addFree(block, 1L << frame);
    }

    /** A frame that reads as zero is free. */
    void giveZeroed(int frame) {
        addFree(frame >>> BLOCK_SHIFT, 1L << frame);
    }

    private void addFree(int block, long bits) {
        assert (free[block] & bits) == 0 : "frame is free already";
        long summary = 1L << block;
        boolean isOpened = has(opened, block);
        if (free[block] == 0) {
            some[block >>> 6] |= summary;
            openCount += isOpened ? 1 : 0;
        }
        free[block] |= bits;
        if (isOpened) {
            current = block; // what was used last is in the host's caches
        }
        if (free[block] == ALL) {
            whole[block >>> 6] |= summary;
            wholeCount++;
            wholeStart = Math.min(wholeStart, block >>> 6);
            openCount -= isOpened ? 1 : 0;
            opened[block >>> 6] &= ~summary;
        }
    }

    /**
     * Takes up to {@code count} free frames with old bytes, the highest: single frames and small
     * runs are taken from the lowest.
     */
    int[] takeStale(int count) {
        int[] taken = new int[Math.min(count, staleCount)];
        int at = taken.length;
        while (at > 0) {
            int block = staleEnd - 1;
            while (stale[block] != 0 && at > 0) {
                taken[--at] = -take(block, 63 - Long.numberOfLeadingZeros(stale[block]));
            }
            if (stale[block] == 0) {
                staleEnd = block;
            }
        }
        return taken; // ascending
    }

    // ---- bits ----

    private static boolean has(long[] bits, int block) {
        return (bits[block >>> 6] & 1L << block) != 0;
    }

    /** The first wholly free block at or after {@code from}, or -1. */
    private int nextWhole(int from) {
        int word = from >>> 6;
        if (word >= whole.length) {
            return -1;
        }
        boolean atStart = word <= wholeStart && (from & 63) == 0;
        if (word < wholeStart) {
            word = wholeStart;
            atStart = true;
        }
        long bits = atStart ? whole[word] : whole[word] & ALL << from;
        while (bits == 0) {
            if (++word == whole.length) {
                return -1;
            }
            bits = whole[word];
        }
        if (atStart) {
            wholeStart = word;
        }
        return (word << 6) + Long.numberOfTrailingZeros(bits);
    }

    /** A block that is in both sets, the next one after {@code from}, around the end; or -1. */
    private static int nextOf(long[] one, long[] other, int from) {
        int start = from >>> 6;
        for (int i = 0; i < one.length; i++) {
            int word = start + i;
            word -= word >= one.length ? one.length : 0;
            long bits = one[word] & other[word];
            if (bits != 0) {
                return (word << 6) + Long.numberOfTrailingZeros(bits);
            }
        }
        return -1;
    }
}
