package callgate.kernel.sys;

import static callgate.kernel.sys.Arg.Kind.ADDRESS;
import static callgate.kernel.sys.Arg.Kind.FD;
import static callgate.kernel.sys.Arg.Kind.HEX;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.Mman;
import callgate.kernel.mm.AddressSpace;
import callgate.kernel.mm.UserMemory;
import callgate.kernel.task.Limits;
import callgate.kernel.task.Task;
import callgate.kernel.vfs.MappedOpenFile;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.vfs.Seals;
import callgate.machine.memory.PageTable;

/**
 * System calls on memory. The work is done in {@link AddressSpace}; here arguments are checked and
 * files looked up.
 */
final class Memory {
    private static final int CAP_IPC_LOCK = 14;
    private static final long PAGE = 4096;

    private Memory() {}

    // ---- mappings ----

    @Syscall(nr = 214)
    static long brk(Task task, @Arg(ADDRESS) long address) {
        return task.space().moveBreak(address);
    }

    @Syscall(nr = 222, missing = "huge pages (ENOMEM)")
    static long mmap(
            Task task,
            @Arg(ADDRESS) long address,
            long length,
            @Arg(HEX) int protection,
            @Arg(HEX) int flags,
            @Arg(FD) int fd,
            long offset) {
        if ((offset & PAGE - 1) != 0) {
            return -Errno.EINVAL;
        }
        int locking = mayLock(task, length, flags);
        if (locking != 0) {
            return locking;
        }
        if ((flags & Mman.MAP_ANONYMOUS) != 0) {
            return task.space().map(address, length, protection, flags, null, 0);
        }
        OpenFile file = task.files().get(fd);
        if (file == null) {
            return -Errno.EBADF;
        }
        try {
            return mapFile(task, address, length, protection, flags, file, offset);
        } finally {
            file.release();
        }
    }

    /** MAP_LOCKED and mlockall(MCL_FUTURE) keep to RLIMIT_MEMLOCK: 0 or a negative errno. */
    private static int mayLock(Task task, long length, int flags) {
        boolean locks = (flags & Mman.MAP_LOCKED) != 0;
        if (!locks && !task.space().locksFutureMappings() || task.credentials().has(CAP_IPC_LOCK)) {
            return 0;
        }
        long limit = task.limit(Limits.MEMLOCK);
        if (locks && limit == 0) {
            return -Errno.EPERM;
        }
        boolean exceeds = limit >= 0 && length > limit - task.space().lockedBytes();
        return exceeds ? -Errno.EAGAIN : 0;
    }

    private static long mapFile(
            Task task,
            long address,
            long length,
            int protection,
            int flags,
            OpenFile file,
            long offset) {
        int type = flags & Mman.MAP_TYPE;
        boolean shared = type == Mman.MAP_SHARED || type == Mman.MAP_SHARED_VALIDATE;
        boolean writes = shared && (protection & Mman.PROT_WRITE) != 0;
        if (file.isPathOnly()) {
            return -Errno.EBADF;
        }
        if (!file.isReadable() || writes && !file.isWritable()) {
            return -Errno.EACCES;
        }
        if ((protection & Mman.PROT_EXEC) != 0
                && file.path() != null
                && file.path().mount().forbidsExecution()) {
            return -Errno.EPERM;
        }
        if (file.mapsAnonymously()) {
            return task.space()
                    .map(address, length, protection, flags | Mman.MAP_ANONYMOUS, null, 0);
        }
        if (file.pages() == null) {
            return -Errno.ENODEV;
        }
        int seals = Math.max(0, file.inode().seals()); // negative: it cannot be sealed
        if (writes && (seals & Seals.ANY_WRITE) != 0) {
            return -Errno.EPERM;
        }
        file.retain();
        MappedOpenFile mapped = new MappedOpenFile(file);
        try {
            return task.space().map(address, length, protection, flags, mapped, offset);
        } finally {
            mapped.release(); // the region has a reference of its own
        }
    }

