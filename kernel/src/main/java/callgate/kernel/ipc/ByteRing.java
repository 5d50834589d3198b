package callgate.kernel.ipc;

import callgate.kernel.mm.IoBuffer;
import callgate.kernel.vfs.HeapBudget;

/**
 * Bytes in the order in which they came. Grows as needed, as far as the budget allows; the first
 * {@link #MINIMUM} bytes are always granted, so that everybody can go on, if slowly. Not
 * thread-safe.
 */
public final class ByteRing {
    /** Also what a write may rely on to fit into an empty ring. */
    public static final int MINIMUM = 4096;

    private static final byte[] NONE = {};

    private final HeapBudget budget;
    private byte[] bytes = NONE;
    private int head;
    private int count;

    public ByteRing(HeapBudget budget) {
        this.budget = budget;
    }

    public int count() {
        return count;
    }

    /** Makes room for up to {@code wanted} more bytes; for how many there is room. */
    public int reserve(int wanted) {
        int needed = count + wanted;
        if (needed > bytes.length) {
            grow(needed);
        }
        return Math.min(wanted, bytes.length - count);
    }

    private void grow(int needed) {
        int length = Math.max(MINIMUM, bytes.length);
        while (length < needed) {
            length *= 2;
        }
        if (charge(length)) {
            resize(length);
        } else if (bytes.length < MINIMUM) {
            resize(MINIMUM);
        }
    }

    /** Makes room for {@code wanted} more bytes, whatever the budget says. */
    public void reserveWhole(int wanted) {
        int room = reserve(wanted);
        if (room < wanted) {
            int length = count + wanted;
            budget.charge(charged(length) - charged(bytes.length));
            resize(length);
        }
    }

    private boolean charge(int length) {
        int more = charged(length) - charged(bytes.length);
        return more <= 0 || budget.take(more);
    }

    private static int charged(int length) {
        return Math.max(0, length - MINIMUM);
    }

    private void resize(int length) {
        byte[] other = new byte[length];
        int first = Math.min(count, bytes.length - head);
        System.arraycopy(bytes, head, other, 0, first);
        System.arraycopy(bytes, 0, other, first, count - first);
        bytes = other;
        head = 0;
    }

    /**
     * Gives memory back: afterwards there is room for {@code capacity} bytes, or for what is there
     * if that is more.
     */
    public void shrink(int capacity) {
        int length = Math.max(capacity, count);
        if (length < bytes.length) {
            budget.give(charged(bytes.length) - charged(length));
            resize(length);
        }
    }

    /** Puts up to {@code length} bytes, for which there is room; how many the buffer gave. */
    public int put(IoBuffer from, int length) {
        int done = 0;
        while (done < length) {
            int tail = head + count;
            tail = tail >= bytes.length ? tail - bytes.length : tail;
            int run = Math.min(length - done, bytes.length - tail);
            int moved = from.get(bytes, tail, run);
            count += moved;
            done += moved;
            if (moved < run) {
                break;
            }
        }
        return done;
    }

    /** Puts bytes in front, for which there is room. */
    public void putFront(byte[] from, int offset, int length) {
        for (int i = length - 1; i >= 0; i--) {
            head = (head == 0 ? bytes.length : head) - 1;
            bytes[head] = from[offset + i];
        }
        count += length;
    }

    /** Takes away the last bytes that were put. */
    public void unput(int length) {
        count -= length;
    }

    /** Takes up to {@code limit} bytes out; how many. */
    public int take(IoBuffer to, int limit) {
        int done = 0;
        int length = Math.min(count, limit);
        while (done < length && to.remaining() > 0) {
            int run = (int) Math.min(Math.min(length - done, bytes.length - head), to.remaining());
            int moved = to.put(bytes, head, run);
            drop(moved);
            done += moved;
            if (moved < run) {
                break;
            }
        }
        return done;
    }

    /** As {@link #take}, but leaves the bytes there. */
    public int peek(IoBuffer to, int limit) {
        return peek(to, 0, limit);
    }

    /** As {@link #peek}, starting {@code offset} bytes further on. */
    public int peek(IoBuffer to, int offset, int limit) {
        int done = 0;
        int length = Math.min(count - offset, limit);
        while (done < length && to.remaining() > 0) {
            int at = head + offset + done;
            at = at >= bytes.length ? at - bytes.length : at;
            int run = (int) Math.min(Math.min(length - done, bytes.length - at), to.remaining());
            int moved = to.put(bytes, at, run);
            done += moved;
            if (moved < run) {
                break;
            }
        }
        return done;
    }

    /** Forgets the first bytes. */
    public void drop(int length) {
        count -= length;
        head += length;
        if (head >= bytes.length) {
            head -= bytes.length;
        }
        if (count == 0) {
            head = 0;
        }
    }

    /** Forgets everything and gives the memory back. */
    public void clear() {
        budget.give(charged(bytes.length));
        bytes = NONE;
        head = 0;
        count = 0;
    }
}
