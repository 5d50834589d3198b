package callgate.kernel.sys;

import static callgate.kernel.sys.Arg.Kind.ADDRESS;
import static callgate.kernel.sys.Arg.Kind.HEX;
import static callgate.kernel.sys.Arg.Kind.PATH;

import callgate.kernel.abi.AtFlags;
import callgate.kernel.abi.Errno;
import callgate.kernel.task.Task;
import callgate.kernel.vfs.Credentials;
import callgate.kernel.vfs.Mount;
import callgate.kernel.vfs.Namespace;
import callgate.kernel.vfs.Path;
import callgate.kernel.vfs.PathWalk;

/** Changing the tree of mounts, for a guest's root. */
final class Mounts {
    private static final long MS_REMOUNT = 32;
    private static final long MS_BIND = 4096;
    private static final long MS_REC = 16384;
    private static final long MS_SILENT = 32768;
    private static final long MS_UNBINDABLE = 1L << 17;
    private static final long MS_PRIVATE = 1L << 18;
    private static final long MS_SLAVE = 1L << 19;
    private static final long MS_SHARED = 1L << 20;
    private static final long PROPAGATION = MS_UNBINDABLE | MS_PRIVATE | MS_SLAVE | MS_SHARED;
    private static final long OWN_FLAGS =
            Mount.MS_RDONLY | Mount.MS_NOSUID | Mount.MS_NODEV | Mount.MS_NOEXEC;

    /** NOATIME, NODIRATIME, RELATIME, STRICTATIME, LAZYTIME: taken and without effect. */
    private static final long TIME_FLAGS = 1L << 10 | 1L << 11 | 1L << 21 | 1L << 24 | 1L << 25;

    private static final int MNT_FORCE = 1;
    private static final int MNT_DETACH = 2;
    private static final int UMOUNT_NOFOLLOW = 8;
    private static final int TYPE_MAX = 256;

    private Mounts() {}

    @Syscall(nr = 40, missing = "recursive binds, MS_MOVE, propagation between namespaces")
    static long mount(
            Task task,
            @Arg(PATH) long source,
            @Arg(PATH) long target,
            @Arg(PATH) long type,
            @Arg(HEX) long flags,
            @Arg(ADDRESS) long data) {
        long known =
                OWN_FLAGS | TIME_FLAGS | MS_REMOUNT | MS_BIND | MS_REC | MS_SILENT | PROPAGATION;
        if (!task.credentials().has(Credentials.CAP_SYS_ADMIN)) {
            return -Errno.EPERM;
        }
        if ((flags & ~known) != 0) {
            return -Errno.EINVAL;
        }
        return Lookup.find(
                task,
                AtFlags.AT_FDCWD,
                target,
                0,
                (walk, inode) -> {
                    Mount mount = walk.mount();
                    if ((flags & MS_REMOUNT) != 0) {
                        boolean isRoot = walk.path().dentry() == mount.root();
                        return isRoot
                                ? mount.namespace().remount(mount, flags & OWN_FLAGS)
                                : -Errno.EINVAL;
                    }
                    if ((flags & PROPAGATION) != 0) {
                        return 0; // there is one namespace: nothing is propagated
                    }
                    if ((flags & MS_BIND) != 0) {
                        return bind(task, source, walk.path());
                    }
                    return create(task, source, walk.path(), type, flags, data);
                });
    }

    private static long bind(Task task, long source, Path target) {
        return Lookup.find(
                task,
                AtFlags.AT_FDCWD,
                source,
                0,
                (walk, inode) -> target.mount().namespace().bind(walk.path(), target));
    }

    private static long create(
            Task task, long source, Path target, long typeAddress, long flags, long data) {
        String name = typeAddress == 0 ? null : task.memory().readString(typeAddress, TYPE_MAX);
        if (name == null) {
            return -Errno.EINVAL;
        }
        Namespace namespace = target.mount().namespace();
        Namespace.Type type = namespace.type(name);
        if (type == null) {
            return -Errno.ENODEV;
        }
        String from = source == 0 ? "none" : Lookup.path(task, source);
        String options = data == 0 ? "" : Lookup.path(task, data);
        return namespace.mount(type.create(from, options), target, from, flags & OWN_FLAGS);
    }

    @Syscall(nr = 39)
    static long umount2(Task task, @Arg(PATH) long target, @Arg(HEX) int flags) {
        if ((flags & ~(MNT_FORCE | MNT_DETACH | UMOUNT_NOFOLLOW)) != 0) {
            return -Errno.EINVAL;
        }
        if (!task.credentials().has(Credentials.CAP_SYS_ADMIN)) {
            return -Errno.EPERM;
        }
        String path = Lookup.path(task, target);
        PathWalk walk = Lookup.walk(task, AtFlags.AT_FDCWD, path);
        int result = walk.walk(path, (flags & UMOUNT_NOFOLLOW) != 0 ? 0 : PathWalk.FOLLOW);
        if (result != 0) {
            return result;
        }
        Mount mount = walk.mount();
        return walk.path().dentry() == mount.root()
                ? mount.namespace().unmount(mount)
                : -Errno.EINVAL;
    }
}
