package callgate.kernel.task;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.Signals;
import callgate.kernel.vfs.Credentials;
import callgate.kernel.wait.Waiter;
import java.util.List;

/**
 * What system calls on signals do, once their arguments are read. Own thread of the calling task.
 */
public final class SignalCalls {
    private SignalCalls() {}

    public static boolean isValid(int signal) {
        return signal >= 1 && signal <= SignalHandlers.COUNT;
    }

    // ---- actions and masks ----

    public static SignalAction action(Task task, int signal) {
        return task.process().handlers.get(signal);
    }

    /** Sets what a signal does; pending ones that are ignored from now on are forgotten. */
    public static void setAction(Task task, int signal, SignalAction action) {
        Process process = task.process();
        synchronized (process) {
            process.handlers.set(
                    signal,
                    new SignalAction(
                            action.handler(), action.flags(), Signalling.blockable(action.mask())));
            if (process.handlers.ignores(signal)) {
                long bit = Signals.bit(signal);
                process.pending.remove(bit);
                for (Task each : process.tasks) {
                    each.pending.remove(bit);
                    Signalling.recalculate(each);
                }
            }
        }
    }

    public static void setMask(Task task, long mask) {
        Signalling.setMask(task, mask);
    }

    /** Signals that are pending and blocked. */
    public static long pending(Task task) {
        synchronized (task.process()) {
            return (task.pending.set() | task.process().pending.set()) & task.mask();
        }
    }

    /** rt_sigsuspend: waits for a signal that {@code mask} does not block. */
    public static long suspend(Task task, long mask) {
        return task.withMask(
                mask,
                () -> {
                    while (true) {
                        task.waiter().prepare();
                        if (task.waiter().await(callgate.kernel.wait.Scheduler.NEVER)
                                == Waiter.Outcome.INTERRUPTED) {
                            return -Errno.ERESTARTNOHAND;
                        }
                    }
                });
    }

    /**
     * rt_sigtimedwait: takes a signal of {@code set}, waiting until the deadline; null if none
     * came, or if interrupted.
     */
    public static SignalInfo await(Task task, long set, long deadlineNanos) {
        long wanted = Signalling.blockable(set);
        Process process = task.process();
        try {
            while (true) {
                task.waiter().prepare();
                synchronized (process) {
                    task.awaited = wanted;
                    SignalInfo info = Signalling.take(task, wanted);
                    if (info != null) {
                        Signalling.recalculate(task);
                        return info;
                    }
                }
                Waiter.Outcome outcome = task.waiter().await(deadlineNanos);
                if (outcome == Waiter.Outcome.TIMED_OUT
                        || outcome == Waiter.Outcome.INTERRUPTED && task.isSignalPending()) {
                    return null;
                }
                if (outcome
                        == Waiter.Outcome
                                .INTERRUPTED) { // by a signal that another task has taken since
                    synchronized (process) {
                        Signalling.recalculate(task);
                    }
                }
            }
        } finally {
            task.awaited = 0;
        }
    }

    // ---- the alternate stack ----

    /** sigaltstack(2); each address may be 0. */
    public static long alternateStack(Task task, long newStack, long oldStack) {
        AltStack old = task.altStack;
        long stackPointer = task.hart().x[2];
        AltStack changed = null;
        if (newStack != 0) {
            long size = task.memory().readLong(newStack + 16);
            changed =
                    AltStack.parse(
                            task.memory().readLong(newStack),
                            task.memory().readInt(newStack + 8),
                            size);
            if (old.contains(stackPointer)) {
                return -Errno.EPERM;
            }
            if (changed == null) {
                return -Errno.EINVAL;
            }
            if (changed.isEnabled() && changed.sizeBytes() < AltStack.MINIMUM_BYTES) {
                return -Errno.ENOMEM;
            }
        }
        if (oldStack != 0) {
            task.memory().writeLong(oldStack, old.base());
            task.memory().writeInt(oldStack + 8, old.reportedFlags(stackPointer));
            task.memory().writeInt(oldStack + 12, 0);
            task.memory().writeLong(oldStack + 16, old.sizeBytes());
        }
        if (changed != null) {
            task.altStack = changed;
        }
        return 0;
    }

    /**
     * rt_sigreturn: registers and mask come back from the frame; its result is the old a0. A bad
     * frame is SIGSEGV.
     */
    public static long returnFromHandler(Task task) {
        task.restartCall = null;
        if (!SignalFrame.pop(task)) {
            Signalling.forceSegmentationFault(task, Signals.SIGSEGV);
            return 0;
        }
        task.justReturnedFromSignal = true;
        task.addWork(Task.LEAVE);
        return task.hart().x[10];
    }

    // ---- sending ----

    /** Whether {@code sender} may signal the process: kill(2). */
    public static boolean mayKill(Task sender, Process target, int signal) {
        Credentials own = sender.credentials();
        Task other = target.leader();
        if (target == sender.process() || own.has(Credentials.CAP_KILL)) {
            return true;
        }
        if (other == null) { // the kernel's own process
            return own.euid() == 0 || own.uid() == 0;
        }
        Credentials theirs = other.credentials();
        return own.euid() == theirs.suid()
                || own.euid() == theirs.uid()
                || own.uid() == theirs.suid()
                || own.uid() == theirs.uid()
                || signal == Signals.SIGCONT && sender.process().sessionId() == target.sessionId();
    }

