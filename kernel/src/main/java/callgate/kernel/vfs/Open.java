package callgate.kernel.vfs;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.Mode;
import callgate.kernel.abi.OpenFlags;

/**
 * {@code open(2)} and {@code openat2(2)}, apart from descriptors. Used by one thread, for one call.
 */
public final class Open {
    private static final int UNNAMED_BIT = OpenFlags.O_TMPFILE & ~OpenFlags.O_DIRECTORY;
    private static final int PATH_FLAGS =
            OpenFlags.O_PATH | OpenFlags.O_DIRECTORY | OpenFlags.O_NOFOLLOW | OpenFlags.O_CLOEXEC;

    private final PathWalk walk;
    private final int flags;
    private final int permissions;
    private int error;

    /**
     * @param flags O_* flags; unknown ones are the caller's to refuse
     * @param permissions for a new file; the umask is applied already
     */
    public Open(PathWalk walk, int flags, int permissions) {
        this.walk = walk;
        this.flags = (flags & OpenFlags.O_PATH) != 0 ? flags & PATH_FLAGS : flags;
        this.permissions = permissions;
    }

    /** A negative errno, after {@link #open} returned null. */
    public int error() {
        return error;
    }

    /**
     * Opens a path; null if it cannot be opened, see {@link #error}. Other errors by
     * ErrnoException.
     */
    public OpenFile open(String path) {
        error = find(path);
        return error != 0 || opened != null ? opened : finish();
    }

    /** An unnamed file is opened by {@link #find} at once. */
    private OpenFile opened;

    private boolean created;

    private boolean has(int flag) {
        return (flags & flag) != 0;
    }

    private boolean writes() {
        return (flags & OpenFlags.O_ACCMODE) != OpenFlags.O_RDONLY;
    }

    /** Lets the walk stand on the file to open, making it if need be. */
    private int find(String path) {
        if (has(UNNAMED_BIT)) {
            boolean valid =
                    (flags & OpenFlags.O_TMPFILE) == OpenFlags.O_TMPFILE
                            && writes()
                            && !has(OpenFlags.O_CREAT);
            return valid ? findUnnamed(path) : -Errno.EINVAL;
        }
        if (!has(OpenFlags.O_CREAT)) {
            int result = walk.walk(path, has(OpenFlags.O_NOFOLLOW) ? 0 : PathWalk.FOLLOW);
            boolean link = result == 0 && walk.inode().isSymlink();
            if (link && !has(OpenFlags.O_PATH)) {
                return has(OpenFlags.O_DIRECTORY) ? -Errno.ENOTDIR : -Errno.ELOOP;
            }
            return result;
        }
        return has(OpenFlags.O_DIRECTORY) ? -Errno.EINVAL : findOrCreate(path);
    }

    private int findUnnamed(String path) {
        int result = walk.walk(path, has(OpenFlags.O_NOFOLLOW) ? 0 : PathWalk.FOLLOW);
        if (result != 0) {
            return result;
        }
        if (!walk.inode().isDirectory()) {
            return -Errno.ENOTDIR;
        }
        if (walk.mount.isReadOnly()) {
            return -Errno.EROFS;
        }
        if (!Access.allows(walk.credentials(), walk.inode(), Access.WRITE | Access.EXECUTE)) {
            return -Errno.EACCES;
        }
        Inode inode =
                Names.createUnnamed(
                        walk,
                        Mode.S_IFREG | permissions,
                        has(OpenFlags.O_EXCL) ? Inode.Linking.FORBIDDEN : Inode.Linking.ALLOWED);
        Dentry dentry = Dentry.unnamed(walk.dentry, "#" + inode.number(), inode);
        opened =
                inode.open(
                        walk.caller(), new Path(walk.mount, dentry), flags & ~OpenFlags.O_TMPFILE);
        return 0;
    }

    private int findOrCreate(String path) {
        int result = walk.walkToParent(path);
        while (result == 0) {
            if (walk.lastKind != PathWalk.Last.NAME) {
                return existing();
            }
            if (walk.trailingSlash) {
                return -Errno.EISDIR;
            }
            Dentry child = Names.child(walk.dentry, walk.last);
            if (child.inode() == null) {
                child = create();
                if (child == null) {
                    return error;
                }
            } else if (has(OpenFlags.O_EXCL)) {
                return -Errno.EEXIST;
            }
            if (!child.inode().isSymlink()) {
                walk.dentry = child;
                return walk.intoMounts();
            }
            if (has(OpenFlags.O_NOFOLLOW)) {
                return -Errno.ELOOP;
            }
            result = walk.walkLinkToParent(child);
        }
        return result;
    }

