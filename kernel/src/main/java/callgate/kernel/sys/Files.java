package callgate.kernel.sys;

import static callgate.kernel.sys.Arg.Kind.ADDRESS;
import static callgate.kernel.sys.Arg.Kind.BYTES_IN;
import static callgate.kernel.sys.Arg.Kind.BYTES_OUT;
import static callgate.kernel.sys.Arg.Kind.FD;
import static callgate.kernel.sys.Arg.Kind.HEX;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.Mode;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.task.Task;
import callgate.kernel.vfs.Fallocate;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.vfs.RegularFile;

/** System calls on the data of open files. */
final class Files {
    private static final int RWF_HIPRI = 1;
    private static final int RWF_DSYNC = 2;
    private static final int RWF_SYNC = 4;
    private static final int RWF_APPEND = 16;
    private static final int SUPPORTED_RWF = RWF_HIPRI | RWF_DSYNC | RWF_SYNC;
    private static final int FADVISE_LAST = 5;
    private static final int SYNC_FILE_RANGE_FLAGS = 7;

    private Files() {}

    /** What a call does with an open file, which is released afterwards. */
    @FunctionalInterface
    interface Operation {
        long on(OpenFile file);
    }

    static long with(Task task, int fd, Operation operation) {
        OpenFile file = task.files().get(fd);
        if (file == null) {
            return -Errno.EBADF;
        }
        try {
            return operation.on(file);
        } finally {
            file.release();
        }
    }

    // ---- read and write ----

    @Syscall(nr = 63)
    static long read(Task task, @Arg(FD) int fd, @Arg(BYTES_OUT) long buffer, long count) {
        OpenFile file = task.files().get(fd);
        if (file == null) {
            return -Errno.EBADF;
        }
        try {
            if (!file.isReadable()) {
                return -Errno.EBADF;
            }
            return count < 0 ? -Errno.EINVAL : file.read(task, task.memory().buffer(buffer, count));
        } finally {
            file.release();
        }
    }

    @Syscall(nr = 64)
    static long write(Task task, @Arg(FD) int fd, @Arg(BYTES_IN) long buffer, long count) {
        OpenFile file = task.files().get(fd);
        if (file == null) {
            return -Errno.EBADF;
        }
        try {
            if (!file.isWritable()) {
                return -Errno.EBADF;
            }
            return count < 0
                    ? -Errno.EINVAL
                    : file.write(task, task.memory().buffer(buffer, count));
        } finally {
            file.release();
        }
    }

    @Syscall(nr = 65)
    static long readv(Task task, @Arg(FD) int fd, @Arg(ADDRESS) long vector, long count) {
        return with(task, fd, file -> readVector(task, file, vector, count));
    }

    private static long readVector(Task task, OpenFile file, long vector, long count) {
        return file.isReadable()
                ? file.read(task, task.memory().vector(vector, count))
                : -Errno.EBADF;
    }

    @Syscall(nr = 66)
    static long writev(Task task, @Arg(FD) int fd, @Arg(ADDRESS) long vector, long count) {
        return with(task, fd, file -> writeVector(task, file, vector, count));
    }

    private static long writeVector(Task task, OpenFile file, long vector, long count) {
        return file.isWritable()
                ? file.write(task, task.memory().vector(vector, count))
                : -Errno.EBADF;
    }

    @Syscall(nr = 67)
    static long pread64(
            Task task, @Arg(FD) int fd, @Arg(BYTES_OUT) long buffer, long count, long offset) {
        return offset < 0
                ? -Errno.EINVAL
                : with(
                        task,
                        fd,
                        file -> {
                            if (!file.isReadable()) {
                                return -Errno.EBADF;
                            }
                            return count < 0
                                    ? -Errno.EINVAL
                                    : file.readAt(
                                            task, task.memory().buffer(buffer, count), offset);
                        });
    }

    @Syscall(nr = 68)
    static long pwrite64(
            Task task, @Arg(FD) int fd, @Arg(BYTES_IN) long buffer, long count, long offset) {
        return offset < 0
                ? -Errno.EINVAL
                : with(
                        task,
                        fd,
                        file -> {
                            if (!file.isWritable()) {
                                return -Errno.EBADF;
                            }
                            return count < 0
                                    ? -Errno.EINVAL
                                    : file.writeAt(
                                            task, task.memory().buffer(buffer, count), offset);
                        });
    }

