package callgate.kernel.sys;

import static callgate.kernel.sys.Arg.Kind.FD;
import static callgate.kernel.sys.Arg.Kind.HEX;
import static callgate.kernel.sys.Arg.Kind.OPEN_FLAGS;
import static callgate.kernel.sys.Arg.Kind.PATH;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.task.Task;
import callgate.kernel.vfs.FileLocks;
import callgate.kernel.vfs.FileTable;
import callgate.kernel.vfs.Inode;
import callgate.kernel.vfs.Namespace;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.vfs.Path;
import callgate.kernel.vfs.RegularFile;
import callgate.kernel.vfs.Seals;

/** System calls on descriptors and open file descriptions. */
final class DescriptorCalls {
    private static final int CLOSE_RANGE_UNSHARE = 2;
    private static final int CLOSE_RANGE_CLOEXEC = 4;
    private static final int LOCK_SH = 1;
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    private static final int LOCK_UN = 8;
    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_ALLOW_SEALING = 2;
    private static final int MFD_NOEXEC_SEAL = 8;
    private static final int MFD_EXEC = 16;
    private static final int MEMFD_NAME_MAX = 249;

    private DescriptorCalls() {}

    @Syscall(nr = 57)
    static long close(Task task, @Arg(FD) int fd) {
        OpenFile file = task.files().remove(fd);
        if (file == null) {
            return -Errno.EBADF;
        }
        task.files().close(file);
        return 0;
    }

