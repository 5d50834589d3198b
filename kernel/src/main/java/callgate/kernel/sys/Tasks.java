package callgate.kernel.sys;

import static callgate.kernel.sys.Arg.Kind.ADDRESS;
import static callgate.kernel.sys.Arg.Kind.FD;
import static callgate.kernel.sys.Arg.Kind.HEX;
import static callgate.kernel.sys.Arg.Kind.PATH;
import static callgate.kernel.sys.Arg.Kind.SIGNAL;
import static callgate.kernel.task.CloneFlags.*;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.mm.UserMemory;
import callgate.kernel.task.Clone;
import callgate.kernel.task.Exec;
import callgate.kernel.task.Limits;
import callgate.kernel.task.PidFile;
import callgate.kernel.task.Process;
import callgate.kernel.task.SignalCalls;
import callgate.kernel.task.Task;
import callgate.kernel.task.TaskCalls;
import callgate.kernel.task.Ticks;
import callgate.kernel.task.Usage;
import callgate.kernel.task.Waiting;
import callgate.kernel.vfs.OpenFile;

/** System calls on tasks and processes: their making, ends, waiting, groups, limits. */
final class Tasks {
    private static final int P_ALL = 0;
    private static final int P_PID = 1;
    private static final int P_PGID = 2;
    private static final int P_PIDFD = 3;
    private static final long CLONE_ARGS_FIRST_BYTES = 64;
    private static final long CLONE_ARGS_BYTES = 88;
    private static final long PAGE_BYTES = 4096;

    private Tasks() {}

    // ---- making ----

    @Syscall(nr = 220)
    static long clone(
            Task task,
            @Arg(HEX) long flags,
            @Arg(ADDRESS) long stack,
            @Arg(ADDRESS) long parentTid,
            @Arg(ADDRESS) long tls,
            @Arg(ADDRESS) long childTid) {
        long low = flags & 0xffff_ffffL & ~CSIGNAL;
        if ((low & CLONE_PIDFD) != 0 && (low & CLONE_PARENT_SETTID) != 0) {
            return -Errno.EINVAL; // both are stored at the same place
        }
        return Clone.run(
                task,
                new Clone.Request(
                        low, parentTid, childTid, parentTid, (int) (flags & CSIGNAL), stack, tls));
    }

    @Syscall(nr = 435, missing = "set_tid, cgroup and namespaces (EPERM)")
    static long clone3(Task task, @Arg(ADDRESS) long arguments, long sizeBytes) {
        if (sizeBytes < CLONE_ARGS_FIRST_BYTES) {
            return -Errno.EINVAL;
        }
        if (sizeBytes > PAGE_BYTES) {
            return -Errno.E2BIG;
        }
        UserMemory memory = task.memory();
        for (long at = CLONE_ARGS_BYTES; at < sizeBytes; at++) {
            if (memory.readByte(arguments + at) != 0) {
                return -Errno.E2BIG;
            }
        }
        long flags = memory.readLong(arguments);
        long signal = memory.readLong(arguments + 32);
        long stack = memory.readLong(arguments + 40);
        long stackBytes = memory.readLong(arguments + 48);
        long known = 0x3_ffff_ffffL & ~CSIGNAL & ~CLONE_DETACHED;
        boolean stackIsHalf = (stack == 0) != (stackBytes == 0);
        boolean threadWithSignal = (flags & (CLONE_THREAD | CLONE_PARENT)) != 0 && signal != 0;
        if ((flags & ~known) != 0 || (signal & ~CSIGNAL) != 0 || stackIsHalf || threadWithSignal) {
            return -Errno.EINVAL;
        }
        boolean setsTid = sizeBytes >= 80 && memory.readLong(arguments + 72) != 0;
        if (setsTid || (flags & CLONE_INTO_CGROUP) != 0) {
            return -Errno.EPERM;
        }
        return Clone.run(
                task,
                new Clone.Request(
                        flags,
                        memory.readLong(arguments + 8),
                        memory.readLong(arguments + 16),
                        memory.readLong(arguments + 24),
                        (int) signal,
                        stack + stackBytes,
                        memory.readLong(arguments + 56)));
    }

    @Syscall(nr = 221)
    static long execve(
            Task task,
            @Arg(PATH) long path,
            @Arg(ADDRESS) long arguments,
            @Arg(ADDRESS) long environment) {
        return Exec.run(task, Exec.AT_FDCWD, path, arguments, environment, 0);
    }

