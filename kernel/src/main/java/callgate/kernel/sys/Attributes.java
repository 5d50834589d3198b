package callgate.kernel.sys;

import static callgate.kernel.sys.Arg.Kind.ADDRESS;
import static callgate.kernel.sys.Arg.Kind.FD;
import static callgate.kernel.sys.Arg.Kind.HEX;
import static callgate.kernel.sys.Arg.Kind.OCTAL;
import static callgate.kernel.sys.Arg.Kind.PATH;

import callgate.kernel.abi.AtFlags;
import callgate.kernel.abi.Errno;
import callgate.kernel.mm.UserMemory;
import callgate.kernel.task.Task;
import callgate.kernel.vfs.Access;
import callgate.kernel.vfs.Credentials;
import callgate.kernel.vfs.FsStatistics;
import callgate.kernel.vfs.Inode;
import callgate.kernel.vfs.Mount;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.vfs.PathWalk;
import callgate.kernel.vfs.RegularFile;

/** System calls on the attributes of files. */
final class Attributes {
    private static final int UTIME_NOW = 0x3fffffff;
    private static final int UTIME_OMIT = 0x3ffffffe;
    private static final long SECOND = 1_000_000_000L;

    private Attributes() {}

    // ---- stat ----

    @Syscall(nr = 79)
    static long newfstatat(
            Task task,
            @Arg(FD) int directory,
            @Arg(PATH) long pathAddress,
            @Arg(ADDRESS) long buffer,
            @Arg(HEX) int flags) {
        int known = AtFlags.AT_SYMLINK_NOFOLLOW | AtFlags.AT_NO_AUTOMOUNT | AtFlags.AT_EMPTY_PATH;
        if ((flags & ~known) != 0) {
            return -Errno.EINVAL;
        }
        if ((flags & AtFlags.AT_EMPTY_PATH) != 0
                && directory >= 0
                && isEmptyPath(task, pathAddress)) {
            return fstat(task, directory, buffer);
        }
        String path = Lookup.path(task, pathAddress);
        PathWalk walk = Lookup.walk(task, directory, path);
        int result = walk.walk(path, Lookup.walkFlags(flags));
        return result != 0 ? result : writeStat(task, walk.inode(), buffer);
    }

    /** A null path counts as empty with AT_EMPTY_PATH, since Linux 6.11. */
    private static boolean isEmptyPath(Task task, long pathAddress) {
        return pathAddress == 0 || task.memory().readByte(pathAddress) == 0;
    }

    @Syscall(nr = 80)
    static long fstat(Task task, @Arg(FD) int fd, @Arg(ADDRESS) long buffer) {
        OpenFile file = task.files().get(fd);
        if (file == null) {
            return -Errno.EBADF;
        }
        try {
            return writeStat(task, file.inode(), buffer);
        } finally {
            file.release();
        }
    }

    private static long writeStat(Task task, Inode inode, long buffer) {
        int result = inode.refresh();
        if (result == 0) {
            StatLayout.writeStat(task.memory(), buffer, inode);
        }
        return result;
    }

    @Syscall(nr = 291)
    static long statx(
            Task task,
            @Arg(FD) int directory,
            @Arg(PATH) long pathAddress,
            @Arg(HEX) int flags,
            @Arg(HEX) int mask,
            @Arg(ADDRESS) long buffer) {
        int known =
                AtFlags.AT_SYMLINK_NOFOLLOW
                        | AtFlags.AT_NO_AUTOMOUNT
                        | AtFlags.AT_EMPTY_PATH
                        | AtFlags.AT_STATX_SYNC_TYPE;
        boolean bothSyncs = (flags & AtFlags.AT_STATX_SYNC_TYPE) == AtFlags.AT_STATX_SYNC_TYPE;
        if ((flags & ~known) != 0 || bothSyncs || mask < 0) {
            return -Errno.EINVAL;
        }
        if ((flags & AtFlags.AT_EMPTY_PATH) != 0
                && directory >= 0
                && isEmptyPath(task, pathAddress)) {
            return Files.with(
                    task,
                    directory,
                    file ->
                            writeStatx(
                                    task,
                                    file.inode(),
                                    file.path() == null ? null : file.path().mount(),
                                    buffer));
        }
        return Lookup.find(
                task,
                directory,
                pathAddress,
                flags,
                (walk, inode) -> writeStatx(task, inode, walk.mount(), buffer));
    }

    private static long writeStatx(Task task, Inode inode, Mount mount, long buffer) {
        int result = inode.refresh();
        if (result == 0) {
            StatLayout.writeStatx(task.memory(), buffer, inode, mount);
        }
        return result;
    }

    @Syscall(nr = 43)
    static long statfs(Task task, @Arg(PATH) long pathAddress, @Arg(ADDRESS) long buffer) {
        return Lookup.find(
                task,
                AtFlags.AT_FDCWD,
                pathAddress,
                0,
                (walk, inode) -> writeStatfs(task, inode, walk.mount(), buffer));
    }

    @Syscall(nr = 44)
    static long fstatfs(Task task, @Arg(FD) int fd, @Arg(ADDRESS) long buffer) {
        return Files.with(
                task,
                fd,
                file ->
                        writeStatfs(
                                task,
                                file.inode(),
                                file.path() == null ? null : file.path().mount(),
                                buffer));
    }

    private static long writeStatfs(Task task, Inode inode, Mount mount, long buffer) {
        FsStatistics statistics = inode.fileSystem().statistics();
        long flags = mount == null ? 0 : mount.flags() | (mount.isReadOnly() ? Mount.MS_RDONLY : 0);
        StatLayout.writeStatfs(
                task.memory(), buffer, statistics, inode.fileSystem().device(), flags);
        return 0;
    }

