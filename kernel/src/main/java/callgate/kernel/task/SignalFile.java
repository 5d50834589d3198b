package callgate.kernel.task;

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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Blocked signals as a file to read: signalfd(2). */
public final class SignalFile extends OpenFile {
    private static final int RECORD_BYTES = 128;

    private final Process process;
    private final Inode inode;
    private volatile long signals;

    public SignalFile(Process process, Inode inode, long signals, int flags) {
        super(OpenFlags.O_RDWR | flags & OpenFlags.O_NONBLOCK);
        this.process = process;
        this.inode = inode;
        setSignals(signals);
    }

    public void setSignals(long newSignals) {
        signals = Signalling.blockable(newSignals);
        process.signalEvents.wakeAll();
    }

    @Override
    public Inode inode() {
        return inode;
    }

    @Override
    public Path path() {
        return Path.detached("anon_inode:[signalfd]", inode);
    }

    @Override
    public long read(Caller caller, IoBuffer to) {
        Task task = (Task) caller;
        if (to.remaining() < RECORD_BYTES) {
            return -Errno.EINVAL;
        }
        long result =
                isNonBlocking()
                        ? readNow(task, to)
                        : task.waiter()
                                .retry(
                                        task.process().signalEvents,
                                        PollEvents.READABLE,
                                        Scheduler.NEVER,
                                        () -> readNow(task, to));
        return result;
    }

    private long readNow(Task task, IoBuffer to) {
        long count = 0;
        while (to.remaining() >= RECORD_BYTES) {
            SignalInfo info;
            synchronized (task.process()) {
                info = Signalling.take(task, signals);
                Signalling.recalculate(task);
            }
            if (info == null) {
                break;
            }
            to.put(encode(info), 0, RECORD_BYTES);
            count += RECORD_BYTES;
        }
        return count == 0 ? -Errno.EAGAIN : count;
    }

    /** {@code struct signalfd_siginfo} (linux/signalfd.h). */
    private static byte[] encode(SignalInfo info) {
        ByteBuffer out = ByteBuffer.allocate(RECORD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0, info.signal()).putInt(4, info.errno()).putInt(8, info.code());
        out.putInt(12, info.pid()).putInt(16, info.uid());
        if (info.code() == SignalInfo.SI_TIMER) {
            out.putInt(24, info.pid()).putInt(32, info.uid());
        }
        out.putInt(40, (int) info.second())
                .putInt(44, (int) info.second())
                .putLong(48, info.second());
        out.putLong(56, info.third()).putLong(64, info.fourth());
        return out.array();
    }

    @Override
    public long write(Caller caller, IoBuffer from) {
        return -Errno.EINVAL;
    }

    @Override
    public int poll() {
        synchronized (process) {
            long pending = process.pending.set();
            for (Task task : process.tasks) {
                pending |= task.pending.set();
            }
            return (pending & signals) != 0 ? PollEvents.READABLE : 0;
        }
    }

    @Override
    public WaitQueue waitQueue() {
        return process.signalEvents;
    }
}
