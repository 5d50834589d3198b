package callgate.kernel.task;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.Signals;
import callgate.kernel.wait.Scheduler;
import callgate.kernel.wait.WaitQueue;

/** Waiting for children: wait4(2) and waitid(2). */
public final class Waiting {
    public static final int WNOHANG = 1;
    public static final int WUNTRACED = 2;
    public static final int WSTOPPED = 2;
    public static final int WEXITED = 4;
    public static final int WCONTINUED = 8;
    public static final int WNOWAIT = 0x0100_0000;
    public static final int WNOTHREAD = 0x2000_0000;
    public static final int WALL = 0x4000_0000;
    public static final int WCLONE = 0x8000_0000;

    /** Which children a caller waits for. */
    public sealed interface Selector {
        record Any() implements Selector {}

        record Pid(int pid) implements Selector {}

        record Group(int id) implements Selector {}
    }

    /**
     * A child's change of state.
     *
     * @param status as wait4 reports it
     * @param info as waitid reports it
     */
    public record Event(int pid, int status, SignalInfo info, Usage usage) {}

    private final Process parent;
    private final Selector selector;
    private final int options;

    private Waiting(Process parent, Selector selector, int options) {
        this.parent = parent;
        this.selector = selector;
        this.options = options;
    }

    /** An outcome of a wait: an event, or an error, or neither (WNOHANG). */
    public record Outcome(Event event, int errno) {
        static final Outcome NOTHING = new Outcome(null, 0);
    }

    /** Waits for a child's change of state as {@code options} say. */
    public static Outcome run(Task task, Selector selector, int options) {
        return new Waiting(task.process(), selector, options).run(task);
    }

    private Outcome run(Task task) {
        Outcome first = look();
        if (first != null) {
            return first;
        }
        try (WaitQueue.Entry entry = parent.childEvents().add(task.waiter(), -1)) {
            while (true) {
                task.waiter().prepare();
                Outcome outcome = look();
                if (outcome != null) {
                    return outcome;
                }
                switch (task.waiter().await(Scheduler.NEVER)) {
                    case WOKEN, TIMED_OUT -> {}
                    case INTERRUPTED -> {
                        return new Outcome(null, Errno.ERESTARTSYS);
                    }
                }
            }
        }
    }

    /** Null if there is nothing yet and the caller is to wait. */
    private Outcome look() {
        TaskTable table = parent.table();
        synchronized (table) {
            boolean any = false;
            for (Process child : parent.children) {
                if (!isSelected(child)) {
                    continue;
                }
                any = true;
                Event event = event(child);
                if (event != null) {
                    return new Outcome(event, 0);
                }
            }
            if (!any) {
                return new Outcome(null, Errno.ECHILD);
            }
        }
        return (options & WNOHANG) != 0 ? Outcome.NOTHING : null;
    }

    private boolean isSelected(Process child) {
        boolean matches =
                switch (selector) {
                    case Selector.Any any -> true;
                    case Selector.Pid one -> child.pid() == one.pid;
                    case Selector.Group group -> child.groupId() == group.id;
                };
        boolean isClone = child.exitSignal != Signals.SIGCHLD;
        return matches && ((options & WALL) != 0 || isClone == ((options & WCLONE) != 0));
    }

    private Event event(Process child) {
        if (child.isZombie()) {
            return (options & WEXITED) != 0 ? reap(child) : null;
        }
        synchronized (child) {
            boolean keep = (options & WNOWAIT) != 0;
            if (child.stopUnreported && (options & WSTOPPED) != 0) {
                child.stopUnreported = keep;
                int signal = child.stopSignal;
                return event(child, signal << 8 | 0x7f, SignalInfo.CLD_STOPPED, signal);
            }
            if (child.continueUnreported && (options & WCONTINUED) != 0) {
                child.continueUnreported = keep;
                return event(child, 0xffff, SignalInfo.CLD_CONTINUED, Signals.SIGCONT);
            }
        }
        return null;
    }

    private static Event event(Process child, int status, int code, int detail) {
        return new Event(
                child.pid(),
                status,
                TaskTable.childInfo(child, Signals.SIGCHLD, code, detail),
                child.usage());
    }

    private Event reap(Process child) {
        int status = child.exitStatus;
        boolean killed = (status & 0x7f) != 0;
        Usage usage = child.usage().plus(child.childrenUsage());
        Event event =
                event(
                        child,
                        status,
                        killed ? SignalInfo.CLD_KILLED : SignalInfo.CLD_EXITED,
                        killed ? status & 0x7f : status >> 8 & 0xff);
        if ((options & WNOWAIT) == 0) {
            parent.table().remove(child);
            parent.addChildUsage(usage);
        }
        return new Event(event.pid, event.status, event.info, usage);
    }
}
