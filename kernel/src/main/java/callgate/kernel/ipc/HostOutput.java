package callgate.kernel.ipc;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.abi.Signals;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.Inode;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.vfs.Path;
import callgate.kernel.wait.WaitQueue;

/**
 * A stream of the host, for writing: a guest's standard output or error. A write returns when the
 * host has got the bytes, so that what a guest writes to several files reaches the host in that
 * order; only an interrupted one, and one that does not block, leaves bytes on their way. Once a
 * write of the host has failed, all later ones get EPIPE.
 */
public final class HostOutput extends OpenFile {
    private final HostSink sink;
    private final Inode inode;

    HostOutput(HostSink sink, Inode inode, int flags) {
        super(OpenFlags.O_WRONLY | flags);
        this.sink = sink;
        this.inode = inode;
        sink.opened();
    }

    /** Whether the host has got all that was written; it will get no more if it failed. */
    public boolean isIdle() {
        return sink.isIdle();
    }

    @Override
    public Inode inode() {
        return inode;
    }

    @Override
    public Path path() {
        return Path.detached("pipe:[" + inode.number() + "]", inode);
    }

    @Override
    public long read(Caller caller, IoBuffer to) {
        return -Errno.EBADF;
    }

    @Override
    public long write(Caller caller, IoBuffer from) {
        long done = 0;
        while (from.remaining() > 0) {
            long result = writeChunk(caller, from);
            if (result == -Errno.EPIPE) {
                caller.signalSelf(Signals.SIGPIPE);
            }
            if (result < 0) {
                return done > 0 ? done : result;
            }
            done += result;
            if (caller.waiter().isInterrupted()) {
                break;
            }
        }
        return done;
    }

    /** A count or a negative errno. */
    private long writeChunk(Caller caller, IoBuffer from) {
        long taken = whenReady(caller, PollEvents.WRITABLE, () -> sink.tryWrite(from));
        if (taken < 0 || isNonBlocking()) {
            return taken;
        }
        long number = sink.accepted();
        long finished = whenReady(caller, PollEvents.WRITABLE, () -> sink.tryFinish(number));
        return finished == -Errno.EPIPE ? -Errno.EPIPE : taken;
    }

    @Override
    public long awaitRoom(Caller caller) {
        long result = whenReady(caller, PollEvents.WRITABLE, sink::tryRoom);
        if (result == -Errno.EPIPE) {
            caller.signalSelf(Signals.SIGPIPE);
        }
        return result;
    }

    @Override
    public long writeWhole(Caller caller, IoBuffer from) {
        long result = sink.writeWhole(from);
        if (result == -Errno.EPIPE) {
            caller.signalSelf(Signals.SIGPIPE);
        } else if (!isNonBlocking()) {
            long number = sink.accepted();
            whenReady(caller, PollEvents.WRITABLE, () -> sink.tryFinish(number));
        }
        return result;
    }

    @Override
    public int poll() {
        return sink.readiness();
    }

    @Override
    public WaitQueue waitQueue() {
        return sink.queue();
    }

    @Override
    protected void closed() {
        sink.closed();
    }
}
