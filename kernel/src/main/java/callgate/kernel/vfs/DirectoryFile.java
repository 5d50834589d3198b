package callgate.kernel.vfs;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.Mode;
import callgate.kernel.mm.IoBuffer;

/**
 * An open directory. Its position is an offset of {@link Inode#list}, after one each for {@code .}
 * and {@code ..}.
 */
public class DirectoryFile extends OpenFile {
    private static final int SEEK_SET = 0;
    private static final int SEEK_CUR = 1;
    private static final int DIRECTORY_TYPE = Mode.S_IFDIR >>> 12;
    private static final long FIRST_OWN = 2;

    private final Path path;
    private final Inode inode;
    private long position;

    public DirectoryFile(Path path, Inode inode, int flags) {
        super(flags);
        this.path = path;
        this.inode = inode;
        inode.opened(1);
    }

    @Override
    protected void closed() {
        inode.opened(-1);
    }

    @Override
    public final Inode inode() {
        return inode;
    }

    @Override
    public final Path path() {
        return path;
    }

    @Override
    public long read(Caller caller, IoBuffer to) {
        return -Errno.EISDIR;
    }

    @Override
    public long write(Caller caller, IoBuffer from) {
        return -Errno.EBADF;
    }

    @Override
    public long readAt(Caller caller, IoBuffer to, long offset) {
        return -Errno.EISDIR;
    }

    @Override
    public synchronized long seek(Caller caller, long offset, int whence) {
        long target;
        switch (whence) {
            case SEEK_SET -> target = offset;
            case SEEK_CUR -> target = position + offset;
            default -> {
                return -Errno.EINVAL;
            }
        }
        if (target < 0) {
            return -Errno.EINVAL;
        }
        position = target;
        return target;
    }

    @Override
    public synchronized long list(Caller caller, DirectoryEmitter emitter) {
        if (path.dentry().isUnlinked()) {
            return -Errno.ENOENT;
        }
        if (position == 0) {
            if (!emitter.emit(".", inode.number(), DIRECTORY_TYPE, 1)) {
                return 0;
            }
            position = 1;
        }
        if (position == 1) {
            if (!emitter.emit("..", parentNumber(), DIRECTORY_TYPE, FIRST_OWN)) {
                return 0;
            }
            position = FIRST_OWN;
        }
        return inode.list(
                position,
                (name, number, type, next) -> {
                    boolean room = emitter.emit(name, number, type, next);
                    if (room) {
                        position = next;
                    }
                    return room;
                });
    }

    private long parentNumber() {
        Dentry dentry = path.dentry();
        Mount mount = path.mount();
        while (dentry == mount.root() && mount.parent() != null) {
            dentry = mount.parent().dentry();
            mount = mount.parent().mount();
        }
        return dentry.parent().inode().number();
    }

    @Override
    public long sync(Caller caller) {
        return inode.sync();
    }
}