    @Syscall(nr = 69)
    static long preadv(
            Task task, @Arg(FD) int fd, @Arg(ADDRESS) long vector, long count, long offset) {
        return offset < 0
                ? -Errno.EINVAL
                : with(task, fd, file -> readVectorAt(task, file, vector, count, offset));
    }

    private static long readVectorAt(
            Task task, OpenFile file, long vector, long count, long offset) {
        return file.isReadable()
                ? file.readAt(task, task.memory().vector(vector, count), offset)
                : -Errno.EBADF;
    }

    @Syscall(nr = 70)
    static long pwritev(
            Task task, @Arg(FD) int fd, @Arg(ADDRESS) long vector, long count, long offset) {
        return offset < 0
                ? -Errno.EINVAL
                : with(task, fd, file -> writeVectorAt(task, file, vector, count, offset));
    }

    private static long writeVectorAt(
            Task task, OpenFile file, long vector, long count, long offset) {
        return file.isWritable()
                ? file.writeAt(task, task.memory().vector(vector, count), offset)
                : -Errno.EBADF;
    }

    /** On 64-bit machines the offset is whole in its first half; the second is ignored. */
    @Syscall(nr = 286, missing = "RWF_NOWAIT")
    static long preadv2(
            Task task,
            @Arg(FD) int fd,
            @Arg(ADDRESS) long vector,
            long count,
            long offset,
            long high,
            @Arg(HEX) int flags) {
        return with(
                task,
                fd,
                file -> {
                    if (offset < -1) {
                        return -Errno.EINVAL;
                    }
                    if ((flags & ~SUPPORTED_RWF) != 0) {
                        return -Errno.EOPNOTSUPP;
                    }
                    return offset == -1
                            ? readVector(task, file, vector, count)
                            : readVectorAt(task, file, vector, count, offset);
                });
    }

    @Syscall(nr = 287, missing = "RWF_NOWAIT")
    static long pwritev2(
            Task task,
            @Arg(FD) int fd,
            @Arg(ADDRESS) long vector,
            long count,
            long offset,
            long high,
            @Arg(HEX) int flags) {
        return with(
                task,
                fd,
                file -> {
                    if (offset < -1) {
                        return -Errno.EINVAL;
                    }
                    if ((flags & ~(SUPPORTED_RWF | RWF_APPEND)) != 0) {
                        return -Errno.EOPNOTSUPP;
                    }
                    long written =
                            (flags & RWF_APPEND) != 0
                                    ? appendVector(task, file, vector, count)
                                    : offset == -1
                                            ? writeVector(task, file, vector, count)
                                            : writeVectorAt(task, file, vector, count, offset);
                    if (written > 0 && (flags & (RWF_DSYNC | RWF_SYNC)) != 0) {
                        long synced = file.sync(task);
                        return synced < 0 ? synced : written;
                    }
                    return written;
                });
    }

    private static long appendVector(Task task, OpenFile file, long vector, long count) {
        if (!file.isWritable()) {
            return -Errno.EBADF;
        }
        return file instanceof RegularFile regular
                ? regular.append(task, task.memory().vector(vector, count))
                : file.write(task, task.memory().vector(vector, count));
    }

    @Syscall(nr = 62)
    static long lseek(Task task, @Arg(FD) int fd, long offset, int whence) {
        OpenFile file = task.files().get(fd);
        if (file == null) {
            return -Errno.EBADF;
        }
        try {
            return whence < 0 || whence > 4 ? -Errno.EINVAL : file.seek(task, offset, whence);
        } finally {
            file.release();
        }
    }

    // ---- copying between files ----

    @Syscall(nr = 71)
    static long sendfile(
            Task task, @Arg(FD) int out, @Arg(FD) int in, @Arg(ADDRESS) long offset, long count) {
        return with(
                task,
                in,
                from ->
                        with(
                                task,
                                out,
                                to -> {
                                    if (!from.isReadable() || !to.isWritable()) {
                                        return -Errno.EBADF;
                                    }
                                    if ((to.flags() & callgate.kernel.abi.OpenFlags.O_APPEND) != 0
                                            || count < 0) {
                                        return -Errno.EINVAL;
                                    }
                                    long position =
                                            offset == 0
                                                    ? from.seek(task, 0, FileCopy.SEEK_CUR)
                                                    : task.memory().readLong(offset);
                                    if (position < 0) {
                                        return -Errno.EINVAL;
                                    }
                                    long copied = FileCopy.send(task, from, position, to, count);
                                    if (copied > 0) {
                                        if (offset == 0) {
                                            from.seek(task, position + copied, FileCopy.SEEK_SET);
                                        } else {
                                            task.memory().writeLong(offset, position + copied);
                                        }
                                    }
                                    return copied;
                                }));
    }

