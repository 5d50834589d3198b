package callgate.kernel.fs.overlay;

import callgate.kernel.vfs.CountedInode;
import callgate.kernel.vfs.Inode;
import java.util.List;

/** What all files of an overlay have: attributes that are at first perhaps a layer's. */
abstract sealed class OverlayInode extends CountedInode
        permits OverlayDirectory, OverlayFile, OverlayNode {
    private final OverlayFs fileSystem;

    /** Where extended attributes come from until one is changed, or null. */
    private volatile Inode lowerXattrs;

    /** Over a file of a layer. */
    OverlayInode(OverlayFs fileSystem, Lower lower) {
        Inode inode = lower.inode();
        super(
                fileSystem.heapBudget(),
                fileSystem.numberOf(lower),
                inode.birthNanos(),
                inode.mode(),
                inode.uid(),
                inode.gid());
        this.fileSystem = fileSystem;
        lowerXattrs = inode;
        initLinks(inode.links());
        initTimes(inode.accessNanos(), inode.modifyNanos(), inode.changeNanos());
    }

    /** New. */
    OverlayInode(OverlayFs fileSystem, int mode, int uid, int gid) {
        long now = fileSystem.clock().realtimeNanos();
        super(fileSystem.heapBudget(), fileSystem.newNumber(), now, mode, uid, gid);
        this.fileSystem = fileSystem;
        initTimes(now, now, now);
    }

    @Override
    public final OverlayFs fileSystem() {
        return fileSystem;
    }

    // ---- extended attributes ----

    @Override
    public final byte[] xattr(String name) {
        Inode lower = lowerXattrs;
        return lower != null ? lower.xattr(name) : super.xattr(name);
    }

    @Override
    public final List<String> xattrNames() {
        Inode lower = lowerXattrs;
        return lower != null ? lower.xattrNames() : super.xattrNames();
    }

    @Override
    public final int setXattr(String name, byte[] value, int flags) {
        copyXattrsUp();
        return super.setXattr(name, value, flags);
    }

    @Override
    public final int removeXattr(String name) {
        copyXattrsUp();
        return super.removeXattr(name);
    }

    private synchronized void copyXattrsUp() {
        Inode lower = lowerXattrs;
        if (lower != null) {
            takeXattrsOf(lower);
            lowerXattrs = null;
        }
    }
}
