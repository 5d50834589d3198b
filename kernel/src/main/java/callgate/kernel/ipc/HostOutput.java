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
import java.util.concurrent.atomic.AtomicReference;

/**
 * A stream of the host, for writing: a guest's standard output or error. Writes happen on the guest
 * task's own thread, so that what a guest writes to several files reaches the host in that order.
 * Once a write of the host has failed, all later ones get EPIPE.
 */
final class HostOutput extends OpenFile {
    private static final int CHUNK_BYTES = 65536;

    private final HostSink sink;
    private final Inode inode;
    private final AtomicReference<byte[]> spare = new AtomicReference<>();

    HostOutput(HostSink sink, Inode inode) {
        super(OpenFlags.O_WRONLY);
        this.sink = sink;
        this.inode = inode;
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
        byte[] chunk = spare.getAndSet(null);
        if (chunk == null) {
            chunk = new byte[CHUNK_BYTES];
        }
        try {
            return write(caller, from, chunk);
        } finally {
            spare.set(chunk);
        }
    }

    private long write(Caller caller, IoBuffer from, byte[] chunk) {
        long done = 0;
        while (from.remaining() > 0 && !(done > 0 && caller.waiter().isInterrupted())) {
            int count = from.get(chunk, 0, (int) Math.min(chunk.length, from.remaining()));
            if (!sink.write(chunk, count)) {
                caller.signalSelf(Signals.SIGPIPE);
                return done > 0 ? done : -Errno.EPIPE;
            }
            done += count;
        }
        return done;
    }

    @Override
    public int poll() {
        return sink.isBroken() ? PollEvents.WRITABLE | PollEvents.POLLERR : PollEvents.WRITABLE;
    }

    @Override
    public WaitQueue waitQueue() {
        return sink.queue();
    }
}