    @Syscall(nr = 215)
    static long munmap(Task task, @Arg(ADDRESS) long address, long length) {
        return task.space().unmap(address, length);
    }

    @Syscall(nr = 226)
    static long mprotect(
            Task task, @Arg(ADDRESS) long address, long length, @Arg(HEX) int protection) {
        return task.space().protect(address, length, protection);
    }

    @Syscall(nr = 216)
    static long mremap(
            Task task,
            @Arg(ADDRESS) long oldAddress,
            long oldLength,
            long newLength,
            @Arg(HEX) int flags,
            @Arg(ADDRESS) long newAddress) {
        return task.space().remap(oldAddress, oldLength, newLength, flags, newAddress);
    }

    // ---- advice and state ----

    @Syscall(nr = 233, missing = "hardware poison; pages are never given up before they must be")
    static long madvise(Task task, @Arg(ADDRESS) long address, long length, int behaviour) {
        return task.space().advise(address, length, behaviour);
    }

    @Syscall(nr = 227)
    static long msync(Task task, @Arg(ADDRESS) long address, long length, @Arg(HEX) int flags) {
        return task.space().synchronizeFiles(address, length, flags);
    }

    @Syscall(nr = 232)
    static long mincore(
            Task task, @Arg(ADDRESS) long address, long length, @Arg(ADDRESS) long vector) {
        if ((address & PAGE - 1) != 0) {
            return -Errno.EINVAL;
        }
        if (address < 0
                || length < 0
                || length > PageTable.ADDRESS_LIMIT
                || address > PageTable.ADDRESS_LIMIT - length) {
            return -Errno.ENOMEM;
        }
        long pages = (length + PAGE - 1) / PAGE;
        UserMemory memory = task.memory();
        for (long done = 0; done < pages; ) {
            byte[] part = new byte[(int) Math.min(PAGE, pages - done)];
            long error = task.space().residence(address + done * PAGE, part);
            if (error != 0) {
                return error;
            }
            memory.write(vector + done, part);
            done += part.length;
        }
        return 0;
    }

    // ---- locking ----

    @Syscall(nr = 228)
    static long mlock(Task task, @Arg(ADDRESS) long address, long length) {
        return task.space().lockPages(address, length, false, task.credentials().has(CAP_IPC_LOCK));
    }

    @Syscall(nr = 284)
    static long mlock2(Task task, @Arg(ADDRESS) long address, long length, @Arg(HEX) int flags) {
        if ((flags & ~Mman.MLOCK_ONFAULT) != 0) {
            return -Errno.EINVAL;
        }
        return task.space()
                .lockPages(address, length, flags != 0, task.credentials().has(CAP_IPC_LOCK));
    }

    @Syscall(nr = 229)
    static long munlock(Task task, @Arg(ADDRESS) long address, long length) {
        return task.space().unlockPages(address, length);
    }

    @Syscall(nr = 230)
    static long mlockall(Task task, @Arg(HEX) int flags) {
        if (flags == 0
                || flags == Mman.MCL_ONFAULT
                || (flags & ~(Mman.MCL_CURRENT | Mman.MCL_FUTURE | Mman.MCL_ONFAULT)) != 0) {
            return -Errno.EINVAL;
        }
        return task.space().lockAll(flags, task.credentials().has(CAP_IPC_LOCK));
    }

    @Syscall(nr = 231)
    static long munlockall(Task task) {
        return task.space().lockAll(0, true);
    }

    // ---- barriers and instruction memory ----

