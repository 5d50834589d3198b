package callgate.kernel.task;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.Signals;
import java.util.List;

/** Sending signals: who gets them, what they do to others, what is queued. */
final class Signalling {
    private static final long UNBLOCKABLE =
            Signals.bit(Signals.SIGKILL) | Signals.bit(Signals.SIGSTOP);

    private Signalling() {}

    /** A mask without the signals that cannot be blocked. */
    static long blockable(long mask) {
        return mask & ~UNBLOCKABLE;
    }

    /**
     * Sends to a process, or to one task of it if {@code target} is not null. 0 or {@code -EAGAIN}.
     */
    static int send(Process process, Task target, SignalInfo info) {
        boolean continued = false;
        int result;
        synchronized (process) {
            if (process.tasks.isEmpty()) {
                return 0;
            }
            int signal = info.signal();
            if (signal == Signals.SIGCONT) {
                continued = continueAll(process);
            } else if ((Signals.bit(signal) & DefaultAction.STOP_SIGNALS) != 0) {
                removeEverywhere(process, Signals.bit(Signals.SIGCONT));
            }
            result = queue(process, target, info);
        }
        process.signalEvents
                .wakeAll(); // without the lock: whoever listens may look at the process under a
        // lock of its own
        if (continued) {
            process.table().tellParent(process, SignalInfo.CLD_CONTINUED, Signals.SIGCONT);
        }
        return result;
    }

    /** Guarded by the process. */
    private static int queue(Process process, Task target, SignalInfo info) {
        int signal = info.signal();
        if (process.exiting || target != null && target.ended) {
            return 0;
        }
        if (signal == Signals.SIGKILL) {
            endAll(process, Signals.SIGKILL);
            return 0;
        }
        Task first = target != null ? target : process.tasks.getFirst();
        if (process.handlers.ignores(signal) && (first.mask() & Signals.bit(signal)) == 0) {
            return 0;
        }
        PendingSignals pending = target != null ? target.pending : process.pending;
        if (signal < Signals.SIGRTMIN && pending.has(signal)) {
            return 0;
        }
        if (signal >= Signals.SIGRTMIN && isFull(process, pending)) {
            return -Errno.EAGAIN;
        }
        if (!pending.add(info)) {
            return -Errno.EAGAIN;
        }
        Task receiver = target != null ? target : receiver(process, signal);
        if (receiver != null && (receiver.mask() & Signals.bit(signal)) == 0) {
            receiver.interruptFor(Task.SIGNAL);
        }
        wakeWaitingFor(process, target, signal);
        return 0;
    }

    private static boolean isFull(Process process, PendingSignals pending) {
        long limit = process.limits.soft(Limits.SIGPENDING);
        return limit != Limits.INFINITE && pending.size() >= limit;
    }

    /**
     * The task that takes a signal of the process: the main one if it can, else any that does not
     * block it.
     */
    private static Task receiver(Process process, int signal) {
        for (Task task : process.tasks) {
            if ((task.mask() & Signals.bit(signal)) == 0) {
                return task;
            }
        }
        return null;
    }

    /** Tasks in rt_sigtimedwait block what they wait for, and yet take it. */
    private static void wakeWaitingFor(Process process, Task target, int signal) {
        for (Task task : process.tasks) {
            if ((target == null || target == task) && (task.awaited & Signals.bit(signal)) != 0) {
                task.waiter().wake();
            }
        }
    }

    /** A signal that an instruction of the task itself caused: it cannot be ignored or blocked. */
    static void force(Task task, SignalInfo info) {
        Process process = task.process();
        long bit = Signals.bit(info.signal());
        synchronized (process) {
            SignalAction action = process.handlers.get(info.signal());
            boolean blocked = (task.mask() & bit) != 0;
            if (blocked || action.isIgnore()) {
                process.handlers.set(info.signal(), SignalAction.DEFAULT);
                task.setMask(task.mask() & ~bit);
            }
            if (!task.pending.has(info.signal())) {
                task.pending.add(info);
            }
            recalculate(task);
        }
    }

