package callgate.kernel.task;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.Inode;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.vfs.Path;
import callgate.kernel.wait.WaitQueue;

/** A process as a file: pidfd_open(2). Readable once the process has ended. */
public final class PidFile extends OpenFile {
    private final Process process;
    private final Inode inode;

    public PidFile(Process process, Inode inode, int flags) {
        super(flags);
        this.process = process;
        this.inode = inode;
    }

    public Process process() {
        return process;
    }

    @Override
    public Inode inode() {
        return inode;
    }

    @Override
    public Path path() {
        return Path.detached("anon_inode:[pidfd]", inode);
    }

    @Override
    public long read(Caller caller, IoBuffer to) {
        return -Errno.EINVAL;
    }

    @Override
    public long write(Caller caller, IoBuffer from) {
        return -Errno.EINVAL;
    }

    @Override
    public int poll() {
        return process.isLive() ? 0 : PollEvents.READABLE;
    }

    @Override
    public WaitQueue waitQueue() {
        return process.endEvents();
    }
}
