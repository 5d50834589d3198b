package callgate.kernel.vfs;

import callgate.kernel.abi.Errno;

/** {@code renameat2(2)}. */
public final class Rename {
    public static final int RENAME_NOREPLACE = 1;
    public static final int RENAME_EXCHANGE = 2;
    public static final int RENAME_WHITEOUT = 4;

    private final PathWalk from;
    private final PathWalk to;
    private final int flags;

    private Rename(PathWalk from, PathWalk to, int flags) {
        this.from = from;
        this.to = to;
        this.flags = flags;
    }

    /** Renames; {@code flags} are valid and not contradictory. 0 or a negative errno. */
    public static int rename(
            PathWalk from, String oldPath, PathWalk to, String newPath, int flags) {
        int result = from.walkToParent(oldPath);
        if (result == 0) {
            result = to.walkToParent(newPath);
        }
        return result != 0 ? result : new Rename(from, to, flags).run();
    }

    private boolean exchange() {
        return (flags & RENAME_EXCHANGE) != 0;
    }

    private int run() {
        if (from.mount != to.mount) {
            return -Errno.EXDEV;
        }
        if (from.lastKind != PathWalk.Last.NAME) {
            return -Errno.EBUSY;
        }
        if (to.lastKind != PathWalk.Last.NAME) {
            return (flags & RENAME_NOREPLACE) != 0 ? -Errno.EEXIST : -Errno.EBUSY;
        }
        if (from.mount.isReadOnly()) {
            return -Errno.EROFS;
        }
        // Lock order: the file system's rename lock, then the directories, ancestor first, else by
        // inode number.
        synchronized (from.mount.fileSystem().renameLock()) {
            Inode first = from.dentry.inode();
            Inode second = to.dentry.inode();
            if (to.dentry.contains(from.dentry)
                    || !from.dentry.contains(to.dentry) && second.number() < first.number()) {
                first = second;
                second = from.dentry.inode();
            }
            synchronized (first) {
                synchronized (second) {
                    return locked();
                }
            }
        }
    }

    private int locked() {
        Dentry source = Names.childForOpen(from.dentry, from.last);
        Dentry target = Names.childForOpen(to.dentry, to.last);
        Inode moved = source.inode();
        Inode replaced = target.inode();
        if (moved == null) {
            return -Errno.ENOENT;
        }
        if (replaced != null && (flags & RENAME_NOREPLACE) != 0) {
            return -Errno.EEXIST;
        }
        if (replaced == null && exchange()) {
            return -Errno.ENOENT;
        }
        if (exchange() && to.trailingSlash && !replaced.isDirectory()
                || !moved.isDirectory()
                        && (from.trailingSlash || !exchange() && to.trailingSlash)) {
            return -Errno.ENOTDIR;
        }
        if (source.contains(to.dentry)) {
            return -Errno.EINVAL;
        }
        if (target.contains(from.dentry)) {
            return exchange() ? -Errno.EINVAL : -Errno.ENOTEMPTY;
        }
        if (moved == replaced) {
            return 0;
        }
        int result = permitted(moved, replaced);
        if (result == 0 && (source.isMountPoint() || target.isMountPoint())) {
            result = -Errno.EBUSY;
        }
        return result != 0 ? result : move(source, target);
    }

    private int permitted(Inode moved, Inode replaced) {
        Credentials who = from.credentials();
        Inode oldDirectory = from.dentry.inode();
        Inode newDirectory = to.dentry.inode();
        int result = Access.mayRemove(who, oldDirectory, moved);
        if (result != 0) {
            return result;
        }
        result =
                replaced == null
                        ? Access.mayCreate(who, to.dentry)
                        : Access.mayRemove(who, newDirectory, replaced);
        if (result != 0) {
            return result;
        }
        if (replaced != null && !exchange() && moved.isDirectory() != replaced.isDirectory()) {
            return moved.isDirectory() ? -Errno.ENOTDIR : -Errno.EISDIR;
        }
        if (oldDirectory == newDirectory) {
            return 0;
        }
        boolean mayMove = !moved.isDirectory() || Access.allows(who, moved, Access.WRITE);
        boolean mayMoveBack =
                !exchange()
                        || !replaced.isDirectory()
                        || Access.allows(who, replaced, Access.WRITE);
        return mayMove && mayMoveBack ? 0 : -Errno.EACCES;
    }

    private int move(Dentry source, Dentry target) {
        Inode replaced = target.inode();
        Inode.Exchange kind = exchange() ? Inode.Exchange.YES : Inode.Exchange.NO;
        int result =
                from.dentry
                        .inode()
                        .rename(
                                from.last,
                                source.inode(),
                                to.dentry.inode(),
                                to.last,
                                replaced,
                                kind);
        if (result != 0) {
            return result;
        }
        if (exchange()) {
            Dentry.exchange(source, target);
        } else {
            to.dentry.forget(target);
            if (replaced != null) {
                to.dentry.unlink(target);
            }
            from.dentry.move(source, to.dentry, to.last);
        }
        return 0;
    }
}
