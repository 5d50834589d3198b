package callgate.kernel.sys;

import static callgate.kernel.sys.Arg.Kind.ADDRESS;
import static callgate.kernel.sys.Arg.Kind.FD;
import static callgate.kernel.sys.Arg.Kind.HEX;
import static callgate.kernel.sys.Arg.Kind.OCTAL;
import static callgate.kernel.sys.Arg.Kind.OPEN_FLAGS;
import static callgate.kernel.sys.Arg.Kind.PATH;

import callgate.kernel.abi.AtFlags;
import callgate.kernel.abi.Errno;
import callgate.kernel.abi.Mode;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.mm.UserMemory;
import callgate.kernel.task.Task;
import callgate.kernel.vfs.Access;
import callgate.kernel.vfs.Credentials;
import callgate.kernel.vfs.Names;
import callgate.kernel.vfs.Namespace;
import callgate.kernel.vfs.Open;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.vfs.Path;
import callgate.kernel.vfs.PathWalk;
import callgate.kernel.vfs.Rename;
import java.nio.charset.StandardCharsets;

/** System calls on names: opening, making, removing, and where a process stands in the tree. */
final class Paths {
    private static final int UNNAMED_BIT = OpenFlags.O_TMPFILE & ~OpenFlags.O_DIRECTORY;
    private static final int KNOWN_OPEN_FLAGS =
            OpenFlags.O_ACCMODE
                    | OpenFlags.O_CREAT
                    | OpenFlags.O_EXCL
                    | OpenFlags.O_NOCTTY
                    | OpenFlags.O_TRUNC
                    | OpenFlags.O_APPEND
                    | OpenFlags.O_NONBLOCK
                    | OpenFlags.O_SYNC
                    | OpenFlags.FASYNC
                    | OpenFlags.O_DIRECT
                    | OpenFlags.O_LARGEFILE
                    | OpenFlags.O_NOFOLLOW
                    | OpenFlags.O_NOATIME
                    | OpenFlags.O_CLOEXEC
                    | OpenFlags.O_PATH
                    | OpenFlags.O_TMPFILE;
    private static final int OPEN_HOW_BYTES = 24;
    private static final int PAGE = 4096;
    private static final long KNOWN_RESOLVE =
            PathWalk.RESOLVE_NO_XDEV
                    | PathWalk.RESOLVE_NO_MAGICLINKS
                    | PathWalk.RESOLVE_NO_SYMLINKS
                    | PathWalk.RESOLVE_BENEATH
                    | PathWalk.RESOLVE_IN_ROOT
                    | PathWalk.RESOLVE_CACHED;

    private Paths() {}

    // ---- opening ----

    @Syscall(nr = 56)
    static long openat(
            Task task,
            @Arg(FD) int directory,
            @Arg(PATH) long path,
            @Arg(OPEN_FLAGS) int flags,
            @Arg(OCTAL) int mode) {
        return open(
                task, directory, path, flags & KNOWN_OPEN_FLAGS | OpenFlags.O_LARGEFILE, mode, 0);
    }

    private static long open(
            Task task, int directory, long pathAddress, int flags, int mode, int resolve) {
        String path = Lookup.path(task, pathAddress);
        PathWalk walk =
                new PathWalk(
                        task,
                        task.credentials(),
                        task.fs(),
                        Lookup.start(task, directory, path),
                        resolve);
        Open open = new Open(walk, flags, mode & Mode.PERMISSIONS & ~task.fs().umask());
        OpenFile file = open.open(path);
        return file == null
                ? open.error()
                : Descriptors.install(task, file, flags & OpenFlags.O_CLOEXEC);
    }

