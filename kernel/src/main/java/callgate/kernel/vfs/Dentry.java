package callgate.kernel.vfs;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * A name in a directory, and the inode it stands for; or the knowledge that there is no such name
 * (a negative dentry). Thread-safe: reading needs no lock; changes are made under the lock of the
 * directory's inode.
 *
 * <p>A directory of a file system that keeps its names has one dentry only, so dentries may be
 * compared by identity.
 */
public final class Dentry {
    /**
     * Missing names remembered for one directory at most; a guest could ask for any number of them.
     */
    private static final int NEGATIVE_LIMIT = 512;

    /** What one missing name costs: dentry, map entry, and a name of usual length. */
    private static final int NEGATIVE_BYTES = 192;

    private static final AtomicIntegerFieldUpdater<Dentry> MOUNTS =
            AtomicIntegerFieldUpdater.newUpdater(Dentry.class, "mounts");

    /** Parent and name change together in a rename. */
    private record Place(Dentry parent, String name) {}

    private volatile Place place;
    private volatile Inode inode;
    private volatile boolean unlinked;
    private volatile int mounts;
    private volatile ConcurrentHashMap<String, Dentry> children;
    private int negatives;

    Dentry(Dentry parent, String name, Inode inode) {
        place = new Place(parent == null ? this : parent, name);
        this.inode = inode;
    }

    /** The dentry of a root directory: its own parent. */
    static Dentry root(Inode inode) {
        return new Dentry(null, "/", inode);
    }

    /**
     * A dentry for an inode that stands in no directory: pipes, sockets, memfds; {@code name} is
     * what /proc/PID/fd shows.
     */
    public static Dentry detached(String name, Inode inode) {
        Dentry dentry = new Dentry(null, name, inode);
        dentry.unlinked = true;
        return dentry;
    }

    /** The dentry of a file made in a directory without a name (O_TMPFILE). */
    static Dentry unnamed(Dentry directory, String name, Inode inode) {
        Dentry dentry = new Dentry(directory, name, inode);
        dentry.unlinked = true;
        return dentry;
    }

    /** The directory it is or was in; a root is in itself. */
    public Dentry parent() {
        return place.parent;
    }

    public String name() {
        return place.name;
    }

    /**
     * Null if there is no such name. An unlinked dentry keeps its inode for those who still use it.
     */
    public Inode inode() {
        return inode;
    }

    /** Whether the name is gone: getcwd then fails, and /proc shows " (deleted)". */
    public boolean isUnlinked() {
        return unlinked;
    }

    public boolean isRoot() {
        return place.parent == this;
    }

    /** Whether something is mounted on it, in some place where its file system is seen. */
    public boolean isMountPoint() {
        return mounts != 0;
    }

    void addMount(int delta) {
        MOUNTS.addAndGet(this, delta);
    }

    /** Whether {@code other} is this directory or below it. */
    public boolean contains(Dentry other) {
        Dentry at = other;
        while (at != this) {
            Dentry up = at.parent();
            if (up == at) {
                return false;
            }
            at = up;
        }
        return true;
    }

    // ---- the cache of names; changes under the lock of this directory's inode ----

    /** What is known about a name: a dentry, negative or not; or null if nothing is known. */
    Dentry cached(String name) {
        ConcurrentHashMap<String, Dentry> map = children;
        return map == null ? null : map.get(name);
    }

    /** Remembers what a lookup found; a missing name only while there is room for it. */
    Dentry remember(String name, Inode found) {
        Dentry child = new Dentry(this, name, found);
        if (found == null) {
            if (negatives >= NEGATIVE_LIMIT) {
                forgetMissing();
            }
            if (!inode.fileSystem().heapBudget().take(NEGATIVE_BYTES)) {
                return child;
            }
            negatives++;
        }
        map().put(name, child);
        return child;
    }

    private ConcurrentHashMap<String, Dentry> map() {
        ConcurrentHashMap<String, Dentry> map = children;
        if (map == null) {
            map = new ConcurrentHashMap<>(8);
            children = map;
        }
        return map;
    }

    private void forgetMissing() {
        map().values().removeIf(child -> child.inode == null);
        inode.fileSystem().heapBudget().give((long) negatives * NEGATIVE_BYTES);
        negatives = 0;
    }

    /** A missing name of this directory has become a file. */
    void instantiate(Dentry child, Inode created) {
        child.inode = created;
        if (cached(child.name()) == child) {
            negatives--;
            inode.fileSystem().heapBudget().give(NEGATIVE_BYTES);
        } else {
            map().put(child.name(), child);
        }
    }

    /** A child's name is gone. */
    void unlink(Dentry child) {
        child.unlinked = true;
        if (child.negatives > 0) {
            child.forgetMissing();
        }
        map().remove(child.name(), child);
    }

    /** Forgets a child without saying that its name is gone. */
    void forget(Dentry child) {
        if (map().remove(child.name(), child) && child.inode == null) {
            negatives--;
            inode.fileSystem().heapBudget().give(NEGATIVE_BYTES);
        }
    }

    /** Moves a child of this directory; both directories' locks are held. */
    void move(Dentry child, Dentry newParent, String newName) {
        map().remove(child.name(), child);
        child.place = new Place(newParent, newName);
        newParent.map().put(newName, child);
    }

    /** Two dentries change places; the locks of both directories are held. */
    static void exchange(Dentry one, Dentry other) {
        Place place = one.place;
        one.place = other.place;
        other.place = place;
        one.parent().map().put(one.name(), one);
        other.parent().map().put(other.name(), other);
    }

    @Override
    public String toString() {
        return isRoot() ? name() : parent().name() + "/" + name();
    }
}
