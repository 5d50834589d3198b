package callgate.kernel.sys;

import static callgate.kernel.sys.Arg.Kind.ADDRESS;
import static callgate.kernel.sys.Arg.Kind.HEX;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.Mman;
import callgate.kernel.ipc.SharedSegment;
import callgate.kernel.ipc.SharedSegments;
import callgate.kernel.mm.UserMemory;
import callgate.kernel.task.Task;

/** System V shared memory: shmget(2), shmop(2), shmctl(2). */
final class SharedSegmentCalls {
    private static final long PAGE = 4096;
    private static final int READ = 4;
    private static final int WRITE = 2;

    private static final int SHM_RDONLY = 010000;
    private static final int SHM_RND = 020000;
    private static final int SHM_REMAP = 040000;
    private static final int SHM_EXEC = 0100000;

    private static final int IPC_RMID = 0;
    private static final int IPC_SET = 1;
    private static final int IPC_STAT = 2;
    private static final int IPC_INFO = 3;
    private static final int SHM_LOCK = 11;
    private static final int SHM_UNLOCK = 12;
    private static final int SHM_STAT = 13;
    private static final int SHM_INFO = 14;
    private static final int SHM_STAT_ANY = 15;

    private SharedSegmentCalls() {}

    private static SharedSegments segments(Task task) {
        return task.services().segments();
    }

    @Syscall(nr = 194, missing = "huge pages (ENOMEM)")
    static long shmget(Task task, @Arg(HEX) int key, long sizeBytes, @Arg(HEX) int flags) {
        return segments(task)
                .get(key, sizeBytes, flags, task.credentials(), task.process().pid())
                .id();
    }

    // ---- attaching ----

    @Syscall(nr = 196)
    static long shmat(Task task, int id, @Arg(ADDRESS) long address, @Arg(HEX) int flags) {
        boolean writes = (flags & SHM_RDONLY) == 0;
        long place = address;
        if ((address & PAGE - 1) != 0) {
            if ((flags & SHM_RND) == 0) {
                return -Errno.EINVAL;
            }
            place = address & -PAGE;
        }
        if (id < 0 || place == 0 && (flags & SHM_REMAP) != 0) {
            return -Errno.EINVAL;
        }
        SharedSegment segment = segments(task).retain(id);
        if (segment == null) {
            return -Errno.EINVAL;
        }
        try {
            if (!segment.allows(task.credentials(), writes ? READ | WRITE : READ)) {
                return -Errno.EACCES;
            }
            long result = map(task, segment, place, flags);
            if (result >= 0) {
                segment.attached(task.process().pid());
            }
            return result;
        } finally {
            segment.release(); // the mapping has its own reference
        }
    }

    private static long map(Task task, SharedSegment segment, long place, int flags) {
        int protection = Mman.PROT_READ;
        protection |= (flags & SHM_RDONLY) == 0 ? Mman.PROT_WRITE : 0;
        protection |= (flags & SHM_EXEC) != 0 ? Mman.PROT_EXEC : 0;
        int how = Mman.MAP_SHARED;
        if (place != 0) {
            how |= (flags & SHM_REMAP) != 0 ? Mman.MAP_FIXED : Mman.MAP_FIXED_NOREPLACE;
        }
        long result = task.space().map(place, segment.sizeBytes(), protection, how, segment, 0);
        return result == -Errno.EEXIST ? -Errno.EINVAL : result;
    }

    @Syscall(nr = 197)
    static long shmdt(Task task, @Arg(ADDRESS) long address) {
        if ((address & PAGE - 1) != 0
                || !(task.space().fileStartingAt(address) instanceof SharedSegment segment)) {
            return -Errno.EINVAL;
        }
        segment.detaching(task.process().pid());
        return task.space().unmap(address, segment.sizeBytes());
    }

    // ---- asking and changing ----

