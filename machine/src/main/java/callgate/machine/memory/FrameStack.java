package callgate.machine.memory;

import java.util.Arrays;

/** A growable stack of frame numbers. Not thread-safe. */
final class FrameStack {
    private int[] frames = new int[256];
    private int size;

    void push(int frame) {
        if (size == frames.length) {
            frames = Arrays.copyOf(frames, size * 2);
        }
        frames[size++] = frame;
    }

    int pop() {
        return frames[--size];
    }

    boolean isNotEmpty() {
        return size > 0;
    }

    int size() {
        return size;
    }

    /** Removes and returns the newest {@code count} frames. */
    int[] takeTop(int count) {
        int[] taken = Arrays.copyOfRange(frames, size - count, size);
        size -= count;
        return taken;
    }
}
