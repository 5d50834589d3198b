package callgate.kernel.task;

import callgate.kernel.abi.Signals;
import callgate.kernel.vfs.HeapBudget;
import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * Signals that have been sent and not yet taken, of a task or of a process. Guarded by the process.
 */
final class PendingSignals {
    private static final long SYNCHRONOUS =
            Signals.bit(Signals.SIGSEGV)
                    | Signals.bit(Signals.SIGBUS)
                    | Signals.bit(Signals.SIGILL)
                    | Signals.bit(Signals.SIGTRAP)
                    | Signals.bit(Signals.SIGFPE)
                    | Signals.bit(Signals.SIGSYS);

    /** What a queued signal takes of the host's heap. */
    private static final int SIGNAL_BYTES = 80;

    private final HeapBudget budget;
    private long set;
    private final ArrayDeque<SignalInfo> queue = new ArrayDeque<>();

    long set() {
        return set;
    }

    PendingSignals(HeapBudget budget) {
        this.budget = budget;
    }

    int size() {
        return queue.size();
    }

    /**
     * Adds a signal. Of those before SIGRTMIN there is one at most, which is never refused; of
     * others, false if the kernel has no room.
     */
    boolean add(SignalInfo info) {
        if (isQueued(info) && !budget.take(SIGNAL_BYTES)) {
            return false;
        }
        set |= Signals.bit(info.signal());
        queue.add(info);
        return true;
    }

    private static boolean isQueued(SignalInfo info) {
        return info.signal() >= Signals.SIGRTMIN;
    }

    private void removed(SignalInfo info) {
        if (isQueued(info)) {
            budget.give(SIGNAL_BYTES);
        }
    }

    /** Forgets all, at the end of the task or process. */
    void clear() {
        remove(-1L);
    }

    boolean has(int signal) {
        return (set & Signals.bit(signal)) != 0;
    }

    /**
     * The signal to take first among {@code allowed}: those an instruction caused, then the lowest
     * number; 0 if there is none.
     */
    int first(long allowed) {
        long ready = set & allowed;
        if ((ready & SYNCHRONOUS) != 0) {
            ready &= SYNCHRONOUS;
        }
        return ready == 0 ? 0 : Long.numberOfTrailingZeros(ready) + 1;
    }

    /** Takes the oldest entry of a pending signal. */
    SignalInfo take(int signal) {
        SignalInfo taken = null;
        boolean more = false;
        for (Iterator<SignalInfo> all = queue.iterator(); all.hasNext(); ) {
            SignalInfo info = all.next();
            if (info.signal() != signal) {
                continue;
            }
            if (taken != null) {
                more = true;
                break;
            }
            taken = info;
            all.remove();
            removed(info);
        }
        if (!more) {
            set &= ~Signals.bit(signal);
        }
        return taken;
    }

    /** Whether the signal of a POSIX timer waits. */
    boolean hasTimer(int signal, int timer) {
        if (has(signal)) {
            for (SignalInfo info : queue) {
                if (info.signal() == signal
                        && info.code() == SignalInfo.SI_TIMER
                        && info.pid() == timer) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Forgets all signals of a set. */
    void remove(long signals) {
        if ((set & signals) != 0) {
            set &= ~signals;
            queue.removeIf(
                    info -> {
                        boolean matches = (Signals.bit(info.signal()) & signals) != 0;
                        if (matches) {
                            removed(info);
                        }
                        return matches;
                    });
        }
    }
}
