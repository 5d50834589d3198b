package callgate.kernel.sys;

import static callgate.kernel.sys.Arg.Kind.ADDRESS;
import static callgate.kernel.sys.Arg.Kind.HEX;

import callgate.kernel.abi.Errno;
import callgate.kernel.mm.UserMemory;
import callgate.kernel.task.SystemName;
import callgate.kernel.task.Task;
import callgate.kernel.vfs.Credentials;
import callgate.machine.memory.PhysMem;
import java.nio.charset.StandardCharsets;

/**
 * System calls on the system as a whole: its name, memory, randomness, and what only its owner may
 * do.
 */
final class Global {
    private static final int NAME_FIELD_BYTES = 65;
    private static final int GRND_NONBLOCK = 1;
    private static final int GRND_RANDOM = 2;
    private static final int GRND_INSECURE = 4;
    private static final int RANDOM_CHUNK = 4096;
    private static final int RB_MAGIC1 = 0xfee1dead;

    private Global() {}

    // ---- names ----

    @Syscall(nr = 160)
    static long uname(Task task, @Arg(ADDRESS) long buffer) {
        SystemName name = task.services().systemName();
        String[] fields = {
            SystemName.SYSTEM,
            name.host(),
            SystemName.RELEASE,
            SystemName.VERSION,
            SystemName.MACHINE,
            name.domain()
        };
        for (int i = 0; i < fields.length; i++) {
            byte[] bytes = fields[i].getBytes(StandardCharsets.ISO_8859_1);
            task.memory()
                    .write(
                            buffer + (long) i * NAME_FIELD_BYTES,
                            java.util.Arrays.copyOf(bytes, NAME_FIELD_BYTES));
        }
        return 0;
    }

    private static String readName(Task task, long address, int length) {
        return new String(task.memory().read(address, length), StandardCharsets.ISO_8859_1);
    }

    @Syscall(nr = 161)
    static long sethostname(Task task, @Arg(ADDRESS) long name, int length) {
        if (!task.credentials().has(Credentials.CAP_SYS_ADMIN)) {
            return -Errno.EPERM;
        }
        if (length < 0 || length > SystemName.LIMIT) {
            return -Errno.EINVAL;
        }
        task.services().systemName().setHost(readName(task, name, length));
        return 0;
    }

    @Syscall(nr = 162)
    static long setdomainname(Task task, @Arg(ADDRESS) long name, int length) {
        if (!task.credentials().has(Credentials.CAP_SYS_ADMIN)) {
            return -Errno.EPERM;
        }
        if (length < 0 || length > SystemName.LIMIT) {
            return -Errno.EINVAL;
        }
        task.services().systemName().setDomain(readName(task, name, length));
        return 0;
    }

    // ---- memory and load ----

    /** A load of 1: SI_LOAD_SHIFT is 16. */
    private static final double LOAD_UNIT = 1 << 16;

    /**
     * {@code struct sysinfo}: uptime, loads[3], total, free, shared, buffer, swap twice, procs (16
     * bit), high memory twice, unit.
     */
    @Syscall(nr = 179)
    static long sysinfo(Task task, @Arg(ADDRESS) long info) {
        PhysMem physmem = task.services().memory();
        UserMemory memory = task.memory();
        long free = (long) physmem.totalFrames() - physmem.usedFrames();
        memory.clear(info, 112);
        memory.writeLong(info, task.clock().monotonicNanos() / TimeValues.SECOND);
        double[] loads = task.services().scheduler().loadAverages();
        for (int i = 0; i < loads.length; i++) {
            memory.writeLong(info + 8 + 8L * i, (long) (loads[i] * LOAD_UNIT));
        }
        memory.writeLong(info + 32, (long) physmem.totalFrames() * PhysMem.PAGE_SIZE);
        memory.writeLong(info + 40, free * PhysMem.PAGE_SIZE);
        memory.writeShort(info + 80, Math.min(task.process().table().count(), 0xffff));
        memory.writeInt(info + 104, 1);
        return 0;
    }

    // ---- randomness ----

    @Syscall(nr = 278)
    static long getrandom(Task task, @Arg(ADDRESS) long buffer, long length, @Arg(HEX) int flags) {
        int both = GRND_RANDOM | GRND_INSECURE;
        if ((flags & ~(both | GRND_NONBLOCK)) != 0 || (flags & both) == both) {
            return -Errno.EINVAL;
        }
        long wanted = Math.clamp(length, 0, Integer.MAX_VALUE);
        byte[] chunk = new byte[(int) Math.min(RANDOM_CHUNK, wanted)];
        long done = 0;
        while (done < wanted && !(done > 0 && task.isSignalPending())) {
            int count = (int) Math.min(chunk.length, wanted - done);
            task.services().entropy().fill(chunk);
            task.memory().write(buffer + done, chunk, 0, count);
            done += count;
        }
        return done;
    }

    // ---- what only an owner of the machine may do ----

    @Syscall(nr = 142, missing = "everything (EPERM: a guest does not own the machine)")
    static long reboot(
            Task task,
            @Arg(HEX) int magic,
            @Arg(HEX) int magic2,
            @Arg(HEX) int command,
            @Arg(ADDRESS) long argument) {
        return magic == RB_MAGIC1 ? -Errno.EPERM : -Errno.EINVAL;
    }

    @Syscall(nr = 116, missing = "the log is always empty; others' commands are EPERM")
    static long syslog(Task task, int type, @Arg(ADDRESS) long buffer, int length) {
        boolean asksForSize = type == 3 || type == 9 || type == 10;
        return asksForSize ? 0 : -Errno.EPERM;
    }

    @Syscall(nr = 171, missing = "setting (EPERM: the host's clock)")
    static long adjtimex(Task task, @Arg(ADDRESS) long values) {
        return Clocks.adjust(task, values);
    }

    @Syscall(nr = 266, missing = "setting (EPERM: the host's clock)")
    static long clock_adjtime(Task task, int clock, @Arg(ADDRESS) long values) {
        return clock == Clocks.REALTIME ? Clocks.adjust(task, values) : -Errno.EINVAL;
    }

    @Syscall(nr = 58)
    static long vhangup(Task task) {
        return task.credentials().has(Credentials.CAP_SYS_ADMIN) ? 0 : -Errno.EPERM;
    }
}
