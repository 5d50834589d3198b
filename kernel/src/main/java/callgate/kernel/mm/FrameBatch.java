package callgate.kernel.mm;

import callgate.machine.memory.PhysMem;
import java.util.Arrays;

/** Frames whose references are to be dropped together. Not thread-safe. */
final class FrameBatch {
    private static final int[] NONE = {};

    private int[] frames = NONE;
    private int count;

    void add(int frame) {
        if (count == frames.length) {
            frames = Arrays.copyOf(frames, Math.max(16, count * 2));
        }
        frames[count++] = frame;
    }

    int count() {
        return count;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Drops the references and empties the batch. */
    void release(PhysMem memory) {
        memory.release(frames, count);
        clear();
    }

    private void clear() {
        count = 0;
        if (frames.length > 4096) {
            frames = NONE;
        }
    }
}
