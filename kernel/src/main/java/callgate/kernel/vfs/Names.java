package callgate.kernel.vfs;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.Mode;
import java.util.function.Consumer;

/**
 * What is done with names in directories: looking up, making, linking, removing. Results are 0 or a
 * negative errno.
 */
public final class Names {
    private Names() {}

    // ---- looking up ----

    /** The dentry of a name, negative if there is no such file. ErrnoException for other errors. */
    static Dentry child(Dentry directory, String name) {
        Dentry known = directory.cached(name);
        Inode inode = directory.inode();
        if (known != null && inode.fileSystem().names() == FileSystem.Names.KEPT) {
            return known;
        }
        synchronized (inode) {
            return childLocked(directory, inode, name);
        }
    }

    /** As {@link #child}, with the directory's monitor held. */
    private static Dentry childLocked(Dentry directory, Inode inode, String name) {
        Dentry known = directory.cached(name);
        FileSystem.Names names = inode.fileSystem().names();
        if (known != null && names == FileSystem.Names.KEPT) {
            return known;
        }
        if (directory.isUnlinked()) {
            return new Dentry(directory, name, null);
        }
        Inode found = inode.lookup(name);
        switch (names) {
            case KEPT -> {
                return directory.remember(name, found);
            }
            case FLEETING -> {
                return new Dentry(directory, name, found);
            }
            case CHECKED -> {
                if (known != null && known.inode() == found) {
                    return known;
                }
                if (known != null) {
                    directory.forget(known);
                }
                return found == null
                        ? new Dentry(directory, name, null)
                        : directory.remember(name, found);
            }
        }
        throw new AssertionError(names);
    }

    // ---- making ----

    /** What a creating call makes in a directory, given that it may. */
    private interface Maker {
        Inode make(Inode directory, String name);
    }

    private static int make(PathWalk walk, String path, boolean isDirectory, Maker maker) {
        int result = walk.walkToParent(path);
        if (result != 0) {
            return result;
        }
        if (walk.lastKind != PathWalk.Last.NAME) {
            return -Errno.EEXIST;
        }
        Dentry directory = walk.dentry;
        Inode inode = directory.inode();
        synchronized (inode) {
            Dentry child = childLocked(directory, inode, walk.last);
            if (child.inode() != null) {
                return -Errno.EEXIST;
            }
            if (walk.trailingSlash && !isDirectory) {
                return -Errno.ENOENT;
            }
            if (walk.mount.isReadOnly()) {
                return -Errno.EROFS;
            }
            result = Access.mayCreate(walk.credentials(), directory);
            if (result != 0) {
                return result;
            }
            made(directory, child, maker.make(inode, walk.last));
            return 0;
        }
    }

    private static void made(Dentry directory, Dentry child, Inode inode) {
        directory.instantiate(child, inode);
    }

    /** Group of a new file: that of a set-group-id directory, else the maker's. */
    private static int groupFor(Inode directory, Credentials who) {
        return (directory.mode() & Mode.S_ISGID) != 0 ? directory.gid() : who.fsgid();
    }

    public static int mkdir(PathWalk walk, String path, int permissions) {
        Credentials who = walk.credentials();
        return make(
                walk,
                path,
                true,
                (directory, name) -> {
                    int mode = Mode.S_IFDIR | permissions & 01777 | directory.mode() & Mode.S_ISGID;
                    return directory.create(name, mode, who.fsuid(), groupFor(directory, who), 0);
                });
    }

    /** {@code mknod}; {@code mode} has a type that is no directory, link or unknown one. */
    public static int mknod(PathWalk walk, String path, int mode, long device) {
        Credentials who = walk.credentials();
        return make(
                walk,
                path,
                false,
                (directory, name) -> {
                    int type = mode & Mode.S_IFMT;
                    boolean isDevice = type == Mode.S_IFCHR || type == Mode.S_IFBLK;
                    if (isDevice && !who.has(Credentials.CAP_MKNOD)) {
                        throw new ErrnoException(Errno.EPERM);
                    }
                    return createFile(directory, name, mode, device, who);
                });
    }

    /**
     * Makes a socket inode, which {@code made} gets before anybody can find it. @param permissions
     * without the umask's
     */
    public static int makeSocket(
            PathWalk walk, String path, int permissions, Consumer<Inode> made) {
        Credentials who = walk.credentials();
        return make(
                walk,
                path,
                false,
                (directory, name) -> {
                    Inode inode = createFile(directory, name, Mode.S_IFSOCK | permissions, 0, who);
                    made.accept(inode);
                    return inode;
                });
    }

    /**
     * A new file that is no directory; the set-group-id bit is not given to who is not in the
     * group.
     */
    static Inode createFile(Inode directory, String name, int mode, long device, Credentials who) {
        return directory.create(
                name,
                fileMode(directory, mode, who),
                who.fsuid(),
                groupFor(directory, who),
                device);
    }

