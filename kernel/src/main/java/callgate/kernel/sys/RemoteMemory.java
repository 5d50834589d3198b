package callgate.kernel.sys;

import static callgate.kernel.sys.Arg.Kind.ADDRESS;
import static callgate.kernel.sys.Arg.Kind.FD;
import static callgate.kernel.sys.Arg.Kind.HEX;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.Mman;
import callgate.kernel.mm.AddressSpace;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.mm.UserMemory;
import callgate.kernel.task.PidFile;
import callgate.kernel.task.Process;
import callgate.kernel.task.Task;
import callgate.kernel.vfs.Credentials;
import callgate.kernel.vfs.OpenFile;

/**
 * System calls on the memory of other processes, and protection keys, which RISC-V does not have.
 */
final class RemoteMemory {
    private static final int CAP_SYS_PTRACE = 19;
    private static final int VECTOR_LIMIT = 1024;
    private static final int CHUNK_BYTES = 4096;

    private RemoteMemory() {}

    // ---- process_vm_readv and process_vm_writev ----

    @Syscall(nr = 270)
    static long process_vm_readv(
            Task task,
            int pid,
            @Arg(ADDRESS) long local,
            long localCount,
            @Arg(ADDRESS) long remote,
            long remoteCount,
            @Arg(HEX) long flags) {
        return transfer(
                task, pid, local, localCount, remote, remoteCount, flags, RemoteMemory::readRemote);
    }

    @Syscall(nr = 271)
    static long process_vm_writev(
            Task task,
            int pid,
            @Arg(ADDRESS) long local,
            long localCount,
            @Arg(ADDRESS) long remote,
            long remoteCount,
            @Arg(HEX) long flags) {
        return transfer(
                task,
                pid,
                local,
                localCount,
                remote,
                remoteCount,
                flags,
                RemoteMemory::writeRemote);
    }

    /** Moves at most a chunk; returns how many bytes were moved on the remote side. */
    private interface Mover {
        int move(AddressSpace space, long address, int length, IoBuffer local);
    }

    private static long transfer(
            Task task,
            int pid,
            long local,
            long localCount,
            long remote,
            long remoteCount,
            long flags,
            Mover mover) {
        if (flags != 0 || remoteCount < 0 || remoteCount > VECTOR_LIMIT) {
            return -Errno.EINVAL;
        }
        UserMemory memory = task.memory();
        IoBuffer buffer = memory.vector(local, localCount);
        long[] addresses = new long[(int) remoteCount];
        long[] lengths = new long[(int) remoteCount];
        for (int i = 0; i < remoteCount; i++) {
            addresses[i] = memory.readLong(remote + 16L * i);
            lengths[i] = memory.readLong(remote + 16L * i + 8);
            if (lengths[i] < 0) {
                return -Errno.EINVAL;
            }
        }
        AddressSpace space = spaceOf(task, task.services().table().process(pid));
        long done = 0;
        for (int i = 0; i < remoteCount && buffer.remaining() > 0; i++) {
            for (long at = 0; at < lengths[i] && buffer.remaining() > 0; ) {
                int wanted =
                        (int) Math.min(CHUNK_BYTES, Math.min(lengths[i] - at, buffer.remaining()));
                int moved = mover.move(space, addresses[i] + at, wanted, buffer);
                done += moved;
                at += moved;
                if (moved < wanted) {
                    return done > 0 ? done : -Errno.EFAULT;
                }
            }
        }
        return done;
    }

    private static int readRemote(AddressSpace space, long address, int length, IoBuffer local) {
        byte[] bytes = space.foreign().read(address, length);
        return local.put(bytes, 0, bytes.length);
    }

    private static int writeRemote(AddressSpace space, long address, int length, IoBuffer local) {
        byte[] bytes = new byte[length];
        return space.foreign().write(address, bytes, local.get(bytes, 0, length));
    }

    /**
     * The memory of a process that the caller may inspect (ptrace(2), "Ptrace access mode
     * checking"); ESRCH, EPERM by ErrnoException.
     */
    private static AddressSpace spaceOf(Task caller, Process process) {
        Task target = process == null ? null : process.anyTask();
        AddressSpace space = target == null ? null : target.space();
        if (space == null) {
            throw new ErrnoException(Errno.ESRCH);
        }
        Credentials who = caller.credentials();
        Credentials whom = target.credentials();
        boolean same =
                who.uid() == whom.uid()
                        && who.uid() == whom.euid()
                        && who.uid() == whom.suid()
                        && who.gid() == whom.gid()
                        && who.gid() == whom.egid()
                        && who.gid() == whom.sgid();
        if (!same && process != caller.process() && !who.has(CAP_SYS_PTRACE)) {
            throw new ErrnoException(Errno.EPERM);
        }
        return space;
    }

    // ---- process_madvise ----

    @Syscall(nr = 440)
    static long process_madvise(
            Task task,
            @Arg(FD) int pidfd,
            @Arg(ADDRESS) long vector,
            long count,
            int behaviour,
            @Arg(HEX) int flags) {
        boolean isHint =
                behaviour == Mman.MADV_COLD
                        || behaviour == Mman.MADV_PAGEOUT
                        || behaviour == Mman.MADV_WILLNEED;
        if (flags != 0 || !isHint || count < 0 || count > VECTOR_LIMIT) {
            return -Errno.EINVAL;
        }
        OpenFile file = task.files().get(pidfd);
        if (file == null) {
            return -Errno.EBADF;
        }
        try {
            if (!(file instanceof PidFile target)) {
                return -Errno.EBADF;
            }
            spaceOf(task, target.process());
        } finally {
            file.release();
        }
        long total = 0;
        for (long i = 0; i < count; i++) {
            total += Math.max(0, task.memory().readLong(vector + 16 * i + 8));
        }
        return total; // hints about time: nothing is to be done
    }

    // ---- protection keys: there are none (pkeys(7)) ----

    @Syscall(nr = 288)
    static long pkey_mprotect(
            Task task, @Arg(ADDRESS) long address, long length, @Arg(HEX) int protection, int key) {
        return key == -1 ? task.space().protect(address, length, protection) : -Errno.EINVAL;
    }

    @Syscall(nr = 289)
    static long pkey_alloc(@Arg(HEX) long flags, @Arg(HEX) long rights) {
        return flags != 0 || (rights & ~3) != 0 ? -Errno.EINVAL : -Errno.ENOSPC;
    }

    @Syscall(nr = 290)
    static long pkey_free(int key) {
        return -Errno.EINVAL;
    }
}
