package callgate.kernel.fs.overlay;

import callgate.kernel.abi.Errno;
import callgate.kernel.vfs.Inode;
import callgate.kernel.vfs.Xattrs;
import java.util.List;

/** What all files of an overlay have: own attributes, perhaps from a layer at first, and an end. */
abstract sealed class OverlayInode extends Inode
        permits OverlayDirectory, OverlayFile, OverlayNode {
    private final OverlayFs fileSystem;
    private final long number;
    private final long birthNanos;

    /** Where extended attributes come from until one is changed, or null. */
    private volatile Inode lowerXattrs;

    private final Xattrs xattrs;

    // guarded by this: the inode ends when it has neither names nor users
    private int users;
    private boolean ended;

    /** Over a file of a layer. */
    OverlayInode(OverlayFs fileSystem, Lower lower) {
        Inode inode = lower.inode();
        super(inode.mode(), inode.uid(), inode.gid());
        this.fileSystem = fileSystem;
        number = fileSystem.numberOf(lower);
        birthNanos = inode.birthNanos();
        lowerXattrs = inode;
        xattrs = new Xattrs(fileSystem.heapBudget());
        initLinks(inode.links());
        initTimes(inode.accessNanos(), inode.modifyNanos(), inode.changeNanos());
    }

    /** New. */
    OverlayInode(OverlayFs fileSystem, int mode, int uid, int gid) {
        super(mode, uid, gid);
        this.fileSystem = fileSystem;
        number = fileSystem.newNumber();
        xattrs = new Xattrs(fileSystem.heapBudget());
        birthNanos = now();
        initTimes(birthNanos, birthNanos, birthNanos);
    }

    @Override
    public final OverlayFs fileSystem() {
        return fileSystem;
    }

    @Override
    public final long number() {
        return number;
    }

    @Override
    public final long birthNanos() {
        return birthNanos;
    }

    // ---- extended attributes ----

    @Override
    public final boolean supportsXattrs() {
        return true;
    }

    @Override
    public final byte[] xattr(String name) {
        Inode lower = lowerXattrs;
        return lower != null ? lower.xattr(name) : xattrs.get(name);
    }

    @Override
    public final List<String> xattrNames() {
        Inode lower = lowerXattrs;
        return lower != null ? lower.xattrNames() : xattrs.names();
    }

    @Override
    public final int setXattr(String name, byte[] value, int flags) {
        copyXattrsUp();
        return changed(xattrs.set(name, value, flags));
    }

    @Override
    public final int removeXattr(String name) {
        copyXattrsUp();
        return changed(xattrs.remove(name));
    }

    private int changed(int result) {
        if (result == 0) {
            touchChange(now());
        }
        return result;
    }

    private synchronized void copyXattrsUp() {
        Inode lower = lowerXattrs;
        if (lower != null) {
            for (String name : lower.xattrNames()) {
                byte[] value = lower.xattr(name);
                if (value != null) {
                    xattrs.set(name, value, 0);
                }
            }
            lowerXattrs = null;
        }
    }

    // ---- names and users ----

    @Override
    public final void opened(int delta) {
        boolean end;
        synchronized (this) {
            if (users == 0) {
                firstUse();
            }
            users += delta;
            if (users == 0) {
                lastUse();
            }
            end = mayEnd();
        }
        if (end) {
            xattrs.clear();
            end();
        }
    }

    /** One more or one fewer name; for a directory, the link to itself counts too. */
    final void linked(int delta) {
        boolean end;
        synchronized (this) {
            addLinks(delta);
            touchChange(now());
            end = mayEnd();
        }
        if (end) {
            xattrs.clear();
            end();
        }
    }

    /** Adds a name, if the inode has not ended. */
    final synchronized int tryLink() {
        if (ended || links() == 0 && !mayBeLinked()) {
            return -Errno.ENOENT;
        }
        addLinks(1);
        touchChange(now());
        return 0;
    }

    /** Whether it may get a name though it has none: made by O_TMPFILE. */
    boolean mayBeLinked() {
        return false;
    }

    private boolean mayEnd() {
        if (ended || users > 0 || links() > 0) {
            return false;
        }
        ended = true;
        return true;
    }

    /** Somebody opens it, and nobody else has it open; this inode's monitor is held. */
    void firstUse() {}

    /** Nobody has it open any more; this inode's monitor is held. */
    void lastUse() {}

    /**
     * Nobody uses it any more: its storage, and its place among the counted inodes, are given back.
     */
    abstract void end();
}