    private static final int MEMBARRIER_QUERY = 0;
    private static final int MEMBARRIER_GLOBAL = 1;
    private static final int MEMBARRIER_GLOBAL_EXPEDITED = 1 << 1;
    private static final int MEMBARRIER_REGISTER_GLOBAL_EXPEDITED = 1 << 2;
    private static final int MEMBARRIER_PRIVATE_EXPEDITED = 1 << 3;
    private static final int MEMBARRIER_REGISTER_PRIVATE_EXPEDITED = 1 << 4;
    private static final int MEMBARRIER_PRIVATE_EXPEDITED_SYNC_CORE = 1 << 5;
    private static final int MEMBARRIER_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE = 1 << 6;

    @Syscall(nr = 283, missing = "barriers between processes (EINVAL)")
    static long membarrier(Task task, int command, @Arg(HEX) int flags, int cpu) {
        if (flags != 0) {
            return -Errno.EINVAL;
        }
        AddressSpace space = task.space();
        return switch (command) {
            case MEMBARRIER_QUERY ->
                    MEMBARRIER_PRIVATE_EXPEDITED
                            | MEMBARRIER_REGISTER_PRIVATE_EXPEDITED
                            | MEMBARRIER_PRIVATE_EXPEDITED_SYNC_CORE
                            | MEMBARRIER_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE;
            case MEMBARRIER_REGISTER_PRIVATE_EXPEDITED,
                    MEMBARRIER_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE ->
                    space.registerBarrier(command);
            case MEMBARRIER_PRIVATE_EXPEDITED ->
                    barrier(space, MEMBARRIER_REGISTER_PRIVATE_EXPEDITED);
            case MEMBARRIER_PRIVATE_EXPEDITED_SYNC_CORE ->
                    barrier(space, MEMBARRIER_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE);
            case MEMBARRIER_GLOBAL,
                    MEMBARRIER_GLOBAL_EXPEDITED,
                    MEMBARRIER_REGISTER_GLOBAL_EXPEDITED ->
                    -Errno.EINVAL;
            default -> -Errno.EINVAL;
        };
    }

    private static long barrier(AddressSpace space, int registration) {
        if (!space.hasBarrier(registration)) {
            return -Errno.EPERM;
        }
        if (registration == MEMBARRIER_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE) {
            space.synchronizeCode();
        }
        space.awaitHarts();
        return 0;
    }

    private static final long FLUSH_ICACHE_LOCAL = 1;

    @Syscall(nr = 259)
    static long riscv_flush_icache(
            Task task, @Arg(ADDRESS) long start, @Arg(ADDRESS) long end, @Arg(HEX) long flags) {
        if ((flags & ~FLUSH_ICACHE_LOCAL) != 0) {
            return -Errno.EINVAL;
        }
        task.space().synchronizeCode();
        if ((flags & FLUSH_ICACHE_LOCAL) == 0) {
            task.space().awaitHarts();
        }
        return 0;
    }

    // ---- riscv_hwprobe (Documentation/arch/riscv/hwprobe.rst) ----

    private static final int HWPROBE_PAIR_BYTES = 16;
    private static final long HWPROBE_PAIR_LIMIT = 1024;
    private static final long HWPROBE_WHICH_CPUS = 1;

    @Syscall(nr = 258)
    static long riscv_hwprobe(
            Task task,
            @Arg(ADDRESS) long pairs,
            long count,
            long cpuBytes,
            @Arg(ADDRESS) long cpus,
            @Arg(HEX) int flags) {
        if ((flags & ~HWPROBE_WHICH_CPUS) != 0 || count < 0 || count > HWPROBE_PAIR_LIMIT) {
            return -Errno.EINVAL;
        }
        if (flags == HWPROBE_WHICH_CPUS) {
            return -Errno.EINVAL; // all CPUs are alike: there is nothing to choose from
        }
        UserMemory memory = task.memory();
        for (long i = 0; i < count; i++) {
            long at = pairs + i * HWPROBE_PAIR_BYTES;
            HardwareProbe.Answer answer = HardwareProbe.answer(memory.readLong(at));
            memory.writeLong(at, answer.key());
            memory.writeLong(at + 8, answer.value());
        }
        return 0;
    }
}
