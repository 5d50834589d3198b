package callgate.kernel.ipc;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.Inode;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.vfs.Path;
import callgate.kernel.wait.WaitQueue;

/** A stream of the host, opened for reading: a guest's standard input. Looks like a pipe. */
final class HostInput extends OpenFile {
    private final HostSource source;
    private final Inode inode;

    /**
     * @param flags O_NONBLOCK or 0
     */
    HostInput(HostSource source, Inode inode, int flags) {
        super(OpenFlags.O_RDONLY | flags);
        this.source = source;
        this.inode = inode;
        source.opened();
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
        if (to.remaining() == 0) {
            return 0;
        }
        return whenReady(caller, PollEvents.READABLE, () -> source.tryRead(to));
    }

    @Override
    public void unread(byte[] bytes, int offset, int lengthBytes) {
        source.unread(bytes, offset, lengthBytes);
    }

    @Override
    public long write(Caller caller, IoBuffer from) {
        return -Errno.EBADF;
    }

    @Override
    public long ioctl(Caller caller, int request, long argument) {
        if (request == Ioctls.FIONREAD) {
            caller.memory().writeInt(argument, source.available());
            return 0;
        }
        return -Errno.ENOTTY;
    }

    @Override
    public int poll() {
        return source.readiness();
    }

    @Override
    public WaitQueue waitQueue() {
        return source.queue();
    }

    @Override
    protected void closed() {
        source.closed();
    }
}
