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
import java.io.IOException;
import java.io.InputStream;

/**
 * A stream of the host, for reading: a guest's standard input. A thread of its own reads the host, since only so can a guest wait for
 * input with poll and be interrupted by signals. It starts when the guest first asks, and reads on only when the guest has taken
 * everything, so that little is read ahead. Closing does not wait for a read of the host that hangs; its thread ends when that returns.
 */
final class HostInput extends OpenFile {
    private static final int CHUNK_BYTES = 65536;

    private enum Pump {
        NOT_STARTED,
        IDLE,
        READING,
        ENDED
    }

    private final Scheduler scheduler;
    private final Inode inode;
    private final InputStream stream;
    private final WaitQueue queue = new WaitQueue();

    // guarded by this; the pump fills the chunk while it is empty and the state is READING
    private byte[] chunk;
    private int start;
    private int end;
    private Pump pump = Pump.NOT_STARTED;
    private boolean failed;

    HostInput(Scheduler scheduler, Inode inode, InputStream stream) {
        super(OpenFlags.O_RDONLY);
        this.scheduler = scheduler;
        this.inode = inode;
        this.stream = stream;
    }

    @Override
    public Inode inode() {
        return inode;
    }

    @Override
    public Path path() {
        return Path.detached("pipe:[" + inode.number() + "]", inode);
    }

    // ---- the guest's side ----

    @Override
    public long read(Caller caller, IoBuffer to) {
        if (to.remaining() == 0) {
            return 0;
        }
        long result = tryRead(to);
        if (result != -Errno.EAGAIN || isNonBlocking()) {
            return result;
        }
        return caller.waiter().retry(queue, PollEvents.READABLE, Scheduler.NEVER, () -> tryRead(to));
    }

    private synchronized long tryRead(IoBuffer to) {
        if (start < end) {
            int moved = to.put(chunk, start, (int) Math.min(end - start, to.remaining()));
            start += moved;
            return moved;
        }
        if (failed) {
            failed = false; // told once; then it is the end
            return -Errno.EIO;
        }
        if (pump == Pump.ENDED) {
            return 0;
        }
        demand();
        return -Errno.EAGAIN;
    }

    @Override
    public long write(Caller caller, IoBuffer from) {
        return -Errno.EBADF;
    }

    @Override
    public long ioctl(Caller caller, int request, long argument) {
        if (request == Ioctls.FIONREAD) {
            int available;
            synchronized (this) {
                available = end - start;
            }
            caller.memory().writeInt(argument, available);
            return 0;
        }
        return -Errno.ENOTTY;
    }

    @Override
    public synchronized int poll() {
        if (start < end || failed) {
            return PollEvents.READABLE;
        }
        if (pump == Pump.ENDED) {
            return PollEvents.POLLHUP;
        }
        demand();
        return 0;
    }

    @Override
    public WaitQueue waitQueue() {
        return queue;
    }

    @Override
    protected synchronized void closed() {
        pump = Pump.ENDED;
        chunk = null;
        start = 0;
        end = 0;
        notifyAll();
    }

    // ---- the host's side ----

    private void demand() {
        switch (pump) {
            case NOT_STARTED -> {
                pump = Pump.READING;
                scheduler.startHostThread("callgate-input", this::pump);
            }
            case IDLE -> {
                pump = Pump.READING;
                notifyAll();
            }
            case READING, ENDED -> {}
        }
    }

    private void pump() {
        byte[] bytes = new byte[CHUNK_BYTES];
        while (awaitDemand()) {
            int count;
            boolean error = false;
            try {
                count = stream.read(bytes, 0, bytes.length);
            } catch (IOException | RuntimeException e) { // RuntimeException: the stream is the embedder's code
                count = -1;
                error = true;
            }
            deliver(bytes, count, error);
            queue.wake(count < 0 ? PollEvents.READABLE | PollEvents.POLLHUP : PollEvents.READABLE);
        }
    }

    private synchronized boolean awaitDemand() {
        while (pump == Pump.IDLE) {
            try {
                wait();
            } catch (InterruptedException e) {
                return false;
            }
        }
        return pump == Pump.READING;
    }

    private synchronized void deliver(byte[] bytes, int count, boolean error) {
        if (pump == Pump.ENDED) {
            return;
        }
        if (count < 0) {
            failed = error;
            pump = Pump.ENDED;
        } else if (count > 0) {
            chunk = bytes;
            start = 0;
            end = count;
            pump = Pump.IDLE;
        }
    }
}