    /** {@code struct open_how} is three u64: flags, mode, resolve. */
    @Syscall(nr = 437)
    static long openat2(
            Task task,
            @Arg(FD) int directory,
            @Arg(PATH) long path,
            @Arg(ADDRESS) long how,
            long size) {
        if (Long.compareUnsigned(size, OPEN_HOW_BYTES) < 0) {
            return -Errno.EINVAL;
        }
        if (Long.compareUnsigned(size, PAGE) > 0) {
            return -Errno.E2BIG;
        }
        UserMemory memory = task.memory();
        for (long at = OPEN_HOW_BYTES; at < size; at++) {
            if (memory.readByte(how + at) != 0) {
                return -Errno.E2BIG;
            }
        }
        long flags = memory.readLong(how);
        long mode = memory.readLong(how + 8);
        long resolve = memory.readLong(how + 16);
        boolean creates = (flags & OpenFlags.O_CREAT) != 0 || (flags & UNNAMED_BIT) != 0;
        if ((flags & ~KNOWN_OPEN_FLAGS) != 0
                || (resolve & ~KNOWN_RESOLVE) != 0
                || (mode & ~(creates ? Mode.PERMISSIONS : 0)) != 0
                || (resolve & PathWalk.RESOLVE_BENEATH) != 0
                        && (resolve & PathWalk.RESOLVE_IN_ROOT) != 0) {
            return -Errno.EINVAL;
        }
        long withPath =
                OpenFlags.O_PATH
                        | OpenFlags.O_DIRECTORY
                        | OpenFlags.O_NOFOLLOW
                        | OpenFlags.O_CLOEXEC;
        if ((flags & OpenFlags.O_PATH) != 0 && (flags & ~withPath) != 0) {
            return -Errno.EINVAL;
        }
        if ((resolve & PathWalk.RESOLVE_CACHED) != 0
                && (creates || (flags & OpenFlags.O_TRUNC) != 0)) {
            return -Errno.EAGAIN;
        }
        return open(task, directory, path, (int) flags, (int) mode, (int) resolve);
    }

    // ---- making and removing names ----

    @Syscall(nr = 34)
    static long mkdirat(
            Task task, @Arg(FD) int directory, @Arg(PATH) long pathAddress, @Arg(OCTAL) int mode) {
        String path = Lookup.path(task, pathAddress);
        return Names.mkdir(Lookup.walk(task, directory, path), path, mode & ~task.fs().umask());
    }

    @Syscall(nr = 33)
    static long mknodat(
            Task task,
            @Arg(FD) int directory,
            @Arg(PATH) long pathAddress,
            @Arg(OCTAL) int mode,
            int device) {
        int type = mode & Mode.S_IFMT;
        switch (type) {
            case 0, Mode.S_IFREG, Mode.S_IFCHR, Mode.S_IFBLK, Mode.S_IFIFO, Mode.S_IFSOCK -> {}
            case Mode.S_IFDIR -> {
                return -Errno.EPERM;
            }
            default -> {
                return -Errno.EINVAL;
            }
        }
        String path = Lookup.path(task, pathAddress);
        int fullMode =
                (type == 0 ? Mode.S_IFREG : type) | mode & Mode.PERMISSIONS & ~task.fs().umask();
        return Names.mknod(
                Lookup.walk(task, directory, path), path, fullMode, Integer.toUnsignedLong(device));
    }

    @Syscall(nr = 35)
    static long unlinkat(
            Task task, @Arg(FD) int directory, @Arg(PATH) long pathAddress, @Arg(HEX) int flags) {
        if ((flags & ~AtFlags.AT_REMOVEDIR) != 0) {
            return -Errno.EINVAL;
        }
        String path = Lookup.path(task, pathAddress);
        PathWalk walk = Lookup.walk(task, directory, path);
        return flags != 0 ? Names.rmdir(walk, path) : Names.unlink(walk, path);
    }

    @Syscall(nr = 36)
    static long symlinkat(
            Task task,
            @Arg(PATH) long target,
            @Arg(FD) int directory,
            @Arg(PATH) long pathAddress) {
        String to = Lookup.path(task, target);
        if (to.isEmpty()) {
            return -Errno.ENOENT;
        }
        String path = Lookup.path(task, pathAddress);
        return Names.symlink(Lookup.walk(task, directory, path), to, path);
    }