    /** The last component is {@code .}, {@code ..}, the root, or was jumped to by a magic link. */
    private int existing() {
        if (has(OpenFlags.O_EXCL)) {
            return -Errno.EEXIST;
        }
        int result = walk.lastKind == PathWalk.Last.DOT_DOT ? walk.toParent() : 0;
        return result == 0 && walk.inode().isDirectory() ? -Errno.EISDIR : result;
    }

    private Dentry create() {
        Inode directory = walk.dentry.inode();
        synchronized (directory) {
            Dentry child = Names.childForOpen(walk.dentry, walk.last);
            if (child.inode() != null) { // another task was faster
                error = has(OpenFlags.O_EXCL) ? -Errno.EEXIST : 0;
                return error == 0 ? child : null;
            }
            error =
                    walk.mount.isReadOnly()
                            ? -Errno.EROFS
                            : Names.createForOpen(walk, child, permissions);
            created = true;
            return error == 0 ? child : null;
        }
    }

    private OpenFile finish() {
        Path path = walk.path();
        Inode inode = path.inode();
        if (has(OpenFlags.O_PATH)) {
            error = has(OpenFlags.O_DIRECTORY) && !inode.isDirectory() ? -Errno.ENOTDIR : 0;
            return error == 0 ? new PathFile(path, flags) : null;
        }
        error = created ? 0 : mayOpen(path.mount(), inode);
        if (error == 0 && has(OpenFlags.O_TRUNC) && inode.isRegular() && !created) {
            error = Access.dropSetIdOnWrite(walk.credentials(), inode);
            if (error == 0) {
                error = inode.truncate(0);
            }
        }
        return error == 0 ? openInode(path, inode) : null;
    }

    private int mayOpen(Mount mount, Inode inode) {
        boolean writes = writes() || has(OpenFlags.O_TRUNC);
        int type = inode.type();
        if (has(OpenFlags.O_DIRECTORY) && type != Mode.S_IFDIR) {
            return -Errno.ENOTDIR;
        }
        if (type == Mode.S_IFDIR && writes) {
            return -Errno.EISDIR;
        }
        if (type == Mode.S_IFSOCK) {
            return -Errno.ENXIO;
        }
        boolean device = type == Mode.S_IFCHR || type == Mode.S_IFBLK;
        if (device && mount.forbidsDevices()) {
            return -Errno.EACCES;
        }
        if (writes && type == Mode.S_IFREG && mount.isReadOnly()) {
            return -Errno.EROFS;
        }
        if (writes && inode.isRunning()) {
            return -Errno.ETXTBSY;
        }
        int mask =
                switch (flags & OpenFlags.O_ACCMODE) {
                    case OpenFlags.O_RDONLY -> Access.READ;
                    case OpenFlags.O_WRONLY -> Access.WRITE;
                    default -> Access.READ | Access.WRITE;
                };
        if (!Access.allows(
                walk.credentials(), inode, has(OpenFlags.O_TRUNC) ? mask | Access.WRITE : mask)) {
            return -Errno.EACCES;
        }
        return has(OpenFlags.O_NOATIME) && !Access.owns(walk.credentials(), inode)
                ? -Errno.EPERM
                : 0;
    }

    private OpenFile openInode(Path path, Inode inode) {
        Namespace namespace = walk.namespace();
        int type = inode.type();
        if (type == Mode.S_IFCHR) {
            DeviceRegistry.Opener driver =
                    namespace.devices().characterDevice(inode.representedDevice());
            if (driver == null) {
                throw new ErrnoException(Errno.ENXIO);
            }
            return driver.open(walk.caller(), path, flags);
        }
        if (type == Mode.S_IFBLK) {
            throw new ErrnoException(Errno.ENXIO);
        }
        if (type == Mode.S_IFIFO) {
            Namespace.FifoOpener opener = namespace.fifoOpener();
            if (opener == null) {
                throw new ErrnoException(Errno.ENXIO);
            }
            return opener.open(walk.caller(), inode, path, flags);
        }
        return inode.open(walk.caller(), path, flags);
    }
}
