package callgate.kernel.fs.tmpfs;

import callgate.kernel.abi.Errno;
import callgate.kernel.vfs.Inode;
import callgate.kernel.vfs.Xattrs;
import java.util.List;

/** What all inodes of a tmpfs have: a number, times, extended attributes, and an end. */
abstract sealed class TmpInode extends Inode permits TmpDirectory, TmpFile, TmpNode, TmpSymlink {
    private final TmpFs fileSystem;
    private final long number;
    private final long birthNanos;
    private final Xattrs xattrs;

    // guarded by this: the inode ends when it has neither names nor users
    private int users;
    private boolean ended;

    /** The caller has taken an inode of the limit. */
    TmpInode(TmpFs fileSystem, int mode, int uid, int gid) {
        super(mode, uid, gid);
        this.fileSystem = fileSystem;
        number = fileSystem.newNumber();
        xattrs = new Xattrs(fileSystem.heapBudget());
        birthNanos = now();
        initTimes(birthNanos, birthNanos, birthNanos);
    }

    @Override
    public final TmpFs fileSystem() {
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

    @Override
    public final boolean supportsXattrs() {
        return true;
    }

    @Override
    public final byte[] xattr(String name) {
        return xattrs.get(name);
    }

    @Override
    public final int setXattr(String name, byte[] value, int flags) {
        int result = xattrs.set(name, value, flags);
        if (result == 0) {
            touchChange(now());
        }
        return result;
    }

    @Override
    public final int removeXattr(String name) {
        int result = xattrs.remove(name);
        if (result == 0) {
            touchChange(now());
        }
        return result;
    }

    @Override
    public final List<String> xattrNames() {
        return xattrs.names();
    }

    @Override
    public final void opened(int delta) {
        boolean end;
        synchronized (this) {
            users += delta;
            end = mayEnd();
        }
        if (end) {
            end();
        }
    }

    /** One more or one fewer name. */
    final void linked(int delta) {
        boolean end;
        synchronized (this) {
            addLinks(delta);
            touchChange(now());
            end = mayEnd();
        }
        if (end) {
            end();
        }
    }

    /** Adds a name, if the inode has not ended. */
    final int tryLink() {
        synchronized (this) {
            if (ended || links() == 0 && !mayBeLinked()) {
                return -Errno.ENOENT;
            }
            addLinks(1);
            touchChange(now());
            return 0;
        }
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

    private void end() {
        xattrs.clear();
        freeStorage();
        fileSystem.giveInode(extraBytes());
    }

    /** Heap that was taken for it besides an inode's. */
    int extraBytes() {
        return 0;
    }

    /** Nobody uses it any more. */
    void freeStorage() {}
}