    @Syscall(nr = 37)
    static long linkat(
            Task task,
            @Arg(FD) int oldDirectory,
            @Arg(PATH) long oldAddress,
            @Arg(FD) int newDirectory,
            @Arg(PATH) long newAddress,
            @Arg(HEX) int flags) {
        if ((flags & ~(AtFlags.AT_SYMLINK_FOLLOW | AtFlags.AT_EMPTY_PATH)) != 0) {
            return -Errno.EINVAL;
        }
        String oldPath = Lookup.path(task, oldAddress);
        boolean byDescriptor = oldPath.isEmpty() && (flags & AtFlags.AT_EMPTY_PATH) != 0;
        if (byDescriptor && !task.credentials().has(Credentials.CAP_DAC_READ_SEARCH)) {
            return -Errno.ENOENT;
        }
        PathWalk walk = Lookup.walk(task, oldDirectory, oldPath);
        int follow = (flags & AtFlags.AT_SYMLINK_FOLLOW) != 0 ? PathWalk.FOLLOW : 0;
        int result = walk.walk(oldPath, follow | (byDescriptor ? PathWalk.ALLOW_EMPTY : 0));
        if (result != 0) {
            return result;
        }
        String newPath = Lookup.path(task, newAddress);
        return Names.link(Lookup.walk(task, newDirectory, newPath), walk.path(), newPath);
    }

    @Syscall(nr = 276, missing = "RENAME_WHITEOUT")
    static long renameat2(
            Task task,
            @Arg(FD) int oldDirectory,
            @Arg(PATH) long oldAddress,
            @Arg(FD) int newDirectory,
            @Arg(PATH) long newAddress,
            @Arg(HEX) int flags) {
        boolean known = (flags & ~(Rename.RENAME_NOREPLACE | Rename.RENAME_EXCHANGE)) == 0;
        if (!known || flags == (Rename.RENAME_NOREPLACE | Rename.RENAME_EXCHANGE)) {
            return -Errno.EINVAL;
        }
        String oldPath = Lookup.path(task, oldAddress);
        String newPath = Lookup.path(task, newAddress);
        PathWalk from = Lookup.walk(task, oldDirectory, oldPath);
        PathWalk to = Lookup.walk(task, newDirectory, newPath);
        return Rename.rename(from, oldPath, to, newPath, flags);
    }

    @Syscall(nr = 78)
    static long readlinkat(
            Task task,
            @Arg(FD) int directory,
            @Arg(PATH) long pathAddress,
            @Arg(ADDRESS) long buffer,
            int size) {
        if (size <= 0) {
            return -Errno.EINVAL;
        }
        int flags = AtFlags.AT_SYMLINK_NOFOLLOW | AtFlags.AT_EMPTY_PATH;
        String path = Lookup.path(task, pathAddress);
        PathWalk walk = Lookup.walk(task, directory, path);
        int result =
                walk.walk(
                        path,
                        Lookup.walkFlags(
                                        path.isEmpty() && directory == AtFlags.AT_FDCWD ? 0 : flags)
                                & ~PathWalk.FOLLOW);
        if (result != 0) {
            return result;
        }
        if (!walk.inode().isSymlink()) {
            return path.isEmpty() ? -Errno.ENOENT : -Errno.EINVAL;
        }
        byte[] target = walk.inode().readlink(task).getBytes(StandardCharsets.ISO_8859_1);
        int length = Math.min(target.length, size);
        task.memory().write(buffer, target, 0, length);
        return length;
    }

    // ---- asking ----

    @Syscall(nr = 48)
    static long faccessat(Task task, @Arg(FD) int directory, @Arg(PATH) long path, int mode) {
        return faccessat2(task, directory, path, mode, 0);
    }