    @Syscall(nr = 285)
    static long copy_file_range(
            Task task,
            @Arg(FD) int in,
            @Arg(ADDRESS) long inOffset,
            @Arg(FD) int out,
            @Arg(ADDRESS) long outOffset,
            long count,
            @Arg(HEX) int flags) {
        return with(
                task,
                in,
                from ->
                        with(
                                task,
                                out,
                                to -> {
                                    int error = FileCopy.mayCopyRange(from, to);
                                    if (error != 0 || flags != 0) {
                                        return error != 0 ? error : -Errno.EINVAL;
                                    }
                                    long source =
                                            inOffset == 0
                                                    ? from.seek(task, 0, FileCopy.SEEK_CUR)
                                                    : task.memory().readLong(inOffset);
                                    long target =
                                            outOffset == 0
                                                    ? to.seek(task, 0, FileCopy.SEEK_CUR)
                                                    : task.memory().readLong(outOffset);
                                    if (source < 0 || target < 0 || count < 0) {
                                        return -Errno.EINVAL;
                                    }
                                    long copied =
                                            FileCopy.copyRange(
                                                    task, from, source, to, target, count);
                                    if (copied > 0) {
                                        moved(task, from, inOffset, source + copied);
                                        moved(task, to, outOffset, target + copied);
                                    }
                                    return copied;
                                }));
    }

    private static void moved(Task task, OpenFile file, long offsetAddress, long position) {
        if (offsetAddress == 0) {
            file.seek(task, position, FileCopy.SEEK_SET);
        } else {
            task.memory().writeLong(offsetAddress, position);
        }
    }

    @Syscall(nr = 76)
    static long splice(
            Task task,
            @Arg(FD) int in,
            @Arg(ADDRESS) long inOffset,
            @Arg(FD) int out,
            @Arg(ADDRESS) long outOffset,
            long count,
            @Arg(HEX) int flags) {
        return with(
                task,
                in,
                from ->
                        with(
                                task,
                                out,
                                to -> {
                                    if ((flags & ~FileCopy.SPLICE_FLAGS) != 0 || count < 0) {
                                        return -Errno.EINVAL;
                                    }
                                    return FileCopy.splice(
                                            task, from, inOffset, to, outOffset, count, flags);
                                }));
    }

    @Syscall(nr = 77)
    static long tee(Task task, @Arg(FD) int in, @Arg(FD) int out, long count, @Arg(HEX) int flags) {
        return with(
                task,
                in,
                from ->
                        with(
                                task,
                                out,
                                to -> {
                                    if ((flags & ~FileCopy.SPLICE_FLAGS) != 0 || count < 0) {
                                        return -Errno.EINVAL;
                                    }
                                    return FileCopy.tee(task, from, to, count, flags);
                                }));
    }

    /** Bytes are copied: pages given with SPLICE_F_GIFT stay the caller's. */
    @Syscall(nr = 75)
    static long vmsplice(
            Task task,
            @Arg(FD) int fd,
            @Arg(ADDRESS) long vector,
            long count,
            @Arg(HEX) int flags) {
        return with(
                task,
                fd,
                file -> {
                    if ((flags & ~FileCopy.SPLICE_FLAGS) != 0) {
                        return -Errno.EINVAL;
                    }
                    if (file.inode().type() != Mode.S_IFIFO) {
                        return -Errno.EBADF;
                    }
                    return file.isWritable()
                            ? writeVector(task, file, vector, count)
                            : readVector(task, file, vector, count);
                });
    }

    // ---- size and storage ----

    @Syscall(nr = 46)
    static long ftruncate(Task task, @Arg(FD) int fd, long length) {
        return with(
                task,
                fd,
                file -> {
                    if (file.isPathOnly()) {
                        return -Errno.EBADF;
                    }
                    return length < 0 || !file.isWritable()
                            ? -Errno.EINVAL
                            : file.truncate(task, length);
                });
    }