    private static int send(Task sender, Process target, SignalInfo info, int signal) {
        if (!mayKill(sender, target, signal)) {
            return -Errno.EPERM;
        }
        if (signal != 0) {
            target.signal(info);
        }
        return 0;
    }

    /** kill(2): a process, a group (negative), the own group (0), or all but the sender (-1). */
    public static long kill(Task sender, int pid, int signal) {
        if (signal != 0 && !isValid(signal)) {
            return -Errno.EINVAL;
        }
        SignalInfo info =
                SignalInfo.user(
                        signal,
                        SignalInfo.SI_USER,
                        sender.process().pid(),
                        sender.credentials().uid());
        TaskTable table = sender.process().table();
        if (pid > 0) {
            Process target = processOf(table, pid);
            return target == null ? -Errno.ESRCH : send(sender, target, info, signal);
        }
        if (pid == Integer.MIN_VALUE) {
            return -Errno.ESRCH;
        }
        List<Process> targets =
                pid == -1
                        ? table.processes().stream()
                                .filter(each -> each != sender.process())
                                .toList()
                        : table.group(pid == 0 ? sender.process().groupId() : -pid);
        return sendAny(sender, targets, info, signal);
    }

    /** The process of a number: Linux takes any of its tasks for it. */
    private static Process processOf(TaskTable table, int pid) {
        Process process = pid == TaskTable.INIT ? table.init() : table.process(pid);
        if (process != null) {
            return process;
        }
        Task task = table.task(pid);
        return task == null ? null : task.process();
    }

    private static long sendAny(Task sender, List<Process> targets, SignalInfo info, int signal) {
        long result = -Errno.ESRCH;
        for (Process target : targets) {
            int one = send(sender, target, info, signal);
            result = one == 0 || result == 0 ? 0 : one;
        }
        return result;
    }

    /** tkill and tgkill: {@code pid} is 0 if any process will do. */
    public static long killTask(Task sender, int pid, int tid, int signal) {
        if (signal != 0 && !isValid(signal)) {
            return -Errno.EINVAL;
        }
        Task target = sender.process().table().task(tid);
        if (target == null || pid != 0 && target.process().pid() != pid) {
            return isZombieLeader(sender, pid, tid) ? 0 : -Errno.ESRCH;
        }
        if (!mayKill(sender, target.process(), signal)) {
            return -Errno.EPERM;
        }
        if (signal != 0) {
            int uid = sender.credentials().uid();
            return target.signal(
                    SignalInfo.user(signal, SignalInfo.SI_TKILL, sender.process().pid(), uid));
        }
        return 0;
    }

    private static boolean isZombieLeader(Task sender, int pid, int tid) {
        return (pid == 0 || pid == tid) && sender.process().table().process(tid) != null;
    }

    /**
     * rt_sigqueueinfo, rt_tgsigqueueinfo: the caller's own siginfo, at {@code info}; {@code tid} is
     * 0 for the whole process.
     */
    public static long queue(Task sender, int pid, int tid, int signal, long address) {
        SignalInfo info = SignalInfo.read(sender.memory(), address, signal);
        TaskTable table = sender.process().table();
        Process target = processOf(table, pid);
        if ((info.code() >= 0 || info.code() == SignalInfo.SI_TKILL)
                && (target != sender.process() || target == null)) {
            return -Errno.EPERM; // pretending to be the kernel
        }
        Task one = tid == 0 ? null : table.task(tid);
        if (target == null || tid != 0 && (one == null || one.process() != target)) {
            return -Errno.ESRCH;
        }
        return queue(sender, target, one, signal, info);
    }

    private static long queue(Task sender, Process target, Task one, int signal, SignalInfo info) {
        if (signal != 0 && !isValid(signal)) {
            return -Errno.EINVAL;
        }
        if (!mayKill(sender, target, signal)) {
            return -Errno.EPERM;
        }
        if (signal == 0) {
            return 0;
        }
        return one == null ? target.signal(info) : one.signal(info);
    }

    /** pidfd_send_signal(2) without flags; {@code info} may be 0. */
    public static long signalProcess(Task sender, Process target, int signal, long address) {
        if (signal != 0 && !isValid(signal)) {
            return -Errno.EINVAL;
        }
        SignalInfo info =
                SignalInfo.user(
                        signal,
                        SignalInfo.SI_USER,
                        sender.process().pid(),
                        sender.credentials().uid());
        if (address != 0) {
            if (sender.memory().readInt(address) != signal) {
                return -Errno.EINVAL;
            }
            info = SignalInfo.read(sender.memory(), address, signal);
            if (target != sender.process()
                    && (info.code() >= 0 || info.code() == SignalInfo.SI_TKILL)) {
                return -Errno.EPERM;
            }
        }
        return target.isLive() || target.isZombie()
                ? queue(sender, target, null, signal, info)
                : -Errno.ESRCH;
    }
}
