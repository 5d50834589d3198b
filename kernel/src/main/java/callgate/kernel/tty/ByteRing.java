package callgate.kernel.tty;

import callgate.kernel.mm.IoBuffer;

/** A queue of bytes with a limit; grows as needed. Not thread-safe. */
final class ByteRing {
    private static final int INITIAL_BYTES = 256;

    private final int limit;
    private byte[] bytes = new byte[INITIAL_BYTES];
    private int head;
    private int count;

    ByteRing(int limit) {
        this.limit = limit;
    }

    int size() {
        return count;
    }

    int room() {
        return limit - count;
    }

    /** Forgets everything and gives the memory back. */
    void clear() {
        bytes = new byte[INITIAL_BYTES];
        head = 0;
        count = 0;
    }

    /** Appends a byte; false if the ring is full. */
    boolean add(byte b) {
        if (count == limit) {
            return false;
        }
        if (count == bytes.length) {
            grow();
        }
        int tail = head + count;
        bytes[tail < bytes.length ? tail : tail - bytes.length] = b;
        count++;
        return true;
    }

    private void grow() {
        byte[] larger = new byte[Math.min(limit, bytes.length * 2)];
        int first = Math.min(count, bytes.length - head);
        System.arraycopy(bytes, head, larger, 0, first);
        System.arraycopy(bytes, 0, larger, first, count - first);
        bytes = larger;
        head = 0;
    }

    /** The oldest byte. There must be one. */
    byte poll() {
        byte b = bytes[head];
        drop(1);
        return b;
    }

    private void drop(int length) {
        head += length;
        if (head >= bytes.length) {
            head -= bytes.length;
        }
        count -= length;
    }

    /** Moves at most {@code most} of the oldest bytes to a buffer; returns how many. */
    int moveTo(IoBuffer to, int most) {
        int done = 0;
        while (done < most && count > 0 && to.remaining() > 0) {
            int run = Math.min(Math.min(most - done, count), bytes.length - head);
            int moved = to.put(bytes, head, (int) Math.min(run, to.remaining()));
            drop(moved);
            done += moved;
            if (moved == 0) {
                break;
            }
        }
        return done;
    }

    /** Takes all bytes out. */
    byte[] takeAll() {
        byte[] all = new byte[count];
        for (int i = 0; i < all.length; i++) {
            all[i] = poll();
        }
        return all;
    }
}