    @Syscall(nr = 47, missing = "FALLOC_FL_COLLAPSE_RANGE, FALLOC_FL_INSERT_RANGE")
    static long fallocate(
            Task task, @Arg(FD) int fd, @Arg(HEX) int mode, long offset, long length) {
        return with(
                task,
                fd,
                file -> {
                    if (offset < 0 || length <= 0) {
                        return -Errno.EINVAL;
                    }
                    boolean known =
                            (mode
                                            & ~(Fallocate.KEEP_SIZE
                                                    | Fallocate.PUNCH_HOLE
                                                    | Fallocate.ZERO_RANGE))
                                    == 0;
                    boolean punch = (mode & Fallocate.PUNCH_HOLE) != 0;
                    if (!known || punch && mode != (Fallocate.PUNCH_HOLE | Fallocate.KEEP_SIZE)) {
                        return -Errno.EOPNOTSUPP;
                    }
                    if (!file.isWritable()) {
                        return -Errno.EBADF;
                    }
                    int type = file.inode().type();
                    if (type != Mode.S_IFREG) {
                        return type == Mode.S_IFIFO
                                ? -Errno.ESPIPE
                                : type == Mode.S_IFDIR ? -Errno.EISDIR : -Errno.ENODEV;
                    }
                    return offset + length < 0
                            ? -Errno.EFBIG
                            : file.allocate(task, mode, offset, length);
                });
    }

    @Syscall(nr = 223)
    static long fadvise64(Task task, @Arg(FD) int fd, long offset, long length, int advice) {
        return with(
                task,
                fd,
                file -> {
                    if (file.isPathOnly()) {
                        return -Errno.EBADF;
                    }
                    if (file.inode().type() == Mode.S_IFIFO) {
                        return -Errno.ESPIPE;
                    }
                    return length < 0 || advice < 0 || advice > FADVISE_LAST ? -Errno.EINVAL : 0;
                });
    }

    @Syscall(nr = 213)
    static long readahead(Task task, @Arg(FD) int fd, long offset, long count) {
        return with(
                task,
                fd,
                file -> {
                    if (!file.isReadable()) {
                        return -Errno.EBADF;
                    }
                    return file.inode().isRegular() ? 0 : -Errno.EINVAL;
                });
    }

    // ---- writing back ----

    @Syscall(nr = 81)
    static long sync(Task task) {
        task.fs().root().mount().namespace().sync();
        return 0;
    }

    @Syscall(nr = 82)
    static long fsync(Task task, @Arg(FD) int fd) {
        return with(task, fd, file -> file.sync(task));
    }

    @Syscall(nr = 83)
    static long fdatasync(Task task, @Arg(FD) int fd) {
        return with(task, fd, file -> file.sync(task));
    }

    @Syscall(nr = 267)
    static long syncfs(Task task, @Arg(FD) int fd) {
        return with(
                task,
                fd,
                file -> file.isPathOnly() ? -Errno.EBADF : file.inode().fileSystem().sync());
    }

    @Syscall(nr = 84)
    static long sync_file_range(
            Task task, @Arg(FD) int fd, long offset, long length, @Arg(HEX) int flags) {
        return with(
                task,
                fd,
                file -> {
                    if (file.isPathOnly()) {
                        return -Errno.EBADF;
                    }
                    if ((flags & ~SYNC_FILE_RANGE_FLAGS) != 0
                            || offset < 0
                            || length < 0
                            || offset + length < 0) {
                        return -Errno.EINVAL;
                    }
                    int type = file.inode().type();
                    boolean storable =
                            type == Mode.S_IFREG || type == Mode.S_IFDIR || type == Mode.S_IFBLK;
                    return storable ? file.sync(task) : -Errno.ESPIPE;
                });
    }

    // ---- directories ----

    @Syscall(nr = 61)
    static long getdents64(Task task, @Arg(FD) int fd, @Arg(BYTES_OUT) long buffer, int count) {
        return with(
                task,
                fd,
                file -> {
                    if (file.isPathOnly()) {
                        return -Errno.EBADF;
                    }
                    boolean small = Integer.compareUnsigned(count, DirectoryBytes.LIMIT) < 0;
                    DirectoryBytes bytes = new DirectoryBytes(small ? count : DirectoryBytes.LIMIT);
                    long result = file.list(task, bytes);
                    if (result < 0) {
                        return result;
                    }
                    if (bytes.length() == 0) {
                        return bytes.isTooSmall() ? -Errno.EINVAL : 0;
                    }
                    IoBuffer to = task.memory().buffer(buffer, bytes.length());
                    bytes.copyTo(to);
                    return bytes.length();
                });
    }
}
