package callgate.kernel.vfs;

import callgate.kernel.abi.Errno;
import java.util.List;

/**
 * An inode that lives in memory: it has a number, extended attributes of its own, and ends when it
 * has neither names nor users. Thread-safe.
 */
public abstract class CountedInode extends Inode {
    private final long number;
    private final long birthNanos;
    private final Xattrs xattrs;

    // guarded by this
    private int users;
    private boolean ended;

    protected CountedInode(
            HeapBudget budget, long number, long birthNanos, int mode, int uid, int gid) {
        super(mode, uid, gid);
        this.number = number;
        this.birthNanos = birthNanos;
        xattrs = new Xattrs(budget);
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
    public byte[] xattr(String name) {
        return xattrs.get(name);
    }

    @Override
    public List<String> xattrNames() {
        return xattrs.names();
    }

    @Override
    public int setXattr(String name, byte[] value, int flags) {
        return changed(xattrs.set(name, value, flags));
    }

    @Override
    public int removeXattr(String name) {
        return changed(xattrs.remove(name));
    }

    private int changed(int result) {
        if (result == 0) {
            touchChange(now());
        }
        return result;
    }

    /** Takes over attributes that another inode has shown so far. */
    protected final void takeXattrsOf(Inode other) {
        for (String name : other.xattrNames()) {
            byte[] value = other.xattr(name);
            if (value != null) {
                xattrs.set(name, value, 0);
            }
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
    public final void linked(int delta) {
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

    /** Adds a name, if the inode has not ended: 0 or {@code -ENOENT}. */
    public final synchronized int tryLink() {
        if (ended || links() == 0 && !mayBeLinked()) {
            return -Errno.ENOENT;
        }
        addLinks(1);
        touchChange(now());
        return 0;
    }

    /** Whether it may get a name though it has none: made by O_TMPFILE. */
    protected boolean mayBeLinked() {
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
    protected void firstUse() {}

    /** Nobody has it open any more; this inode's monitor is held. */
    protected void lastUse() {}

    /**
     * Nobody uses it any more: its storage, and its place among the counted inodes, are given back.
     */
    protected abstract void end();
}
