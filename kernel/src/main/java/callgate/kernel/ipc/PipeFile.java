package callgate.kernel.ipc;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.abi.Signals;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.Credentials;
import callgate.kernel.vfs.Inode;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.vfs.Path;
import callgate.kernel.wait.Scheduler;
import callgate.kernel.wait.WaitQueue;

/** An open end of a pipe, or both (a FIFO opened for reading and writing). */
final class PipeFile extends OpenFile {
    /** Said of {@link #quietUntil}: there was a writer when it was opened. */
    static final long SEEN_WRITER = -1;

    private final Pipe pipe;
    private final Inode inode;
    private final Path path;

    /**
     * No hang-up is shown while the pipe counts this many openings by writers: none has come since
     * this end was opened.
     */
    private final long quietUntil;

    /** The pipe has been told of the opening. {@code path} is null for a pipe without a name. */
    PipeFile(Pipe pipe, Inode inode, Path path, int flags, long quietUntil) {
        super(flags);
        this.pipe = pipe;
        this.inode = inode;
        this.path = path;
        this.quietUntil = quietUntil;
    }

    @Override
    protected int heapBytes() {
        return ORDINARY_BYTES + ByteRing.MINIMUM;
    }

    Pipe pipe() {
        return pipe;
    }

    @Override
    public Inode inode() {
        return inode;
    }

    @Override
    public Path path() {
        return path != null ? path : Path.detached("pipe:[" + inode.number() + "]", inode);
    }

    @Override
    public long read(Caller caller, IoBuffer to) {
        if (to.remaining() == 0) {
            return 0;
        }
        long result = pipe.tryRead(to);
        if (result != -Errno.EAGAIN || isNonBlocking()) {
            return result;
        }
        return caller.waiter()
                .retryExclusive(
                        pipe.queue(), PollEvents.READABLE, Scheduler.NEVER, () -> pipe.tryRead(to));
    }

    @Override
    public long peek(Caller caller, IoBuffer to) {
        return whenReady(caller, PollEvents.READABLE, () -> pipe.tryPeek(to));
    }

    @Override
    public long write(Caller caller, IoBuffer from) {
        if (from.remaining() == 0) {
            return 0;
        }
        return writeAll(caller, from, () -> tellIfBroken(caller, pipe.tryWrite(from)));
    }

    private static long tellIfBroken(Caller caller, long result) {
        if (result == -Errno.EPIPE) {
            caller.signalSelf(Signals.SIGPIPE);
        }
        return result;
    }

    @Override
    public long awaitRoom(Caller caller) {
        return tellIfBroken(caller, whenReady(caller, PollEvents.WRITABLE, pipe::tryRoom));
    }

    @Override
    public long writeWhole(Caller caller, IoBuffer from) {
        return tellIfBroken(caller, pipe.writeWhole(from));
    }

    @Override
    public void unread(byte[] bytes, int offset, int lengthBytes) {
        pipe.unread(bytes, offset, lengthBytes);
    }

    @Override
    public long ioctl(Caller caller, int request, long argument) {
        if (request == Ioctls.FIONREAD) {
            caller.memory().writeInt(argument, pipe.available());
            return 0;
        }
        return -Errno.ENOTTY;
    }

    @Override
    public long pipeCapacity() {
        return pipe.capacity();
    }

    @Override
    public long setPipeCapacity(Caller caller, long lengthBytes) {
        return pipe.setCapacity(
                lengthBytes, caller.credentials().has(Credentials.CAP_SYS_RESOURCE));
    }

    @Override
    public int poll() {
        return pipe.readiness(isReadable(), isWritable(), quietUntil);
    }

    @Override
    public WaitQueue waitQueue() {
        return pipe.queue();
    }

    @Override
    protected void closed() {
        pipe.closed(isReadable(), isWritable());
    }
}