    /** The task could not be given a signal: SIGSEGV, for good if that was the signal. */
    static void forceSegmentationFault(Task task, int failedSignal) {
        if (failedSignal == Signals.SIGSEGV) {
            synchronized (task.process()) {
                task.process().handlers.set(Signals.SIGSEGV, SignalAction.DEFAULT);
            }
        }
        force(task, SignalInfo.kernel(Signals.SIGSEGV));
    }

    // ---- all tasks ----

    /**
     * Ends all tasks, as if by a signal ({@code status} 1 to 127) or with an exit status ({@code
     * code << 8}). Guarded by the process.
     */
    static void endAll(Process process, int status) {
        if (process.exiting) {
            return;
        }
        process.exiting = true;
        process.exitStatus = status;
        process.stopSignal = 0;
        process.stopComplete = false;
        for (Task task : process.tasks) {
            task.kill();
        }
    }

    /** As {@link #endAll}; takes the lock. */
    static void end(Process process, int status) {
        synchronized (process) {
            endAll(process, status);
        }
    }

    private static void removeEverywhere(Process process, long signals) {
        process.pending.remove(signals);
        for (Task task : process.tasks) {
            task.pending.remove(signals);
        }
    }

    /** Undoes stopping; true if the parent is to hear of it. */
    private static boolean continueAll(Process process) {
        removeEverywhere(process, DefaultAction.STOP_SIGNALS);
        process.stopTaken = false;
        boolean wasStopped = process.stopComplete;
        if (process.stopSignal != 0) {
            process.stopSignal = 0;
            process.stopComplete = false;
            process.stopUnreported = false;
            process.continueUnreported = wasStopped;
            for (Task task : process.tasks) {
                task.clearWork(Task.STOP);
                recalculate(task);
                task.waiter().wake();
            }
        }
        return wasStopped;
    }

    // ---- masks ----

    /**
     * Makes the task's work flag agree with what is pending and blocked. Guarded by the process.
     */
    static void recalculate(Task task) {
        long pending = task.pending.set() | task.process().pending.set();
        if ((pending & ~task.mask()) != 0) {
            task.interruptFor(Task.SIGNAL);
        } else {
            task.clearWork(Task.SIGNAL);
            if (!task.hasWork(Task.STOP | Task.EXIT)) {
                task.waiter().clearInterrupt();
            }
        }
    }

    /**
     * Changes the calling task's mask. Signals of the process that it no longer takes go to the
     * others.
     */
    static void setMask(Task task, long mask) {
        Process process = task.process();
        synchronized (process) {
            long newlyBlocked = blockable(mask) & ~task.mask() & process.pending.set();
            task.setMask(blockable(mask));
            recalculate(task);
            if (newlyBlocked != 0) {
                retarget(process, task, newlyBlocked);
            }
        }
    }

    /**
     * Lets other tasks look for signals of the process that this one will not take. Guarded by the
     * process.
     */
    static void retarget(Process process, Task except, long signals) {
        for (Task other : process.tasks) {
            if (other != except && (signals & ~other.mask()) != 0) {
                recalculate(other);
            }
        }
    }

    /**
     * Takes a signal of {@code allowed} from the task's queue, else from the process's. Null if
     * there is none. Guarded by the process.
     */
    static SignalInfo take(Task task, long allowed) {
        PendingSignals from = task.pending;
        int signal = from.first(allowed);
        if (signal == 0) {
            from = task.process().pending;
            signal = from.first(allowed);
        }
        SignalInfo info = signal == 0 ? null : from.take(signal);
        return info != null && info.code() == SignalInfo.SI_TIMER
                ? task.process().timers.complete(info)
                : info;
    }

    /** The processes of a list get the same signal. */
    static void sendAll(List<Process> processes, SignalInfo info) {
        for (Process process : processes) {
            process.signal(info);
        }
    }
}