    @Syscall(nr = 195)
    static long shmctl(Task task, int id, int command, @Arg(ADDRESS) long buffer) {
        return switch (command) {
            case IPC_INFO -> limits(task, buffer);
            case SHM_INFO -> use(task, buffer);
            case SHM_STAT, SHM_STAT_ANY -> {
                SharedSegment segment = segments(task).at(id);
                yield segment == null ? -Errno.EINVAL : stat(task, segment, command, buffer);
            }
            default -> {
                SharedSegment segment = segments(task).find(id);
                yield segment == null ? -Errno.EINVAL : control(task, segment, command, buffer);
            }
        };
    }

    private static long control(Task task, SharedSegment segment, int command, long buffer) {
        if (command == IPC_STAT) {
            return stat(task, segment, command, buffer);
        }
        boolean known =
                command == IPC_RMID
                        || command == IPC_SET
                        || command == SHM_LOCK
                        || command == SHM_UNLOCK;
        if (!known) {
            return -Errno.EINVAL;
        }
        if (!segment.isOwnedBy(task.credentials())) {
            return -Errno.EPERM;
        }
        switch (command) {
            case IPC_RMID -> segment.remove();
            case IPC_SET -> {
                UserMemory memory = task.memory();
                int uid = memory.readInt(buffer + 4);
                int gid = memory.readInt(buffer + 8);
                segment.setOwner(uid, gid, memory.readInt(buffer + 20));
            }
            default -> segment.setLocked(command == SHM_LOCK);
        }
        return 0;
    }

    /**
     * {@code struct shmid64_ds}: an ipc64_perm of 48 bytes (key, uid, gid, cuid, cgid, mode), size,
     * three times, two process numbers, attachments.
     */
    private static long stat(Task task, SharedSegment segment, int command, long buffer) {
        if (command != SHM_STAT_ANY && !segment.allows(task.credentials(), READ)) {
            throw new ErrnoException(Errno.EACCES);
        }
        SharedSegment.State state = segment.state();
        UserMemory memory = task.memory();
        memory.clear(buffer, 112);
        int[] permissions = {
            state.key(),
            state.uid(),
            state.gid(),
            state.creatorUid(),
            state.creatorGid(),
            state.mode()
        };
        for (int i = 0; i < permissions.length; i++) {
            memory.writeInt(buffer + 4L * i, permissions[i]);
        }
        memory.writeLong(buffer + 48, state.sizeBytes());
        memory.writeLong(buffer + 56, state.attachSeconds());
        memory.writeLong(buffer + 64, state.detachSeconds());
        memory.writeLong(buffer + 72, state.changeSeconds());
        memory.writeInt(buffer + 80, state.creatorPid());
        memory.writeInt(buffer + 84, state.lastPid());
        memory.writeLong(buffer + 88, state.attached());
        return command == IPC_STAT ? 0 : state.id();
    }

    /** {@code struct shminfo64}: shmmax, shmmin, shmmni, shmseg, shmall; the highest index. */
    private static long limits(Task task, long buffer) {
        long maximum = segments(task).maximumBytes();
        long[] values = {
            maximum, 1, SharedSegments.LIMIT, SharedSegments.LIMIT, maximum / PAGE, 0, 0, 0, 0
        };
        for (int i = 0; i < values.length; i++) {
            task.memory().writeLong(buffer + 8L * i, values[i]);
        }
        return highestIndex(task);
    }

    /** {@code struct shm_info}: segments in use, and their pages. */
    private static long use(Task task, long buffer) {
        long pages = 0;
        for (SharedSegment segment : segments(task).all()) {
            pages += (segment.sizeBytes() + PAGE - 1) / PAGE;
        }
        task.memory().clear(buffer, 48);
        task.memory().writeInt(buffer, segments(task).all().size());
        task.memory().writeLong(buffer + 8, pages);
        task.memory().writeLong(buffer + 16, pages);
        return highestIndex(task);
    }

    private static long highestIndex(Task task) {
        return Math.max(0, segments(task).all().size() - 1);
    }
}
