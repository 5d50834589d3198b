package callgate.kernel.ipc;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.vfs.HeapBudget;
import callgate.kernel.wait.WaitQueue;

/**
 * The bytes between two ends of a pipe or FIFO: they are at most its capacity. Writes of at most
 * {@link #ATOMIC_BYTES} are never mixed with others. Thread-safe. See pipe(7).
 */
final class Pipe {
    /** PIPE_BUF. */
    static final int ATOMIC_BYTES = 4096;

    static final int DEFAULT_CAPACITY = 65536;

    /** /proc/sys/fs/pipe-max-size. */
    static final int MAX_CAPACITY = 1 << 20;

    private final WaitQueue queue = new WaitQueue();

    // guarded by this
    private final ByteRing ring;
    private int capacity = DEFAULT_CAPACITY;
    private int readers;
    private int writers;
    private long readerOpens;
    private long writerOpens;

    Pipe(HeapBudget budget) {
        ring = new ByteRing(budget);
    }

    WaitQueue queue() {
        return queue;
    }

    // ---- ends ----

    /**
     * How an end was opened.
     *
     * @param alone whether the other end was not open at that moment; it may have come and gone
     *     since
     * @param readerOpens how often a reader had come, this one included
     */
    record Opening(boolean alone, long readerOpens, long writerOpens) {}

    Opening opened(boolean reads, boolean writes) {
        Opening opening;
        synchronized (this) {
            if (reads) {
                readers++;
                readerOpens++;
            }
            if (writes) {
                writers++;
                writerOpens++;
            }
            opening = new Opening(reads ? writers == 0 : readers == 0, readerOpens, writerOpens);
        }
        queue.wakeAll();
        return opening;
    }

    void closed(boolean reads, boolean writes) {
        synchronized (this) {
            readers -= reads ? 1 : 0;
            writers -= writes ? 1 : 0;
            if (readers == 0 && writers == 0) {
                ring.clear();
            }
        }
        queue.wakeAll();
    }

    synchronized boolean hasReaders() {
        return readers > 0;
    }

    /**
     * How often a reader has come: an opening writer waits for a change, so that a reader that came
     * and went counts.
     */
    synchronized long readerOpens() {
        return readerOpens;
    }

    synchronized long writerOpens() {
        return writerOpens;
    }

    // ---- bytes ----

    /** Reads what there is: a count, 0 at the end, or {@code -EAGAIN} if there is nothing yet. */
    long tryRead(IoBuffer to) {
        long done;
        boolean left;
        boolean roomy;
        synchronized (this) {
            if (ring.count() == 0) {
                return writers == 0 ? 0 : -Errno.EAGAIN;
            }
            done = ring.take(to, Integer.MAX_VALUE);
            left = ring.count() > 0;
            roomy = isRoomy();
        }
        if (roomy) {
            queue.wake(PollEvents.WRITABLE);
        }
        if (left) {
            queue.wakeNext(PollEvents.READABLE); // readers wait exclusively
        }
        return done;
    }

    /** As {@link #tryRead}, but leaves the bytes there. */
    synchronized long tryPeek(IoBuffer to) {
        if (ring.count() == 0) {
            return writers == 0 ? 0 : -Errno.EAGAIN;
        }
        return ring.peek(to, Integer.MAX_VALUE);
    }

    /**
     * Writes what fits: a count, {@code -EAGAIN} if nothing does (or not all of an atomic write),
     * {@code -EPIPE} without readers.
     */
    long tryWrite(IoBuffer from) {
        long done;
        synchronized (this) {
            if (readers == 0) {
                return -Errno.EPIPE;
            }
            long wanted = from.remaining();
            int room = ring.reserve((int) Math.min(wanted, Math.max(0, capacity - ring.count())));
            if (room == 0 || wanted <= ATOMIC_BYTES && from.transferred() == 0 && wanted > room) {
                return -Errno.EAGAIN;
            }
            done = ring.put(from, room);
        }
        queue.wake(PollEvents.READABLE);
        return done;
    }

    /** How many bytes fit: {@code -EAGAIN} if none do, {@code -EPIPE} without readers. */
    synchronized long tryRoom() {
        if (readers == 0) {
            return -Errno.EPIPE;
        }
        int room = capacity - ring.count();
        return room > 0 ? room : -Errno.EAGAIN;
    }

    /** Writes all, beyond the capacity if need be: a count or {@code -EPIPE}. */
    long writeWhole(IoBuffer from) {
        long done;
        synchronized (this) {
            if (readers == 0) {
                return -Errno.EPIPE;
            }
            int length = (int) from.remaining();
            ring.reserveWhole(length);
            done = ring.put(from, length);
        }
        queue.wake(PollEvents.READABLE);
        return done;
    }

    /** Puts bytes back that were read. */
    void unread(byte[] bytes, int offset, int length) {
        synchronized (this) {
            ring.reserveWhole(length);
            ring.putFront(bytes, offset, length);
        }
        queue.wake(PollEvents.READABLE);
    }

    /**
     * Whether writers are to be woken: not for every byte, but as soon as any atomic write fits.
     */
    private boolean isRoomy() {
        return capacity - ring.count() >= ATOMIC_BYTES;
    }

    synchronized int available() {
        return ring.count();
    }

    synchronized int capacity() {
        return capacity;
    }

    /**
     * {@code F_SETPIPE_SZ}: rounded up to a power of two pages; the new capacity or a negative
     * errno.
     */
    long setCapacity(long wanted, boolean privileged) {
        if (wanted < 0 || wanted > 1L << 31) {
            return -Errno.EINVAL;
        }
        long rounded = Math.max(ATOMIC_BYTES, Long.highestOneBit(Math.max(1, wanted - 1)) << 1);
        if (rounded > MAX_CAPACITY) {
            return -(privileged ? Errno.EINVAL : Errno.EPERM);
        }
        synchronized (this) {
            if (rounded < ring.count()) {
                return -Errno.EBUSY;
            }
            capacity = (int) rounded;
            ring.shrink(capacity);
        }
        queue.wake(PollEvents.WRITABLE);
        return rounded;
    }

    /**
     * Readiness of an end. A reader that has not seen a writer yet ({@code writerOpens} is still
     * {@code quietUntil}) sees no hang-up.
     */
    synchronized int readiness(boolean reads, boolean writes, long quietUntil) {
        int events = 0;
        if (reads) {
            events |= ring.count() > 0 ? PollEvents.READABLE : 0;
            events |= writers == 0 && writerOpens != quietUntil ? PollEvents.POLLHUP : 0;
        }
        if (writes) {
            events |= isRoomy() ? PollEvents.WRITABLE : 0;
            events |= readers == 0 ? PollEvents.POLLERR : 0;
        }
        return events;
    }
}
