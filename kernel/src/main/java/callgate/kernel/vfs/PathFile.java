package callgate.kernel.vfs;

import callgate.kernel.abi.Errno;
import callgate.kernel.mm.IoBuffer;

/** A file opened with O_PATH: stands for a place, and does nothing with it. */
public final class PathFile extends OpenFile {
    private final Path path;
    private final Inode inode;

    PathFile(Path path, int flags) {
        super(flags);
        this.path = path;
        inode = path.inode();
    }

    @Override
    public Inode inode() {
        return inode;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public long read(Caller caller, IoBuffer to) {
        return -Errno.EBADF;
    }

    @Override
    public long write(Caller caller, IoBuffer from) {
        return -Errno.EBADF;
    }

    @Override
    public long readAt(Caller caller, IoBuffer to, long offset) {
        return -Errno.EBADF;
    }

    @Override
    public long writeAt(Caller caller, IoBuffer from, long offset) {
        return -Errno.EBADF;
    }

    @Override
    public long seek(Caller caller, long offset, int whence) {
        return -Errno.EBADF;
    }

    @Override
    public long list(Caller caller, DirectoryEmitter emitter) {
        return -Errno.EBADF;
    }

    @Override
    public long ioctl(Caller caller, int request, long argument) {
        return -Errno.EBADF;
    }

    @Override
    public long sync(Caller caller) {
        return -Errno.EBADF;
    }

    @Override
    public long truncate(Caller caller, long sizeBytes) {
        return -Errno.EBADF;
    }

    @Override
    public long allocate(Caller caller, int mode, long offset, long lengthBytes) {
        return -Errno.EBADF;
    }
}
