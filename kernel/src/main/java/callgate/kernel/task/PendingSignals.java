package callgate.kernel.task;

import callgate.kernel.abi.Signals;
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

    private long set;
    private final ArrayDeque<SignalInfo> queue = new ArrayDeque<>();

    long set() {
        return set;
    }

    int size() {
        return queue.size();
    }

    void add(SignalInfo info) {
        set |= Signals.bit(info.signal());
        queue.add(info);
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
            queue.removeIf(info -> (Signals.bit(info.signal()) & signals) != 0);
        }
    }
}
