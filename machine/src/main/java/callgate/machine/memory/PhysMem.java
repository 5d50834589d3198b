package callgate.machine.memory;

import static callgate.machine.memory.RawMemory.RAW;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Guest RAM: one sparse file of 4 KiB frames with reference counts.
 *
 * <p>A frame number is an index from 1 up; frame 0 is never handed out, so that 0 can mean "none".
 * A new frame reads as zero. A frame whose count falls to zero goes back; freed frames are given to
 * the host in batches, and memory freed is at once available to other guests of this instance.
 * Thread-safe.
 *
 * <p>Who wants frames that are neighbours takes them at places of its choice ({@link #takeInRun},
 * {@link #takeAt}); an unused frame in between costs the host nothing, and any frame is taken
 * before memory counts as exhausted.
 */
public final class PhysMem implements AutoCloseable {
    public static final int PAGE_SHIFT = 12;
    public static final int PAGE_SIZE = 1 << PAGE_SHIFT;

    /** Frame numbers are below this, so that tables can keep four flags beside one in an int. */
    public static final int MAX_FRAMES = (1 << 28) - 1;

    /** Frames of an aligned block, whose neighbourhood {@link #takeInRun} keeps: 256 KiB. */
    public static final int BLOCK_FRAMES = FrameMap.BLOCK;

    /** Of the freed frames as many stay with this process however long they lie unused. */
    private static final int UNUSED_FRAMES = 256;

    private final SparseFile file;
    private final long base;

    /**
     * Host address of the reference counts, four bytes a frame, behind the frames in the same file:
     * those of frames never used cost nothing there.
     */
    private final long counts;

    private final int frameLimit;

    /** Freed frames that stay with this process; twice as many make it give a batch back. */
    private final int keptFrames;

    private final Object lock = new Object();

    // guarded by lock
    private final FrameMap map;
    private int used;
    private Runnable whenUnused = () -> {};
    private boolean toldUnused;
    private boolean closed;
    private int returning; // batches that are on their way back to the host, and not in the map

    private PhysMem(SparseFile file, int frameLimit) {
        this.file = file;
        this.frameLimit = frameLimit;
        base = file.address();
        counts = base + ((long) frameLimit << PAGE_SHIFT);
        keptFrames = Math.clamp(frameLimit / 64, 2048, 8192);
        map = new FrameMap(frameLimit);
    }

    /** Temporary memory of {@code sizeBytes} (rounded up to a page; at most 1 TiB). */
    public static PhysMem temporary(long sizeBytes) {
        int limit = frameLimit(sizeBytes);
        return new PhysMem(SparseFile.temporary("physmem", fileBytes(limit), sizeBytes), limit);
    }

    /** Memory kept in {@code file} after the run. */
    public static PhysMem kept(Path file, long sizeBytes) {
        int limit = frameLimit(sizeBytes);
        SparseFile kept = SparseFile.kept(file, fileBytes(limit));
        long frames = (long) limit << PAGE_SHIFT;
        kept.release(frames, fileBytes(limit) - frames); // counts of an earlier run
        return new PhysMem(kept, limit);
    }

    private static int frameLimit(long sizeBytes) {
        long frames = (sizeBytes + PAGE_SIZE - 1) >>> PAGE_SHIFT;
        if (frames < 1 || frames > MAX_FRAMES) {
            throw new IllegalArgumentException(
                    "physical memory must be 4 KiB to 1 TiB, not " + sizeBytes + " bytes");
        }
        return (int) frames + 1; // frame 0 is not used
    }

    private static long fileBytes(int frameLimit) {
        long countBytes = (long) Integer.BYTES * frameLimit + PAGE_SIZE - 1 & -PAGE_SIZE;
        return ((long) frameLimit << PAGE_SHIFT) + countBytes;
    }

    /** Host address of a frame's first byte. */
    public long address(int frame) {
        assert frame > 0 && frame < frameLimit;
        return base + ((long) frame << PAGE_SHIFT);
    }

    /** The frame that a host address inside this memory lies in. */
    public int frameAt(long hostAddress) {
        return (int) ((hostAddress - base) >>> PAGE_SHIFT);
    }

    /**
     * A buffer over bytes inside this memory, for the host's input and output; used while the
     * caller holds the frames.
     */
    public ByteBuffer buffer(long hostAddress, int lengthBytes) {
        return file.buffer(hostAddress - base, lengthBytes);
    }

    // ---- taking frames ----
    //
    // Each gives a frame with count 1, and 0 if there is none. What begins with `take` tells by a
    // negative number that the frame holds bytes of its last user: the taker overwrites all of them
    // or clears it.

    /** A zeroed frame with count 1, or 0 if memory is exhausted. */
    public int allocate() {
        return cleared(take());
    }

    /** Makes what a {@code take} method returned a frame that reads as zero. */
    public int cleared(int taken) {
        if (taken >= 0) {
            return taken;
        }
        RAW.fill(address(-taken), PAGE_SIZE, (byte) 0);
        return -taken;
    }

    /** Any frame; negative, if it holds old bytes; 0 if memory is exhausted. */
    public int take() {
        while (true) {
            synchronized (lock) {
                int taken = hasRoom() ? map.take() : 0;
                if (taken != 0 || !hasRoom() || returning == 0) {
                    return inUse(taken);
                }
            }
            Thread.yield(); // the last free ones are just being returned to the host
        }
    }

    /** The given frame if it is free; negative, if it holds old bytes; 0 if it is in use. */
    public int takeAt(int frame) {
        synchronized (lock) {
            return hasRoom() ? inUse(map.takeAt(frame)) : 0;
        }
    }

    /**
     * The given frame if its whole aligned block of {@link #BLOCK_FRAMES} is free; negative, if it
     * holds old bytes; else 0.
     */
    public int takeInFreeBlock(int frame) {
        synchronized (lock) {
            return hasRoom() ? inUse(map.takeInWhole(frame)) : 0;
        }
    }

    /**
     * A frame with room beside it: frame {@code at} of block {@code index} in a run of {@code
     * blocks} free blocks, or in a shorter run if no run is as long. Others leave the rest of the
     * run alone as long as they find room elsewhere. Negative, if the frame holds old bytes; 0 if
     * no block is wholly free.
     */
    public int takeInRun(int blocks, int index, int at) {
        synchronized (lock) {
            return hasRoom() ? inUse(map.takeInRun(blocks, index, at)) : 0;
        }
    }

    private boolean hasRoom() {
        return used < totalFrames();
    }

    private int inUse(int taken) {
        if (taken != 0) {
            used++;
            RAW.putIntOrdered(count(Math.abs(taken)), 1);
        }
        return taken;
    }

    /**
     * Takes room for {@code frames} frames out of the limit without naming any: for tables that
     * belong to guest memory but lie elsewhere. False, and nothing taken, if there is not that much
     * room.
     */
    public boolean charge(int frames) {
        synchronized (lock) {
            if (frames > totalFrames() - used) {
                return false;
            }
            used += frames;
            return true;
        }
    }

    /** Gives room taken by {@link #charge} back. */
    public void uncharge(int frames) {
        synchronized (lock) {
            assert used >= frames;
            used -= frames;
        }
    }

    /** Adds a reference to a frame that has one. */
    public void retain(int frame) {
        int before = RAW.getAndAddInt(count(frame), 1);
        assert before > 0 : "retain of a free frame";
    }

    /** Drops a reference; the frame is freed with the last one. Returns true if it was the last. */
    public boolean release(int frame) {
        int before = RAW.getAndAddInt(count(frame), -1);
        assert before > 0 : "release of a free frame";
        if (before != 1) {
            return false;
        }
        free(new int[] {frame}, 1);
        return true;
    }

    /** How many references a frame has; a snapshot. */
    public int references(int frame) {
        return RAW.getIntOrdered(count(frame));
    }

    /** Host address of a frame's count. */
    private long count(int frame) {
        assert frame > 0 && frame < frameLimit;
        return counts + (long) Integer.BYTES * frame;
    }

    /** Frames in use, with room taken by {@link #charge}. */
    public int usedFrames() {
        synchronized (lock) {
            return used;
        }
    }

    /** Frames there are in all. */
    public int totalFrames() {
        return frameLimit - 1;
    }

    /**
     * Drops a reference of each of the first {@code count} frames: as {@link #release}, with the
     * lock taken once.
     */
    public void release(int[] frames, int count) {
        int last = 0;
        for (int i = 0; i < count; i++) {
            int before = RAW.getAndAddInt(count(frames[i]), -1);
            assert before > 0 : "release of a free frame";
            if (before == 1) {
                frames[last++] = frames[i];
            }
        }
        if (last > 0) {
            free(frames, last);
        }
    }

    private void free(int[] frames, int count) {
        int[] batch = null;
        Runnable tell = null;
        synchronized (lock) {
            used -= count;
            for (int i = 0; i < count; i++) {
                map.give(frames[i]);
            }
            if (map.staleCount() >= 2 * keptFrames) {
                batch = map.takeStale(map.staleCount() - keptFrames);
                returning++;
            }
            if (!toldUnused && map.staleCount() > UNUSED_FRAMES) {
                toldUnused = true;
                map.markStale();
                tell = whenUnused;
            }
        }
        if (batch != null) {
            giveBack(batch);
        }
        if (tell != null) {
            tell.run();
        }
    }

    /**
     * Sets what is called, on a thread that frees, when there are many freed frames: it is to see
     * to a call of {@link #trim} after some time.
     */
    public void whenUnused(Runnable action) {
        synchronized (lock) {
            whenUnused = action;
        }
    }

    /**
     * Gives the host back what lay unused since {@link #whenUnused} or the last call. True if there
     * still are many freed frames, and it is to be called again.
     */
    public boolean trim() {
        int[] batch;
        boolean more;
        synchronized (lock) {
            int unused = map.leastStale() - UNUSED_FRAMES;
            if (closed) {
                return false;
            }
            batch = map.takeStale(Math.max(0, unused));
            returning++;
            map.markStale();
            more = map.staleCount() > UNUSED_FRAMES;
            toldUnused = more;
        }
        giveBack(batch);
        return more;
    }

    /** Returns frames, in ascending order, to the host, neighbours together. */
    private void giveBack(int[] frames) {
        for (int i = 0; i < frames.length; ) {
            int end = i + 1;
            while (end < frames.length && frames[end] == frames[end - 1] + 1) {
                end++;
            }
            file.release((long) frames[i] << PAGE_SHIFT, (long) (end - i) << PAGE_SHIFT);
            i = end;
        }
        synchronized (lock) {
            returning--;
            for (int frame : frames) {
                map.giveZeroed(frame);
            }
        }
    }

    private boolean isReturning() {
        synchronized (lock) {
            return returning > 0;
        }
    }

    /** Unmaps the memory. No hart may run on it any more. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
        }
        while (isReturning()) {
            Thread.onSpinWait();
        }
        file.close();
    }
}
