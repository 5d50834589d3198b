package callgate.kernel.sys;

import static callgate.kernel.sys.Arg.Kind.ADDRESS;
import static callgate.kernel.sys.Arg.Kind.FD;
import static callgate.kernel.sys.Arg.Kind.HEX;
import static callgate.kernel.sys.Arg.Kind.SIGNAL;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.task.SignalAction;
import callgate.kernel.task.SignalCalls;
import callgate.kernel.task.SignalFile;
import callgate.kernel.task.SignalInfo;
import callgate.kernel.task.Task;
import callgate.kernel.vfs.OpenFile;

/** System calls on signals. */
final class Signals {
    private static final int SIG_BLOCK = 0;
    private static final int SIG_UNBLOCK = 1;
    private static final int SIG_SETMASK = 2;

    private static final int SIGKILL = callgate.kernel.abi.Signals.SIGKILL;
    private static final int SIGSTOP = callgate.kernel.abi.Signals.SIGSTOP;

    private Signals() {}

    @Syscall(nr = 134)
    static long rt_sigaction(
            Task task,
            @Arg(SIGNAL) int signal,
            @Arg(ADDRESS) long action,
            @Arg(ADDRESS) long old,
            long sizeBytes) {
        SignalSets.checkSize(sizeBytes);
        if (!SignalCalls.isValid(signal)
                || action != 0 && (signal == SIGKILL || signal == SIGSTOP)) {
            return -Errno.EINVAL;
        }
        SignalAction before = SignalCalls.action(task, signal);
        if (action != 0) {
            var memory = task.memory();
            SignalCalls.setAction(
                    task,
                    signal,
                    new SignalAction(
                            memory.readLong(action),
                            memory.readLong(action + 8),
                            memory.readLong(action + 16)));
        }
        if (old != 0) {
            task.memory().writeLong(old, before.handler());
            task.memory().writeLong(old + 8, before.flags());
            task.memory().writeLong(old + 16, before.mask());
        }
        return 0;
    }

    @Syscall(nr = 135)
    static long rt_sigprocmask(
            Task task, int how, @Arg(ADDRESS) long set, @Arg(ADDRESS) long old, long sizeBytes) {
        SignalSets.checkSize(sizeBytes);
        long before = task.mask();
        if (set != 0) {
            long signals = task.memory().readLong(set);
            switch (how) {
                case SIG_BLOCK -> SignalCalls.setMask(task, before | signals);
                case SIG_UNBLOCK -> SignalCalls.setMask(task, before & ~signals);
                case SIG_SETMASK -> SignalCalls.setMask(task, signals);
                default -> {
                    return -Errno.EINVAL;
                }
            }
        }
        if (old != 0) {
            task.memory().writeLong(old, before);
        }
        return 0;
    }

    @Syscall(nr = 136)
    static long rt_sigpending(Task task, @Arg(ADDRESS) long set, long sizeBytes) {
        SignalSets.checkSize(sizeBytes);
        task.memory().writeLong(set, SignalCalls.pending(task));
        return 0;
    }

    @Syscall(nr = 133)
    static long rt_sigsuspend(Task task, @Arg(ADDRESS) long set, long sizeBytes) {
        return SignalCalls.suspend(task, SignalSets.read(task, set, sizeBytes));
    }

    @Syscall(nr = 137)
    static long rt_sigtimedwait(
            Task task,
            @Arg(ADDRESS) long set,
            @Arg(ADDRESS) long info,
            @Arg(ADDRESS) long timeout,
            long sizeBytes) {
        long wanted = SignalSets.read(task, set, sizeBytes);
        long deadline = TimeValues.deadline(task, timeout);
        SignalInfo taken = SignalCalls.await(task, wanted, deadline);
        if (taken == null) {
            return task.isSignalPending() ? -Errno.EINTR : -Errno.EAGAIN;
        }
        if (info != 0) {
            taken.write(task.memory(), info);
        }
        return taken.signal();
    }

    @Syscall(nr = 139)
    static long rt_sigreturn(Task task) {
        return SignalCalls.returnFromHandler(task);
    }

    @Syscall(nr = 132)
    static long sigaltstack(Task task, @Arg(ADDRESS) long stack, @Arg(ADDRESS) long old) {
        return SignalCalls.alternateStack(task, stack, old);
    }

    @Syscall(nr = 129)
    static long kill(Task task, int pid, @Arg(SIGNAL) int signal) {
        return SignalCalls.kill(task, pid, signal);
    }

    @Syscall(nr = 130)
    static long tkill(Task task, int tid, @Arg(SIGNAL) int signal) {
        return tid <= 0 ? -Errno.EINVAL : SignalCalls.killTask(task, 0, tid, signal);
    }

    @Syscall(nr = 131)
    static long tgkill(Task task, int pid, int tid, @Arg(SIGNAL) int signal) {
        return tid <= 0 || pid <= 0 ? -Errno.EINVAL : SignalCalls.killTask(task, pid, tid, signal);
    }

    @Syscall(nr = 138)
    static long rt_sigqueueinfo(
            Task task, int pid, @Arg(SIGNAL) int signal, @Arg(ADDRESS) long info) {
        return SignalCalls.queue(task, pid, 0, signal, info);
    }

    @Syscall(nr = 240)
    static long rt_tgsigqueueinfo(
            Task task, int pid, int tid, @Arg(SIGNAL) int signal, @Arg(ADDRESS) long info) {
        return tid <= 0 || pid <= 0
                ? -Errno.EINVAL
                : SignalCalls.queue(task, pid, tid, signal, info);
    }

    @Syscall(nr = 74)
    static long signalfd4(
            Task task,
            @Arg(FD) int fd,
            @Arg(ADDRESS) long set,
            long sizeBytes,
            @Arg(HEX) int flags) {
        if ((flags & ~(OpenFlags.O_CLOEXEC | OpenFlags.O_NONBLOCK)) != 0) {
            return -Errno.EINVAL;
        }
        long signals = SignalSets.read(task, set, sizeBytes);
        if (fd == -1) {
            return Descriptors.install(
                    task,
                    new SignalFile(
                            task.process(), task.services().ipc().eventInode(), signals, flags),
                    flags);
        }
        OpenFile file = task.files().get(fd);
        if (file == null) {
            return -Errno.EBADF;
        }
        try {
            if (!(file instanceof SignalFile existing)) {
                return -Errno.EINVAL;
            }
            existing.setSignals(signals);
            return fd;
        } finally {
            file.release();
        }
    }
}