    // ---- mode and owner ----

    @Syscall(nr = 52)
    static long fchmod(Task task, @Arg(FD) int fd, @Arg(OCTAL) int mode) {
        return Lookup.changeOpen(
                task, fd, file -> Access.changeMode(task.credentials(), file.inode(), mode));
    }

    @Syscall(nr = 53)
    static long fchmodat(
            Task task, @Arg(FD) int directory, @Arg(PATH) long path, @Arg(OCTAL) int mode) {
        return fchmodat2(task, directory, path, mode, 0);
    }

    @Syscall(nr = 452)
    static long fchmodat2(
            Task task,
            @Arg(FD) int directory,
            @Arg(PATH) long path,
            @Arg(OCTAL) int mode,
            @Arg(HEX) int flags) {
        if ((flags & ~(AtFlags.AT_SYMLINK_NOFOLLOW | AtFlags.AT_EMPTY_PATH)) != 0) {
            return -Errno.EINVAL;
        }
        return Lookup.change(
                task,
                directory,
                path,
                flags,
                (walk, inode) ->
                        inode.isSymlink()
                                ? -Errno.EOPNOTSUPP
                                : Access.changeMode(task.credentials(), inode, mode));
    }

    @Syscall(nr = 55)
    static long fchown(Task task, @Arg(FD) int fd, int uid, int gid) {
        return Lookup.changeOpen(
                task, fd, file -> Access.changeOwner(task.credentials(), file.inode(), uid, gid));
    }

    @Syscall(nr = 54)
    static long fchownat(
            Task task,
            @Arg(FD) int directory,
            @Arg(PATH) long path,
            int uid,
            int gid,
            @Arg(HEX) int flags) {
        if ((flags & ~(AtFlags.AT_SYMLINK_NOFOLLOW | AtFlags.AT_EMPTY_PATH)) != 0) {
            return -Errno.EINVAL;
        }
        return Lookup.change(
                task,
                directory,
                path,
                flags,
                (walk, inode) -> Access.changeOwner(task.credentials(), inode, uid, gid));
    }

    // ---- times ----

    /** With a null path, the descriptor's own times (futimens). */
    @Syscall(nr = 88)
    static long utimensat(
            Task task,
            @Arg(FD) int directory,
            @Arg(PATH) long path,
            @Arg(ADDRESS) long times,
            @Arg(HEX) int flags) {
        if ((flags & ~(AtFlags.AT_SYMLINK_NOFOLLOW | AtFlags.AT_EMPTY_PATH)) != 0) {
            return -Errno.EINVAL;
        }
        long accessPart = times == 0 ? UTIME_NOW : task.memory().readLong(times + 8);
        long modifyPart = times == 0 ? UTIME_NOW : task.memory().readLong(times + 24);
        if (!isValidPart(accessPart) || !isValidPart(modifyPart)) {
            return -Errno.EINVAL;
        }
        if (accessPart == UTIME_OMIT && modifyPart == UTIME_OMIT) {
            return 0;
        }
        long now = task.clock().realtimeNanos();
        long access = nanos(task.memory(), times, accessPart, now);
        long modify = nanos(task.memory(), times + 16, modifyPart, now);
        boolean bothNow = accessPart == UTIME_NOW && modifyPart == UTIME_NOW;
        if (path == 0) {
            if (flags != 0) {
                return -Errno.EINVAL;
            }
            return Lookup.changeOpen(
                    task,
                    directory,
                    file -> setTimes(task.credentials(), file.inode(), access, modify, bothNow));
        }
        return Lookup.change(
                task,
                directory,
                path,
                flags,
                (walk, inode) -> setTimes(task.credentials(), inode, access, modify, bothNow));
    }

    private static boolean isValidPart(long nanos) {
        return nanos == UTIME_NOW || nanos == UTIME_OMIT || nanos >= 0 && nanos < SECOND;
    }

    private static long nanos(UserMemory memory, long address, long part, long now) {
        if (part == UTIME_NOW) {
            return now;
        }
        if (part == UTIME_OMIT) {
            return Inode.OMIT;
        }
        long seconds = memory.readLong(address);
        long limit = Long.MAX_VALUE / SECOND - 1;
        return Math.clamp(seconds, -limit, limit) * SECOND + part;
    }

    private static long setTimes(
            Credentials who, Inode inode, long access, long modify, boolean bothNow) {
        if (!Access.owns(who, inode)) {
            if (!bothNow) {
                return -Errno.EPERM;
            }
            if (!Access.allows(who, inode, Access.WRITE)) {
                return -Errno.EACCES;
            }
        }
        return inode.setTimes(access, modify);
    }

    // ---- size ----

    @Syscall(nr = 45)
    static long truncate(Task task, @Arg(PATH) long path, long length) {
        if (length < 0) {
            return -Errno.EINVAL;
        }
        return Lookup.find(
                task,
                AtFlags.AT_FDCWD,
                path,
                0,
                (walk, inode) -> {
                    if (!inode.isRegular()) {
                        return inode.isDirectory() ? -Errno.EISDIR : -Errno.EINVAL;
                    }
                    if (walk.mount().isReadOnly()) {
                        return -Errno.EROFS;
                    }
                    return Access.allows(task.credentials(), inode, Access.WRITE)
                            ? RegularFile.truncate(task, inode, length)
                            : -Errno.EACCES;
                });
    }
}