    @Syscall(nr = 439)
    static long faccessat2(
            Task task,
            @Arg(FD) int directory,
            @Arg(PATH) long pathAddress,
            int mode,
            @Arg(HEX) int flags) {
        int known = AtFlags.AT_EACCESS | AtFlags.AT_SYMLINK_NOFOLLOW | AtFlags.AT_EMPTY_PATH;
        if ((mode & ~7) != 0 || (flags & ~known) != 0) {
            return -Errno.EINVAL;
        }
        Credentials who =
                (flags & AtFlags.AT_EACCESS) != 0
                        ? task.credentials()
                        : task.credentials().asRealUser();
        String path = Lookup.path(task, pathAddress);
        PathWalk walk = new PathWalk(task, who, task.fs(), Lookup.start(task, directory, path), 0);
        int result = walk.walk(path, Lookup.walkFlags(flags));
        if (result != 0 || mode == 0) {
            return result;
        }
        int type = walk.inode().type();
        boolean stored = type == Mode.S_IFREG || type == Mode.S_IFDIR || type == Mode.S_IFLNK;
        if (!Access.allows(who, walk.inode(), mode)) {
            return -Errno.EACCES;
        }
        if ((mode & Access.EXECUTE) != 0
                && type == Mode.S_IFREG
                && walk.mount().forbidsExecution()) {
            return -Errno.EACCES;
        }
        return (mode & Access.WRITE) != 0 && stored && walk.mount().isReadOnly() ? -Errno.EROFS : 0;
    }

    // ---- where a process stands ----

    @Syscall(nr = 17)
    static long getcwd(Task task, @Arg(ADDRESS) long buffer, long size) {
        Path place = task.fs().workingDirectory();
        if (place.dentry().isUnlinked()) {
            return -Errno.ENOENT;
        }
        String name = Namespace.nameOf(place, task.fs().root());
        if (name == null) {
            name = "(unreachable)" + Namespace.nameOf(place, place.mount().namespace().root());
        }
        byte[] bytes = (name + '\0').getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length > UserMemory.PATH_MAX) {
            return -Errno.ENAMETOOLONG;
        }
        if (Long.compareUnsigned(size, bytes.length) < 0) {
            return -Errno.ERANGE;
        }
        IoBuffer to = task.memory().buffer(buffer, bytes.length);
        to.put(bytes, 0, bytes.length);
        return bytes.length;
    }

    @Syscall(nr = 49)
    static long chdir(Task task, @Arg(PATH) long pathAddress) {
        return Lookup.find(
                task, AtFlags.AT_FDCWD, pathAddress, 0, (walk, inode) -> enter(task, walk.path()));
    }

    @Syscall(nr = 50)
    static long fchdir(Task task, @Arg(FD) int fd) {
        return Files.with(
                task, fd, file -> file.path() == null ? -Errno.ENOTDIR : enter(task, file.path()));
    }

    private static long enter(Task task, Path place) {
        if (!place.inode().isDirectory()) {
            return -Errno.ENOTDIR;
        }
        if (!Access.allows(task.credentials(), place.inode(), Access.EXECUTE)) {
            return -Errno.EACCES;
        }
        task.fs().setWorkingDirectory(place);
        return 0;
    }

    @Syscall(nr = 51)
    static long chroot(Task task, @Arg(PATH) long pathAddress) {
        return Lookup.find(
                task,
                AtFlags.AT_FDCWD,
                pathAddress,
                0,
                (walk, inode) -> {
                    if (!inode.isDirectory()) {
                        return -Errno.ENOTDIR;
                    }
                    if (!Access.allows(task.credentials(), inode, Access.EXECUTE)) {
                        return -Errno.EACCES;
                    }
                    if (!task.credentials().has(Credentials.CAP_SYS_CHROOT)) {
                        return -Errno.EPERM;
                    }
                    task.fs().setRoot(walk.path());
                    return 0;
                });
    }

    @Syscall(nr = 166)
    static long umask(Task task, @Arg(OCTAL) int mask) {
        int before = task.fs().umask();
        task.fs().setUmask(mask);
        return before;
    }

    /** File handles would name files without a path, which no file system here can. */
    @Syscall(nr = 264, missing = "file handles: always EOPNOTSUPP")
    static long name_to_handle_at(
            Task task,
            @Arg(FD) int directory,
            @Arg(PATH) long path,
            @Arg(ADDRESS) long handle,
            @Arg(ADDRESS) long mount,
            @Arg(HEX) int flags) {
        int known = AtFlags.AT_SYMLINK_FOLLOW | AtFlags.AT_EMPTY_PATH;
        return (flags & ~known) != 0 ? -Errno.EINVAL : -Errno.EOPNOTSUPP;
    }
}
