package callgate.kernel.ipc;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.Inode;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.vfs.Path;
import callgate.kernel.wait.Scheduler;
import callgate.kernel.wait.WaitQueue;

/** An eventfd: a counter that is added to by writes and taken by reads. See eventfd(2). */
final class EventCounter extends OpenFile {
    /** The largest count, unsigned; one more is no valid count. */
    private static final long MAXIMUM = -2L;

    private static final long INVALID = -1L;

    private final Inode inode;
    private final Ipc.CounterReads reads;
    private final WaitQueue queue = new WaitQueue();

    /** Unsigned; guarded by this. */
    private long count;

    EventCounter(Inode inode, long count, Ipc.CounterReads reads, int flags) {
        super(OpenFlags.O_RDWR | flags);
        this.inode = inode;
        this.count = count;
        this.reads = reads;
    }

    @Override
    public Inode inode() {
        return inode;
    }

    @Override
    public Path path() {
        return Path.detached("anon_inode:[eventfd]", inode);
    }

    @Override
    public long read(Caller caller, IoBuffer to) {
        if (to.remaining() < Long.BYTES) {
            return -Errno.EINVAL;
        }
        long result = tryRead(to);
        if (result != -Errno.EAGAIN || isNonBlocking()) {
            return result;
        }
        return caller.waiter()
                .retryExclusive(queue, PollEvents.READABLE, Scheduler.NEVER, () -> tryRead(to));
    }

    private long tryRead(IoBuffer to) {
        long taken;
        boolean left;
        synchronized (this) {
            if (count == 0) {
                return -Errno.EAGAIN;
            }
            taken = reads == Ipc.CounterReads.ONE ? 1 : count;
            count -= taken;
            left = count != 0;
        }
        queue.wake(PollEvents.WRITABLE);
        if (left) {
            queue.wakeNext(PollEvents.READABLE);
        }
        LittleEndian.putLong(to, taken);
        return Long.BYTES;
    }

    @Override
    public long write(Caller caller, IoBuffer from) {
        if (from.remaining() < Long.BYTES) {
            return -Errno.EINVAL;
        }
        long added = LittleEndian.getLong(from);
        if (added == INVALID) {
            return -Errno.EINVAL;
        }
        long result = tryAdd(added);
        if (result != -Errno.EAGAIN || isNonBlocking()) {
            return result;
        }
        return caller.waiter()
                .retry(queue, PollEvents.WRITABLE, Scheduler.NEVER, () -> tryAdd(added));
    }

    private long tryAdd(long added) {
        synchronized (this) {
            if (Long.compareUnsigned(added, MAXIMUM - count) > 0) {
                return -Errno.EAGAIN;
            }
            count += added;
        }
        queue.wake(PollEvents.READABLE);
        return Long.BYTES;
    }

    @Override
    public synchronized int poll() {
        int events = count != 0 ? PollEvents.READABLE : 0;
        return count != MAXIMUM ? events | PollEvents.WRITABLE : events;
    }

    @Override
    public WaitQueue waitQueue() {
        return queue;
    }
}
