package callgate.kernel.fs.overlay;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.Mode;

/** A symbolic link, FIFO, socket or device node. */
final class OverlayNode extends OverlayInode {
    private final String target;
    private final long device;
    private final boolean counted;

    OverlayNode(OverlayFs fileSystem, Lower lower) {
        super(fileSystem, lower);
        target = isSymlink() ? lower.inode().readlink() : null;
        device = lower.inode().representedDevice();
        counted = false;
    }

    /** A new one; the caller has counted it. */
    OverlayNode(OverlayFs fileSystem, int mode, int uid, int gid, long device) {
        super(fileSystem, mode, uid, gid);
        target = null;
        this.device = device;
        counted = true;
    }

    /** A new symbolic link; the caller has counted it. */
    OverlayNode(OverlayFs fileSystem, String target, int uid, int gid) {
        super(fileSystem, Mode.S_IFLNK | 0777, uid, gid);
        this.target = target;
        device = 0;
        counted = true;
    }

    @Override
    public long representedDevice() {
        return device;
    }

    @Override
    public String readlink() {
        if (target == null) {
            throw new ErrnoException(Errno.EINVAL);
        }
        return target;
    }

    @Override
    public long size() {
        return target == null ? 0 : target.length();
    }

    @Override
    protected void end() {
        if (counted) {
            fileSystem().upper().giveInode(target == null ? 0 : target.length());
        }
    }
}
