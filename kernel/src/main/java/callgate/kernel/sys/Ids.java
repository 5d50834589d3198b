package callgate.kernel.sys;

import static callgate.kernel.sys.Arg.Kind.ADDRESS;

import callgate.kernel.abi.Errno;
import callgate.kernel.mm.UserMemory;
import callgate.kernel.task.Task;
import callgate.kernel.task.TaskTable;
import callgate.kernel.vfs.Credentials;

/** System calls on users, groups and capabilities: credentials(7), capabilities(7). */
final class Ids {
    private static final int GROUPS_LIMIT = 4096;
    private static final int CAPABILITY_VERSION_1 = 0x19980330;
    private static final int CAPABILITY_VERSION_2 = 0x20071026;
    private static final int CAPABILITY_VERSION_3 = 0x20080522;

    private Ids() {}

    // ---- reading ----

    @Syscall(nr = 174)
    static long getuid(Task task) {
        return Integer.toUnsignedLong(task.credentials().uid());
    }

    @Syscall(nr = 175)
    static long geteuid(Task task) {
        return Integer.toUnsignedLong(task.credentials().euid());
    }

    @Syscall(nr = 176)
    static long getgid(Task task) {
        return Integer.toUnsignedLong(task.credentials().gid());
    }

    @Syscall(nr = 177)
    static long getegid(Task task) {
        return Integer.toUnsignedLong(task.credentials().egid());
    }

    @Syscall(nr = 148)
    static long getresuid(
            Task task,
            @Arg(ADDRESS) long real,
            @Arg(ADDRESS) long effective,
            @Arg(ADDRESS) long saved) {
        Credentials own = task.credentials();
        return writeThree(task.memory(), real, own.uid(), effective, own.euid(), saved, own.suid());
    }

    @Syscall(nr = 150)
    static long getresgid(
            Task task,
            @Arg(ADDRESS) long real,
            @Arg(ADDRESS) long effective,
            @Arg(ADDRESS) long saved) {
        Credentials own = task.credentials();
        return writeThree(task.memory(), real, own.gid(), effective, own.egid(), saved, own.sgid());
    }

    private static long writeThree(
            UserMemory memory, long first, int a, long second, int b, long third, int c) {
        memory.writeInt(first, a);
        memory.writeInt(second, b);
        memory.writeInt(third, c);
        return 0;
    }

    // ---- users ----

    /** New user numbers, with what they do to capabilities. */
    static long setUsers(Task task, int uid, int euid, int suid, int fsuid) {
        Credentials old = task.credentials();
        long effective = old.effective();
        long permitted = old.permitted();
        boolean hadRoot = old.uid() == 0 || old.euid() == 0 || old.suid() == 0;
        boolean hasRoot = uid == 0 || euid == 0 || suid == 0;
        long ambient = old.ambient();
        if (hadRoot && !hasRoot && !task.keepsCapabilities()) {
            permitted = 0;
            effective = 0;
            ambient = 0;
        }
        if (old.euid() == 0 && euid != 0) {
            effective = 0;
        } else if (old.euid() != 0 && euid == 0) {
            effective = permitted;
        }
        effective = withFileCapabilities(effective, permitted, old.fsuid(), fsuid);
        task.setCredentials(
                new Credentials(
                        uid,
                        euid,
                        suid,
                        fsuid,
                        old.gid(),
                        old.egid(),
                        old.sgid(),
                        old.fsgid(),
                        old.groups(),
                        effective,
                        permitted,
                        old.inheritable(),
                        old.bounding(),
                        ambient));
        if (euid != old.euid() || fsuid != old.fsuid()) {
            callgate.kernel.task.TaskCalls.setDumpable(task, false);
        }
        return 0;
    }

    /**
     * Capabilities on files follow the file system user: CHOWN, DAC_*, FOWNER, FSETID,
     * LINUX_IMMUTABLE, MKNOD, MAC_OVERRIDE.
     */
    private static long withFileCapabilities(
            long effective, long permitted, int oldFsuid, int fsuid) {
        long files = 0x1f | 1L << 9 | 1L << Credentials.CAP_MKNOD | 1L << 32;
        if (oldFsuid == 0 && fsuid != 0) {
            return effective & ~files;
        }
        return oldFsuid != 0 && fsuid == 0 ? effective | permitted & files : effective;
    }

    @Syscall(nr = 146)
    static long setuid(Task task, int uid) {
        return IdKind.USERS.set(task, uid);
    }

    @Syscall(nr = 145)
    static long setreuid(Task task, int real, int effective) {
        return IdKind.USERS.set(task, real, effective);
    }

    @Syscall(nr = 147)
    static long setresuid(Task task, int real, int effective, int saved) {
        return IdKind.USERS.set(task, real, effective, saved);
    }

    @Syscall(nr = 151)
    static long setfsuid(Task task, int uid) {
        return IdKind.USERS.setForFiles(task, uid);
    }

    // ---- groups ----

    static long setGroups(Task task, int gid, int egid, int sgid, int fsgid) {
        Credentials old = task.credentials();
        task.setCredentials(
                new Credentials(
                        old.uid(),
                        old.euid(),
                        old.suid(),
                        old.fsuid(),
                        gid,
                        egid,
                        sgid,
                        fsgid,
                        old.groups(),
                        old.effective(),
                        old.permitted(),
                        old.inheritable(),
                        old.bounding(),
                        old.ambient()));
        return 0;
    }

    @Syscall(nr = 144)
    static long setgid(Task task, int gid) {
        return IdKind.GROUPS.set(task, gid);
    }

    @Syscall(nr = 143)
    static long setregid(Task task, int real, int effective) {
        return IdKind.GROUPS.set(task, real, effective);
    }