    private static int fileMode(Inode directory, int mode, Credentials who) {
        boolean groupRun = (mode & (Mode.S_ISGID | 010)) == (Mode.S_ISGID | 010);
        boolean foreign =
                (directory.mode() & Mode.S_ISGID) != 0
                        && !who.inGroup(directory.gid())
                        && !who.has(Credentials.CAP_FSETID);
        return groupRun && foreign ? mode & ~Mode.S_ISGID : mode;
    }

    /** A regular file without a name in the directory where the walk is. */
    static Inode createUnnamed(PathWalk walk, int mode, Inode.Linking linking) {
        Inode directory = walk.inode();
        Credentials who = walk.credentials();
        synchronized (directory) {
            return directory.createUnnamed(
                    fileMode(directory, mode, who), who.fsuid(), groupFor(directory, who), linking);
        }
    }

    public static int symlink(PathWalk walk, String target, String path) {
        Credentials who = walk.credentials();
        return make(
                walk,
                path,
                false,
                (directory, name) ->
                        directory.symlink(name, target, who.fsuid(), groupFor(directory, who)));
    }

    /** Gives what is at {@code existing} the name {@code path}. */
    public static int link(PathWalk walk, Path existing, String path) {
        Inode target = existing.inode();
        int result =
                make(
                        walk,
                        path,
                        false,
                        (directory, name) -> {
                            if (existing.mount() != walk.mount
                                    || target.fileSystem() != directory.fileSystem()) {
                                throw new ErrnoException(Errno.EXDEV);
                            }
                            if (target.isDirectory()) {
                                throw new ErrnoException(Errno.EPERM);
                            }
                            int linked = directory.link(name, target);
                            if (linked != 0) {
                                throw new ErrnoException(-linked);
                            }
                            return target;
                        });
        return result;
    }

    /**
     * Makes the file of a creating open, in the directory where the walk is; its monitor is held.
     */
    static Dentry childForOpen(Dentry directory, String name) {
        return childLocked(directory, directory.inode(), name);
    }

    static int createForOpen(PathWalk walk, Dentry child, int permissions) {
        Dentry directory = walk.dentry;
        int result = Access.mayCreate(walk.credentials(), directory);
        if (result != 0) {
            return result;
        }
        Inode inode = directory.inode();
        int mode = Mode.S_IFREG | permissions;
        made(directory, child, createFile(inode, walk.last, mode, 0, walk.credentials()));
        return 0;
    }

    // ---- removing ----

    public static int unlink(PathWalk walk, String path) {
        int result = walk.walkToParent(path);
        if (result != 0) {
            return result;
        }
        if (walk.lastKind != PathWalk.Last.NAME) {
            return -Errno.EISDIR;
        }
        if (walk.mount.isReadOnly()) {
            return -Errno.EROFS;
        }
        Dentry directory = walk.dentry;
        Inode inode = directory.inode();
        synchronized (inode) {
            Dentry child = childLocked(directory, inode, walk.last);
            Inode victim = child.inode();
            if (victim == null) {
                return -Errno.ENOENT;
            }
            if (walk.trailingSlash) {
                return victim.isDirectory() ? -Errno.EISDIR : -Errno.ENOTDIR;
            }
            result = Access.mayRemove(walk.credentials(), inode, victim);
            if (result == 0) {
                result =
                        victim.isDirectory()
                                ? -Errno.EISDIR
                                : child.isMountPoint() ? -Errno.EBUSY : 0;
            }
            if (result == 0) {
                result = inode.unlink(walk.last, victim);
            }
            if (result == 0) {
                directory.unlink(child);
            }
            return result;
        }
    }

    public static int rmdir(PathWalk walk, String path) {
        int result = walk.walkToParent(path);
        if (result != 0) {
            return result;
        }
        switch (walk.lastKind) {
            case DOT -> {
                return -Errno.EINVAL;
            }
            case DOT_DOT -> {
                return -Errno.ENOTEMPTY;
            }
            case ROOT -> {
                return -Errno.EBUSY;
            }
            case NAME -> {}
        }
        if (walk.mount.isReadOnly()) {
            return -Errno.EROFS;
        }
        Dentry directory = walk.dentry;
        Inode inode = directory.inode();
        synchronized (inode) {
            Dentry child = childLocked(directory, inode, walk.last);
            Inode victim = child.inode();
            if (victim == null) {
                return -Errno.ENOENT;
            }
            result = Access.mayRemove(walk.credentials(), inode, victim);
            if (result == 0) {
                result =
                        !victim.isDirectory()
                                ? -Errno.ENOTDIR
                                : child.isMountPoint() ? -Errno.EBUSY : 0;
            }
            if (result == 0) {
                synchronized (victim) {
                    result = inode.rmdir(walk.last, victim);
                    if (result == 0) {
                        directory.unlink(child);
                    }
                }
            }
            return result;
        }
    }
}