    @Syscall(nr = 281)
    static long execveat(
            Task task,
            @Arg(FD) int directory,
            @Arg(PATH) long path,
            @Arg(ADDRESS) long arguments,
            @Arg(ADDRESS) long environment,
            @Arg(HEX) int flags) {
        return Exec.run(task, directory, path, arguments, environment, flags);
    }

    @Syscall(nr = 97, missing = "namespaces (EPERM)")
    static long unshare(Task task, @Arg(HEX) long flags) {
        long known =
                CLONE_FS
                        | CLONE_FILES
                        | CLONE_SIGHAND
                        | CLONE_VM
                        | CLONE_THREAD
                        | CLONE_SYSVSEM
                        | NAMESPACES;
        if ((flags & ~known) != 0 || (flags & (CLONE_SIGHAND | CLONE_VM | CLONE_THREAD)) != 0) {
            return -Errno.EINVAL;
        }
        if ((flags & NAMESPACES) != 0) {
            return -Errno.EPERM;
        }
        if ((flags & CLONE_FILES) != 0 && task.files().isShared()) {
            var shared = task.files();
            task.setFiles(shared.copy());
            shared.release();
        }
        if ((flags & CLONE_FS) != 0) {
            task.setFs(task.fs().copy());
        }
        return 0;
    }

    // ---- ends ----

    @Syscall(nr = 93)
    static long exit(Task task, int status) {
        TaskCalls.exit(task, status);
        return 0;
    }

    @Syscall(nr = 94)
    static long exit_group(Task task, int status) {
        TaskCalls.exitProcess(task, status);
        return 0;
    }

    // ---- waiting ----

    @Syscall(nr = 260)
    static long wait4(
            Task task,
            int pid,
            @Arg(ADDRESS) long status,
            @Arg(HEX) int options,
            @Arg(ADDRESS) long usage) {
        int known =
                Waiting.WNOHANG
                        | Waiting.WUNTRACED
                        | Waiting.WCONTINUED
                        | Waiting.WNOTHREAD
                        | Waiting.WALL
                        | Waiting.WCLONE;
        if ((options & ~known) != 0) {
            return -Errno.EINVAL;
        }
        if (pid == Integer.MIN_VALUE) {
            return -Errno.ESRCH;
        }
        Waiting.Selector selector =
                pid == -1
                        ? new Waiting.Selector.Any()
                        : pid > 0
                                ? new Waiting.Selector.Pid(pid)
                                : new Waiting.Selector.Group(pid == 0 ? task.groupId() : -pid);
        Waiting.Outcome outcome = Waiting.run(task, selector, options | Waiting.WEXITED);
        if (outcome.event() == null) {
            return -outcome.errno();
        }
        if (status != 0) {
            task.memory().writeInt(status, outcome.event().status());
        }
        if (usage != 0) {
            writeUsage(task.memory(), usage, outcome.event().usage());
        }
        return outcome.event().pid();
    }

    @Syscall(nr = 95)
    static long waitid(
            Task task,
            int type,
            int id,
            @Arg(ADDRESS) long info,
            @Arg(HEX) int options,
            @Arg(ADDRESS) long usage) {
        int events = Waiting.WEXITED | Waiting.WSTOPPED | Waiting.WCONTINUED;
        int known =
                events
                        | Waiting.WNOHANG
                        | Waiting.WNOWAIT
                        | Waiting.WNOTHREAD
                        | Waiting.WALL
                        | Waiting.WCLONE;
        if ((options & ~known) != 0 || (options & events) == 0 || id < 0 && type != P_ALL) {
            return -Errno.EINVAL;
        }
        Waiting.Selector selector;
        switch (type) {
            case P_ALL -> selector = new Waiting.Selector.Any();
            case P_PID -> selector = new Waiting.Selector.Pid(id);
            case P_PGID -> selector = new Waiting.Selector.Group(id == 0 ? task.groupId() : id);
            case P_PIDFD -> {
                int pid = pidOf(task, id);
                if (pid < 0) {
                    return pid;
                }
                selector = new Waiting.Selector.Pid(pid);
            }
            default -> {
                return -Errno.EINVAL;
            }
        }
        if (type == P_PID && id == 0) {
            return -Errno.EINVAL;
        }
        Waiting.Outcome outcome = Waiting.run(task, selector, options);
        if (outcome.errno() != 0) {
            return -outcome.errno();
        }
        if (info != 0) {
            writeWaitInfo(task.memory(), info, outcome.event());
        }
        if (usage != 0 && outcome.event() != null) {
            writeUsage(task.memory(), usage, outcome.event().usage());
        }
        return 0;
    }

