package callgate.kernel.sys;

import callgate.kernel.abi.Errno;
import callgate.kernel.mm.UserMemory;
import callgate.kernel.task.Task;
import callgate.kernel.vfs.FileLocks;
import callgate.kernel.vfs.OpenFile;

/**
 * Byte-range locks of fcntl(2), as far as {@code struct flock} goes:
 *
 * <pre>
 * 0  s16 type   2  s16 whence   8  s64 start   16  s64 length   24  s32 pid
 * </pre>
 */
final class RangeLocks {
    private static final int F_RDLCK = 0;
    private static final int F_WRLCK = 1;
    private static final int F_UNLCK = 2;
    private static final int SEEK_SET = 0;
    private static final int SEEK_CUR = 1;
    private static final int SEEK_END = 2;

    /** To whom a lock belongs. */
    enum Ownership {
        PROCESS,
        DESCRIPTION
    }

    private RangeLocks() {}

    static long query(Task task, OpenFile file, long address, Ownership ownership) {
        UserMemory memory = task.memory();
        int type = memory.readShort(address);
        if (type != F_RDLCK && type != F_WRLCK || !validPid(memory, address, ownership)) {
            return -Errno.EINVAL;
        }
        FileLocks.Range wanted = range(task, file, address, type, ownership);
        if (wanted == null) {
            return -Errno.EINVAL;
        }
        FileLocks locks = file.inode().locksOrNull();
        FileLocks.Range found = locks == null ? null : locks.conflict(wanted);
        if (found == null) {
            memory.writeShort(address, F_UNLCK);
            return 0;
        }
        memory.writeShort(address, found.kind() == FileLocks.Kind.SHARED ? F_RDLCK : F_WRLCK);
        memory.writeShort(address + 2, SEEK_SET);
        memory.writeLong(address + 8, found.first());
        memory.writeLong(
                address + 16,
                found.last() == Long.MAX_VALUE ? 0 : found.last() - found.first() + 1);
        memory.writeInt(address + 24, found.processId());
        return 0;
    }

    static long set(
            Task task,
            OpenFile file,
            long address,
            Ownership ownership,
            FileLocks.Waiting waiting) {
        UserMemory memory = task.memory();
        int type = memory.readShort(address);
        if (type < F_RDLCK || type > F_UNLCK || !validPid(memory, address, ownership)) {
            return -Errno.EINVAL;
        }
        FileLocks.Range wanted = range(task, file, address, type, ownership);
        if (wanted == null) {
            return -Errno.EINVAL;
        }
        if (type == F_UNLCK) {
            FileLocks locks = file.inode().locksOrNull();
            if (locks != null) {
                locks.unlock(wanted.owner(), wanted.first(), wanted.last());
            }
            return 0;
        }
        boolean allowed = type == F_RDLCK ? file.isReadable() : file.isWritable();
        return allowed ? file.inode().locks().lock(task, wanted, waiting) : -Errno.EBADF;
    }

    private static boolean validPid(UserMemory memory, long address, Ownership ownership) {
        return ownership == Ownership.PROCESS || memory.readInt(address + 24) == 0;
    }

    /** The range that a {@code struct flock} means, or null if there is none such. */
    private static FileLocks.Range range(
            Task task, OpenFile file, long address, int type, Ownership ownership) {
        UserMemory memory = task.memory();
        long start = memory.readLong(address + 8);
        long length = memory.readLong(address + 16);
        long base;
        switch (memory.readShort(address + 2)) {
            case SEEK_SET -> base = 0;
            case SEEK_CUR -> base = Math.max(0, file.seek(task, 0, SEEK_CUR));
            case SEEK_END -> base = file.inode().size();
            default -> {
                return null;
            }
        }
        start += base;
        long last = length == 0 ? Long.MAX_VALUE : length > 0 ? start + length - 1 : start - 1;
        long first = length < 0 ? start + length : start;
        if (first < 0 || last < first) {
            return null;
        }
        boolean process = ownership == Ownership.PROCESS;
        FileLocks.Kind kind = type == F_RDLCK ? FileLocks.Kind.SHARED : FileLocks.Kind.EXCLUSIVE;
        return new FileLocks.Range(
                process ? task.files() : file, process ? task.processId() : -1, kind, first, last);
    }
}
