package callgate.kernel.task;

import callgate.kernel.abi.Errno;
import callgate.kernel.vfs.Credentials;

/**
 * What system calls on tasks and processes do, once their arguments are read. Own thread of the
 * calling task.
 */
public final class TaskCalls {
    private TaskCalls() {}

    // ---- ends ----

    /** exit(2): this task alone ends. */
    public static void exit(Task task, int status) {
        task.exitStatus = (status & 0xff) << 8;
        task.interruptFor(Task.EXIT);
    }

    /** exit_group(2): all tasks of the process end. */
    public static void exitProcess(Task task, int status) {
        Signalling.end(task.process(), (status & 0xff) << 8);
    }

    // ---- sessions and groups ----

    public static long newSession(Task task) {
        return task.process().table().newSession(task.process());
    }

    public static long setGroup(Task task, int pid, int group) {
        return task.process().table().setGroup(task.process(), pid, group);
    }

    /** The process of a number, or the caller's for 0; null if there is none. */
    public static Process process(Task task, int pid) {
        return pid == 0 ? task.process() : task.process().table().process(pid);
    }

    /** The task of a number, or the caller for 0; null if there is none. */
    public static Task task(Task task, int tid) {
        return tid == 0 ? task : task.process().table().task(tid);
    }

    // ---- addresses the kernel writes to at the end ----

    public static void setClearChildTid(Task task, long address) {
        task.clearChildTid = address;
    }

    public static long setRobustList(Task task, long head, long sizeBytes) {
        if (sizeBytes != RobustList.HEAD_BYTES) {
            return -Errno.EINVAL;
        }
        task.robustList = head;
        return 0;
    }

    public static long robustList(Task task) {
        return task.robustList;
    }

    // ---- attributes ----

    public static int niceness(Task task) {
        return task.niceness;
    }

    /** setpriority for one task: -20 to 19, cut to that. */
    public static long setNiceness(Task caller, Task target, int niceness) {
        int wanted = Math.clamp(niceness, -20, 19);
        Credentials own = caller.credentials();
        Credentials theirs = target.credentials();
        if (own.euid() != theirs.uid()
                && own.euid() != theirs.euid()
                && !own.has(Credentials.CAP_SYS_NICE)) {
            return -Errno.EPERM;
        }
        if (wanted < target.niceness && !own.has(Credentials.CAP_SYS_NICE)) {
            return -Errno.EACCES;
        }
        target.niceness = wanted;
        return 0;
    }

    public static long affinity(Task task) {
        return task.affinity;
    }

    public static void setAffinity(Task task, long mask) {
        task.affinity = mask;
    }

    public static int deathSignal(Task task) {
        return task.deathSignal;
    }

    public static void setDeathSignal(Task task, int signal) {
        task.deathSignal = signal;
    }

    public static boolean isSubreaper(Task task) {
        return task.process().isSubreaper;
    }

    public static void setSubreaper(Task task, boolean on) {
        task.process().isSubreaper = on;
    }

    public static boolean isDumpable(Task task) {
        return task.process().dumpable;
    }

    public static void setDumpable(Task task, boolean on) {
        task.process().dumpable = on;
    }

    public static boolean hasNoNewPrivileges(Task task) {
        return task.noNewPrivileges;
    }

    public static void setNoNewPrivileges(Task task) {
        task.noNewPrivileges = true;
    }

    // ---- limits ----

    /** Whether {@code caller} may look at or change the limits of another process: prlimit(2). */
    public static boolean mayChangeLimits(Task caller, Process target) {
        if (target == caller.process()) {
            return true;
        }
        Task leader = target.leader();
        Credentials own = caller.credentials();
        if (own.has(Credentials.CAP_SYS_RESOURCE) || leader == null) {
            return true;
        }
        Credentials theirs = leader.credentials();
        return own.uid() == theirs.uid()
                && own.uid() == theirs.euid()
                && own.uid() == theirs.suid()
                && own.gid() == theirs.gid()
                && own.gid() == theirs.egid()
                && own.gid() == theirs.sgid();
    }

    /** Changes a limit; soft and hard as unsigned numbers. 0 or a negative errno. */
    public static long setLimit(Task caller, Process target, int resource, long soft, long hard) {
        if (Long.compareUnsigned(soft, hard) > 0) {
            return -Errno.EINVAL;
        }
        boolean privileged = caller.credentials().has(Credentials.CAP_SYS_RESOURCE);
        synchronized (target) {
            long oldHard = target.limits.hard(resource);
            if (Long.compareUnsigned(hard, oldHard) > 0 && !privileged) {
                return -Errno.EPERM;
            }
            if (resource == Limits.NOFILE
                    && Long.compareUnsigned(hard, Limits.MAXIMUM_DESCRIPTORS) > 0) {
                return -Errno.EPERM;
            }
            target.limits = target.limits.with(resource, soft, hard);
        }
        target.limitsChanged(resource);
        return 0;
    }

    // ---- restart ----

    /**
     * The call that restart_syscall(2) goes on with; null makes it EINTR. Returns what the
     * interrupted call must return.
     */
    public static long restartWith(Task task, java.util.function.LongSupplier call) {
        task.restartCall = call;
        return -Errno.ERESTART_RESTARTBLOCK;
    }

    public static long restart(Task task) {
        var call = task.restartCall;
        task.restartCall = null;
        return call == null ? -Errno.EINTR : call.getAsLong();
    }
}
