package callgate.kernel.ipc;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.Inode;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.vfs.Path;
import callgate.kernel.wait.Alarm;
import callgate.kernel.wait.Clock;
import callgate.kernel.wait.Scheduler;
import callgate.kernel.wait.WaitQueue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.LongSupplier;

/**
 * A timer as a file: timerfd_create(2). Reading gives the number of expirations since the last
 * read.
 */
public final class TimerFile extends OpenFile {
    private final Inode inode;
    private final LongSupplier clock;
    private final Alarm alarm;
    private final WaitQueue queue = new WaitQueue();

    private long expirations; // guarded by this

    /**
     * @param clock what its times are of
     */
    public TimerFile(
            Scheduler scheduler, Clock monotonic, LongSupplier clock, Inode inode, int flags) {
        super(OpenFlags.O_RDWR | flags & OpenFlags.O_NONBLOCK);
        this.inode = inode;
        this.clock = clock;
        alarm = new Alarm(scheduler, monotonic, clock, this::expired);
    }

    /** Now, by the timer's clock. */
    public long now() {
        return clock.getAsLong();
    }

    public Alarm alarm() {
        return alarm;
    }

    /** The timer is set anew: expirations not read are forgotten. */
    public synchronized void forgetExpirations() {
        expirations = 0;
    }

    private void expired(long count) {
        synchronized (this) {
            expirations += count;
        }
        queue.wake(PollEvents.READABLE);
    }

    @Override
    public Inode inode() {
        return inode;
    }

    @Override
    public Path path() {
        return Path.detached("anon_inode:[timerfd]", inode);
    }

    @Override
    public long read(Caller caller, IoBuffer to) {
        if (to.remaining() < Long.BYTES) {
            return -Errno.EINVAL;
        }
        return isNonBlocking()
                ? readNow(to)
                : caller.waiter()
                        .retry(queue, PollEvents.READABLE, Scheduler.NEVER, () -> readNow(to));
    }

    private long readNow(IoBuffer to) {
        long count;
        synchronized (this) {
            count = expirations;
            expirations = 0;
        }
        if (count == 0) {
            return -Errno.EAGAIN;
        }
        byte[] bytes =
                ByteBuffer.allocate(Long.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(count)
                        .array();
        return to.put(bytes, 0, Long.BYTES);
    }

    @Override
    public long write(Caller caller, IoBuffer from) {
        return -Errno.EINVAL;
    }

    @Override
    public synchronized int poll() {
        return expirations == 0 ? 0 : PollEvents.READABLE;
    }

    @Override
    public WaitQueue waitQueue() {
        return queue;
    }

    @Override
    protected void closed() {
        alarm.cancel();
    }
}
