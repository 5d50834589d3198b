package callgate.machine.memory;

import static callgate.machine.memory.RawMemory.RAW;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Guest RAM: one sparse file of 4 KiB frames with reference counts.
 *
 * <p>A frame number is an index from 1 up; frame 0 is never handed out, so that 0 can mean "none".
 * A new frame reads as zero. A frame whose count falls to zero goes back; freed frames are given to
 * the host in batches, and memory freed is at once available to other guests of this instance.
 * Thread-safe.
 */
public final class PhysMem implements AutoCloseable {
    public static final int PAGE_SHIFT = 12;
    public static final int PAGE_SIZE = 1 << PAGE_SHIFT;

    /** Frame numbers are below this, so that tables can keep four flags beside one in an int. */
    public static final int MAX_FRAMES = (1 << 28) - 1;

    private static final int RELEASE_BATCH = 1024;
    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(int[].class);

    private final SparseFile file;
    private final long base;
    private final int[] counts;
    private final int frameLimit;
    private final Object lock = new Object();

    // guarded by lock: frames below `fresh` were used before; `dirty` holds freed ones that must be
    // zeroed, `clean` zero ones
    private int fresh = 1;
    private final FrameStack dirty = new FrameStack();
    private final FrameStack clean = new FrameStack();
    private int used;
    private int
            returning; // batches that are in neither stack, on their way from `dirty` to `clean`

    private PhysMem(SparseFile file) {
        this.file = file;
        base = file.address();
        frameLimit = (int) (file.sizeBytes() >>> PAGE_SHIFT);
        counts = new int[frameLimit];
    }

    /** Temporary memory of {@code sizeBytes} (rounded up to a page; at most 1 TiB). */
    public static PhysMem temporary(long sizeBytes) {
        return new PhysMem(SparseFile.temporary("physmem", fileSize(sizeBytes), sizeBytes));
    }

    /** Memory kept in {@code file} after the run. */
    public static PhysMem kept(Path file, long sizeBytes) {
        return new PhysMem(SparseFile.kept(file, fileSize(sizeBytes)));
    }

    private static long fileSize(long sizeBytes) {
        long frames = (sizeBytes + PAGE_SIZE - 1) >>> PAGE_SHIFT;
        if (frames < 1 || frames > MAX_FRAMES) {
            throw new IllegalArgumentException(
                    "physical memory must be 4 KiB to 1 TiB, not " + sizeBytes + " bytes");
        }
        return (frames + 1) << PAGE_SHIFT; // frame 0 is not used
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

    /** A zeroed frame with count 1, or 0 if memory is exhausted. */
    public int allocate() {
        while (true) {
            int frame;
            boolean mustZero = false;
            synchronized (lock) {
                if (used == totalFrames()) {
                    return 0;
                }
                if (clean.isNotEmpty()) {
                    frame = clean.pop();
                } else if (dirty.isNotEmpty()) {
                    frame = dirty.pop();
                    mustZero = true;
                } else if (fresh < frameLimit) {
                    frame = fresh++;
                } else {
                    frame = 0; // the last free ones are just being returned to the host, or charged
                    if (returning == 0) {
                        return 0;
                    }
                }
                used += frame != 0 ? 1 : 0;
            }
            if (frame != 0) {
                if (mustZero) {
                    RAW.fill(address(frame), PAGE_SIZE, (byte) 0);
                }
                COUNT.setRelease(counts, frame, 1);
                return frame;
            }
            Thread.onSpinWait();
        }
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
        int before = (int) COUNT.getAndAdd(counts, frame, 1);
        assert before > 0 : "retain of a free frame";
    }

    /** Drops a reference; the frame is freed with the last one. Returns true if it was the last. */
    public boolean release(int frame) {
        int before = (int) COUNT.getAndAdd(counts, frame, -1);
        assert before > 0 : "release of a free frame";
        if (before != 1) {
            return false;
        }
        free(new int[] {frame}, 1);
        return true;
    }

    /** How many references a frame has; a snapshot. */
    public int references(int frame) {
        return (int) COUNT.getAcquire(counts, frame);
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
            int before = (int) COUNT.getAndAdd(counts, frames[i], -1);
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
        synchronized (lock) {
            used -= count;
            for (int i = 0; i < count; i++) {
                dirty.push(frames[i]);
            }
            if (dirty.size() >= 2 * RELEASE_BATCH) {
                batch = dirty.takeTop(dirty.size() - RELEASE_BATCH);
                returning++;
            }
        }
        if (batch != null) {
            giveBack(batch);
        }
    }

    /** Returns frames to the host, neighbours together; they come back as clean ones. */
    private void giveBack(int[] frames) {
        Arrays.sort(frames);
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
            for (int i = frames.length - 1; i >= 0; i--) {
                clean.push(frames[i]);
            }
        }
    }

    /** Unmaps the memory. No hart may run on it any more. */
    @Override
    public void close() {
        file.close();
    }
}