    /** Only the fields that waitid sets; all zero if there was nothing. */
    private static void writeWaitInfo(UserMemory memory, long address, Waiting.Event event) {
        memory.writeInt(address, event == null ? 0 : event.info().signal());
        memory.writeInt(address + 4, 0);
        memory.writeInt(address + 8, event == null ? 0 : event.info().code());
        memory.writeInt(address + 16, event == null ? 0 : event.info().pid());
        memory.writeInt(address + 20, event == null ? 0 : event.info().uid());
        memory.writeInt(address + 24, event == null ? 0 : (int) event.info().second());
    }

    private static int pidOf(Task task, int fd) {
        OpenFile file = task.files().get(fd);
        if (file == null) {
            return -Errno.EBADF;
        }
        try {
            return file instanceof PidFile pidFile ? pidFile.process().pid() : -Errno.EINVAL;
        } finally {
            file.release();
        }
    }

    // ---- numbers ----

    @Syscall(nr = 172)
    static long getpid(Task task) {
        return task.process().pid();
    }

    @Syscall(nr = 173)
    static long getppid(Task task) {
        return task.process().parentPid();
    }

    @Syscall(nr = 178)
    static long gettid(Task task) {
        return task.tid();
    }

    @Syscall(nr = 96)
    static long set_tid_address(Task task, @Arg(ADDRESS) long address) {
        TaskCalls.setClearChildTid(task, address);
        return task.tid();
    }

    @Syscall(nr = 99)
    static long set_robust_list(Task task, @Arg(ADDRESS) long head, long sizeBytes) {
        return TaskCalls.setRobustList(task, head, sizeBytes);
    }

    @Syscall(nr = 100)
    static long get_robust_list(
            Task task, int tid, @Arg(ADDRESS) long head, @Arg(ADDRESS) long sizeBytes) {
        Task target = TaskCalls.task(task, tid);
        if (target == null) {
            return -Errno.ESRCH;
        }
        task.memory().writeLong(sizeBytes, 24);
        task.memory().writeLong(head, TaskCalls.robustList(target));
        return 0;
    }

    // ---- groups and sessions ----

    @Syscall(nr = 154)
    static long setpgid(Task task, int pid, int group) {
        return pid < 0 ? -Errno.ESRCH : TaskCalls.setGroup(task, pid, group);
    }

    @Syscall(nr = 155)
    static long getpgid(Task task, int pid) {
        Process process = TaskCalls.process(task, pid);
        return process == null ? -Errno.ESRCH : process.groupId();
    }

    @Syscall(nr = 156)
    static long getsid(Task task, int pid) {
        Process process = TaskCalls.process(task, pid);
        return process == null ? -Errno.ESRCH : process.sessionId();
    }

    @Syscall(nr = 157)
    static long setsid(Task task) {
        return TaskCalls.newSession(task);
    }

    // ---- processes as files ----

    @Syscall(nr = 434, missing = "PIDFD_THREAD")
    static long pidfd_open(Task task, int pid, @Arg(HEX) int flags) {
        if ((flags & ~OpenFlags.O_NONBLOCK) != 0 || pid <= 0) {
            return -Errno.EINVAL;
        }
        Process process = task.process().table().process(pid);
        if (process == null) {
            return task.process().table().task(pid) != null ? -Errno.EINVAL : -Errno.ESRCH;
        }
        return Descriptors.install(
                task,
                new PidFile(process, task.services().ipc().eventInode(), OpenFlags.O_RDWR | flags),
                OpenFlags.O_CLOEXEC);
    }

    @Syscall(nr = 424)
    static long pidfd_send_signal(
            Task task,
            @Arg(FD) int fd,
            @Arg(SIGNAL) int signal,
            @Arg(ADDRESS) long info,
            @Arg(HEX) int flags) {
        if (flags != 0) {
            return -Errno.EINVAL;
        }
        OpenFile file = task.files().get(fd);
        if (file == null) {
            return -Errno.EBADF;
        }
        try {
            return file instanceof PidFile target
                    ? SignalCalls.signalProcess(task, target.process(), signal, info)
                    : -Errno.EBADF;
        } finally {
            file.release();
        }
    }