    @Syscall(nr = 436)
    static long close_range(Task task, int first, int last, @Arg(HEX) int flags) {
        if ((flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC)) != 0
                || Integer.compareUnsigned(first, last) > 0) {
            return -Errno.EINVAL;
        }
        if ((flags & CLOSE_RANGE_UNSHARE) != 0) {
            unshare(task);
        }
        int end = last < 0 || last == Integer.MAX_VALUE ? Integer.MAX_VALUE : last + 1;
        for (int fd = first; fd >= 0 && fd < Math.min(end, task.files().size()); fd++) {
            if ((flags & CLOSE_RANGE_CLOEXEC) != 0) {
                task.files().setCloseOnExec(fd, true);
            } else {
                close(task, fd);
            }
        }
        return 0;
    }

    /** Gives the task a descriptor table of its own. */
    private static void unshare(Task task) {
        FileTable shared = task.files();
        if (shared.isShared()) {
            task.setFiles(shared.copy());
            shared.release();
        }
    }

    @Syscall(nr = 23)
    static long dup(Task task, @Arg(FD) int fd) {
        return duplicate(task, fd, 0, false);
    }

    private static long duplicate(Task task, int fd, int from, boolean cloexec) {
        OpenFile file = task.files().get(fd);
        if (file == null) {
            return -Errno.EBADF;
        }
        int result = task.files().add(file, from, task.descriptorLimit(), cloexec);
        if (result < 0) {
            file.release();
        }
        return result;
    }

    @Syscall(nr = 24)
    static long dup3(Task task, @Arg(FD) int from, int to, @Arg(OPEN_FLAGS) int flags) {
        if ((flags & ~OpenFlags.O_CLOEXEC) != 0 || from == to) {
            return -Errno.EINVAL;
        }
        if (to < 0 || to >= task.descriptorLimit()) {
            return -Errno.EBADF;
        }
        OpenFile file = task.files().get(from);
        if (file == null) {
            return -Errno.EBADF;
        }
        int result = task.files().replace(to, file, (flags & OpenFlags.O_CLOEXEC) != 0);
        if (result < 0) {
            file.release();
        }
        return result;
    }

    // ---- fcntl ----

    private static final int F_DUPFD = 0;
    private static final int F_GETFD = 1;
    private static final int F_SETFD = 2;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int F_GETLK = 5;
    private static final int F_SETLK = 6;
    private static final int F_SETLKW = 7;
    private static final int F_SETOWN = 8;
    private static final int F_GETOWN = 9;
    private static final int F_SETSIG = 10;
    private static final int F_GETSIG = 11;
    private static final int F_OFD_GETLK = 36;
    private static final int F_OFD_SETLK = 37;
    private static final int F_OFD_SETLKW = 38;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int F_SETPIPE_SZ = 1031;
    private static final int F_GETPIPE_SZ = 1032;
    private static final int F_ADD_SEALS = 1033;
    private static final int F_GET_SEALS = 1034;
    private static final int FD_CLOEXEC = 1;

    @Syscall(nr = 25, missing = "leases, SIGIO owners, F_NOTIFY, write hints")
    static long fcntl(Task task, @Arg(FD) int fd, int command, long argument) {
        return Files.with(
                task,
                fd,
                file -> {
                    switch (command) {
                        case F_DUPFD, F_DUPFD_CLOEXEC -> {
                            return argument < 0 || argument >= task.descriptorLimit()
                                    ? -Errno.EINVAL
                                    : duplicate(
                                            task, fd, (int) argument, command == F_DUPFD_CLOEXEC);
                        }
                        case F_GETFD -> {
                            return task.files().closeOnExec(fd) ? FD_CLOEXEC : 0;
                        }
                        case F_SETFD -> {
                            task.files().setCloseOnExec(fd, (argument & FD_CLOEXEC) != 0);
                            return 0;
                        }
                        case F_GETFL -> {
                            return file.flags();
                        }
                        default -> {
                            return file.isPathOnly()
                                    ? -Errno.EBADF
                                    : control(task, file, command, argument);
                        }
                    }
                });
    }

    private static long control(Task task, OpenFile file, int command, long argument) {
        return switch (command) {
            case F_SETFL -> {
                boolean takesNoAtime =
                        (argument & OpenFlags.O_NOATIME) != 0
                                && (file.flags() & OpenFlags.O_NOATIME) == 0
                                && !callgate.kernel.vfs.Access.owns(
                                        task.credentials(), file.inode());
                if (takesNoAtime) {
                    yield -Errno.EPERM;
                }
                file.setStatusFlags((int) argument);
                yield 0;
            }
            case F_GETLK, F_OFD_GETLK ->
                    RangeLocks.query(task, file, argument, ownership(command, F_GETLK));
            case F_SETLK, F_OFD_SETLK ->
                    RangeLocks.set(
                            task,
                            file,
                            argument,
                            ownership(command, F_SETLK),
                            FileLocks.Waiting.NO);
            case F_SETLKW, F_OFD_SETLKW ->
                    RangeLocks.set(
                            task,
                            file,
                            argument,
                            ownership(command, F_SETLKW),
                            FileLocks.Waiting.YES);
            case F_SETOWN, F_SETSIG -> 0;
            case F_GETOWN, F_GETSIG -> 0;
            case F_GET_SEALS -> file.inode().seals();
            case F_ADD_SEALS -> {
                if (!file.isWritable()) {
                    yield -Errno.EPERM;
                }
                yield (argument & ~Seals.ALL) != 0
                        ? -Errno.EINVAL
                        : file.inode().addSeals((int) argument);
            }
            case F_GETPIPE_SZ -> file.pipeCapacity();
            case F_SETPIPE_SZ -> file.setPipeCapacity(task, argument);
            default -> -Errno.EINVAL;
        };
    }

    private static RangeLocks.Ownership ownership(int command, int processCommand) {
        return command == processCommand
                ? RangeLocks.Ownership.PROCESS
                : RangeLocks.Ownership.DESCRIPTION;
    }

    @Syscall(nr = 32)
    static long flock(Task task, @Arg(FD) int fd, int operation) {
        return Files.with(
                task,
                fd,
                file -> {
                    if (file.isPathOnly()) {
                        return -Errno.EBADF;
                    }
                    FileLocks.Waiting waiting =
                            (operation & LOCK_NB) != 0
                                    ? FileLocks.Waiting.NO
                                    : FileLocks.Waiting.YES;
                    FileLocks locks = file.inode().locks();
                    return switch (operation & ~LOCK_NB) {
                        case LOCK_SH -> locks.lockWhole(task, file, FileLocks.Kind.SHARED, waiting);
                        case LOCK_EX ->
                                locks.lockWhole(task, file, FileLocks.Kind.EXCLUSIVE, waiting);
                        case LOCK_UN -> {
                            locks.unlockWhole(file);
                            yield 0;
                        }
                        default -> -Errno.EINVAL;
                    };
                });
    }

    // ---- ioctl ----

    private static final int FIOCLEX = 0x5451;
    private static final int FIONCLEX = 0x5450;
    private static final int FIONBIO = 0x5421;
    private static final int FIOASYNC = 0x5452;
    private static final int FIONREAD = 0x541b;
    private static final int FICLONE = 0x40049409;
    private static final int FICLONERANGE = 0x4020940d;

    @Syscall(nr = 29)
    static long ioctl(Task task, @Arg(FD) int fd, @Arg(HEX) int request, @Arg(HEX) long argument) {
        return Files.with(
                task,
                fd,
                file -> {
                    if (file.isPathOnly()) {
                        return -Errno.EBADF;
                    }
                    switch (request) {
                        case FIOCLEX, FIONCLEX ->
                                task.files().setCloseOnExec(fd, request == FIOCLEX);
                        case FIONBIO -> setFlag(task, file, OpenFlags.O_NONBLOCK, argument);
                        case FIOASYNC -> setFlag(task, file, OpenFlags.FASYNC, argument);
                        case FIONREAD -> {
                            if (!file.inode().isRegular()) {
                                return file.ioctl(task, request, argument);
                            }
                            long left = file.inode().size() - file.seek(task, 0, FileCopy.SEEK_CUR);
                            task.memory().writeInt(argument, (int) left);
                        }
                        case FICLONE, FICLONERANGE -> {
                            return -Errno.EOPNOTSUPP;
                        }
                        default -> {
                            return file.ioctl(task, request, argument);
                        }
                    }
                    return 0;
                });
    }

    private static void setFlag(Task task, OpenFile file, int flag, long argument) {
        boolean on = task.memory().readInt(argument) != 0;
        file.setStatusFlags(on ? file.flags() | flag : file.flags() & ~flag);
    }

    // ---- files without a name ----

    @Syscall(nr = 279, missing = "MFD_HUGETLB")
    static long memfd_create(Task task, @Arg(PATH) long name, @Arg(HEX) int flags) {
        if ((flags & ~(MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL | MFD_EXEC)) != 0
                || (flags & (MFD_NOEXEC_SEAL | MFD_EXEC)) == (MFD_NOEXEC_SEAL | MFD_EXEC)) {
            return -Errno.EINVAL;
        }
        String label = task.memory().readString(name, MEMFD_NAME_MAX + 1);
        if (label == null) {
            return -Errno.EINVAL;
        }
        Namespace.MemoryFiles files = task.fs().root().mount().namespace().memoryFiles();
        if (files == null) {
            return -Errno.ENOSYS;
        }
        boolean sealable = (flags & (MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL)) != 0;
        int permissions = (flags & MFD_NOEXEC_SEAL) != 0 ? 0666 : 0777;
        Inode inode =
                files.create(
                        permissions,
                        task.credentials().fsuid(),
                        task.credentials().fsgid(),
                        sealable);
        Path path = Path.detached("/memfd:" + label + " (deleted)", inode);
        OpenFile file = new RegularFile(path, inode, OpenFlags.O_RDWR | OpenFlags.O_LARGEFILE);
        return Descriptors.install(
                task, file, (flags & MFD_CLOEXEC) != 0 ? OpenFlags.O_CLOEXEC : 0);
    }
}