    @Syscall(nr = 149)
    static long setresgid(Task task, int real, int effective, int saved) {
        return IdKind.GROUPS.set(task, real, effective, saved);
    }

    @Syscall(nr = 152)
    static long setfsgid(Task task, int gid) {
        return IdKind.GROUPS.setForFiles(task, gid);
    }

    @Syscall(nr = 158)
    static long getgroups(Task task, int size, @Arg(ADDRESS) long list) {
        int[] groups = task.credentials().groups();
        if (size < 0 || size > 0 && size < groups.length) {
            return -Errno.EINVAL;
        }
        for (int i = 0; size > 0 && i < groups.length; i++) {
            task.memory().writeInt(list + 4L * i, groups[i]);
        }
        return groups.length;
    }

    @Syscall(nr = 159)
    static long setgroups(Task task, int size, @Arg(ADDRESS) long list) {
        if (!IdKind.GROUPS.mayTakeAny(task)) {
            return -Errno.EPERM;
        }
        if (size < 0 || size > GROUPS_LIMIT) {
            return -Errno.EINVAL;
        }
        int[] groups = new int[size];
        for (int i = 0; i < size; i++) {
            groups[i] = task.memory().readInt(list + 4L * i);
        }
        java.util.Arrays.sort(groups);
        Credentials old = task.credentials();
        task.setCredentials(
                new Credentials(
                        old.uid(),
                        old.euid(),
                        old.suid(),
                        old.fsuid(),
                        old.gid(),
                        old.egid(),
                        old.sgid(),
                        old.fsgid(),
                        groups,
                        old.effective(),
                        old.permitted(),
                        old.inheritable(),
                        old.bounding(),
                        old.ambient()));
        return 0;
    }

    // ---- capabilities ----

    /**
     * How many 32-bit words of each set a version has; 0 if it is unknown, and then the preferred
     * one is written.
     */
    private static int words(UserMemory memory, long header) {
        return switch (memory.readInt(header)) {
            case CAPABILITY_VERSION_1 -> 1;
            case CAPABILITY_VERSION_2, CAPABILITY_VERSION_3 -> 2;
            default -> {
                memory.writeInt(header, CAPABILITY_VERSION_3);
                yield 0;
            }
        };
    }

    @Syscall(nr = 90)
    static long capget(Task task, @Arg(ADDRESS) long header, @Arg(ADDRESS) long data) {
        UserMemory memory = task.memory();
        int words = words(memory, header);
        if (words == 0) {
            return data == 0 ? 0 : -Errno.EINVAL;
        }
        int pid = memory.readInt(header + 4);
        if (pid < 0) {
            return -Errno.EINVAL;
        }
        Task target = callgate.kernel.task.TaskCalls.task(task, pid);
        if (target == null && pid != TaskTable.INIT) {
            return -Errno.ESRCH;
        }
        if (data == 0) {
            return 0;
        }
        Credentials theirs = target == null ? Credentials.of(0, 0) : target.credentials();
        for (int i = 0; i < words; i++) {
            memory.writeInt(data + 12L * i, (int) (theirs.effective() >>> 32 * i));
            memory.writeInt(data + 12L * i + 4, (int) (theirs.permitted() >>> 32 * i));
            memory.writeInt(data + 12L * i + 8, (int) (theirs.inheritable() >>> 32 * i));
        }
        return 0;
    }

    @Syscall(nr = 91)
    static long capset(Task task, @Arg(ADDRESS) long header, @Arg(ADDRESS) long data) {
        UserMemory memory = task.memory();
        int words = words(memory, header);
        if (words == 0) {
            return -Errno.EINVAL;
        }
        int pid = memory.readInt(header + 4);
        if (pid != 0 && pid != task.tid()) {
            return -Errno.EPERM;
        }
        long effective = 0;
        long permitted = 0;
        long inheritable = 0;
        for (int i = 0; i < words; i++) {
            effective |= (memory.readInt(data + 12L * i) & 0xffff_ffffL) << 32 * i;
            permitted |= (memory.readInt(data + 12L * i + 4) & 0xffff_ffffL) << 32 * i;
            inheritable |= (memory.readInt(data + 12L * i + 8) & 0xffff_ffffL) << 32 * i;
        }
        return setCapabilities(task, effective, permitted, inheritable);
    }

    private static long setCapabilities(
            Task task, long effective, long permitted, long inheritable) {
        Credentials old = task.credentials();
        long known = Credentials.ALL_CAPABILITIES;
        long mayInherit =
                old.has(Credentials.CAP_SETPCAP)
                        ? old.inheritable() | old.bounding()
                        : old.inheritable() | old.permitted();
        if ((permitted & known & ~old.permitted()) != 0
                || (effective & known & ~permitted) != 0
                || (inheritable & known & ~mayInherit) != 0
                || (inheritable & known & ~(old.inheritable() | old.bounding())) != 0) {
            return -Errno.EPERM;
        }
        task.setCredentials(
                withCapabilities(
                        old,
                        effective & known,
                        permitted & known,
                        inheritable & known,
                        old.bounding(),
                        old.ambient() & permitted & inheritable));
        return 0;
    }

    /** The same users and groups with other capabilities. */
    static Credentials withCapabilities(
            Credentials old,
            long effective,
            long permitted,
            long inheritable,
            long bounding,
            long ambient) {
        return new Credentials(
                old.uid(),
                old.euid(),
                old.suid(),
                old.fsuid(),
                old.gid(),
                old.egid(),
                old.sgid(),
                old.fsgid(),
                old.groups(),
                effective,
                permitted,
                inheritable,
                bounding,
                ambient);
    }
}