    @Syscall(nr = 438)
    static long pidfd_getfd(
            Task task, @Arg(FD) int fd, @Arg(FD) int targetFd, @Arg(HEX) int flags) {
        if (flags != 0) {
            return -Errno.EINVAL;
        }
        OpenFile file = task.files().get(fd);
        if (file == null) {
            return -Errno.EBADF;
        }
        try {
            if (!(file instanceof PidFile target)) {
                return -Errno.EBADF;
            }
            Task other = target.process().anyTask();
            if (other == null) {
                return -Errno.ESRCH;
            }
            if (!SignalCalls.mayKill(task, other.process(), 0)) {
                return -Errno.EPERM;
            }
            OpenFile wanted = other.files().get(targetFd);
            return wanted == null
                    ? -Errno.EBADF
                    : Descriptors.install(task, wanted, OpenFlags.O_CLOEXEC);
        } finally {
            file.release();
        }
    }

    // ---- limits and use ----

    @Syscall(nr = 261)
    static long prlimit64(
            Task task, int pid, int resource, @Arg(ADDRESS) long changed, @Arg(ADDRESS) long old) {
        if (resource < 0 || resource >= Limits.COUNT) {
            return -Errno.EINVAL;
        }
        Process target = TaskCalls.process(task, pid);
        if (target == null) {
            return -Errno.ESRCH;
        }
        if (!TaskCalls.mayChangeLimits(task, target)) {
            return -Errno.EPERM;
        }
        Limits before = target.limits();
        if (changed != 0) {
            long result =
                    TaskCalls.setLimit(
                            task,
                            target,
                            resource,
                            task.memory().readLong(changed),
                            task.memory().readLong(changed + 8));
            if (result != 0) {
                return result;
            }
        }
        if (old != 0) {
            task.memory().writeLong(old, before.soft(resource));
            task.memory().writeLong(old + 8, before.hard(resource));
        }
        return 0;
    }

    @Syscall(nr = 163)
    static long getrlimit(Task task, int resource, @Arg(ADDRESS) long limit) {
        return prlimit64(task, 0, resource, 0, limit);
    }

    @Syscall(nr = 164)
    static long setrlimit(Task task, int resource, @Arg(ADDRESS) long limit) {
        return limit == 0 ? -Errno.EFAULT : prlimit64(task, 0, resource, limit, 0);
    }

    @Syscall(nr = 165)
    static long getrusage(Task task, int who, @Arg(ADDRESS) long usage) {
        Usage used =
                switch (who) {
                    case 0 -> task.process().usage();
                    case -1 -> task.process().childrenUsage();
                    case 1 -> task.usage();
                    default -> null;
                };
        if (used == null) {
            return -Errno.EINVAL;
        }
        writeUsage(task.memory(), usage, used);
        return 0;
    }

    /**
     * {@code struct rusage}: two timevals and 14 longs, of which the maximal resident set (KiB) and
     * the minor faults are known.
     */
    private static void writeUsage(UserMemory memory, long address, Usage usage) {
        memory.clear(address, 144);
        TimeValues.writeTimeval(memory, address, usage.userNanos());
        TimeValues.writeTimeval(memory, address + 16, usage.systemNanos());
        memory.writeLong(address + 32, usage.maxResidentBytes() / 1024);
        memory.writeLong(address + 64, usage.pageFaults());
    }

    @Syscall(nr = 153)
    static long times(Task task, @Arg(ADDRESS) long buffer) {
        if (buffer != 0) {
            Usage own = task.process().usage();
            Usage children = task.process().childrenUsage();
            task.memory().writeLong(buffer, Ticks.of(own.userNanos()));
            task.memory().writeLong(buffer + 8, Ticks.of(own.systemNanos()));
            task.memory().writeLong(buffer + 16, Ticks.of(children.userNanos()));
            task.memory().writeLong(buffer + 24, Ticks.of(children.systemNanos()));
        }
        return Ticks.of(task.clock().monotonicNanos());
    }

    @Syscall(nr = 128)
    static long restart_syscall(Task task) {
        return TaskCalls.restart(task);
    }
}
