package callgate.kernel.task;

import java.util.concurrent.atomic.AtomicReferenceArray;

/** The actions of a process, shared after CLONE_SIGHAND. Thread-safe. */
final class SignalHandlers {
    static final int COUNT = 64;

    private final AtomicReferenceArray<SignalAction> actions =
            new AtomicReferenceArray<>(COUNT + 1);

    SignalHandlers() {
        for (int signal = 1; signal <= COUNT; signal++) {
            actions.set(signal, SignalAction.DEFAULT);
        }
    }

    SignalAction get(int signal) {
        return actions.get(signal);
    }

    void set(int signal, SignalAction action) {
        actions.set(signal, action);
    }

    /** An own copy, for fork. */
    SignalHandlers copy() {
        SignalHandlers copy = new SignalHandlers();
        for (int signal = 1; signal <= COUNT; signal++) {
            copy.set(signal, get(signal));
        }
        return copy;
    }

    /** A copy for exec: ignored signals stay ignored, handled ones become default. */
    SignalHandlers afterExec() {
        SignalHandlers reset = new SignalHandlers();
        for (int signal = 1; signal <= COUNT; signal++) {
            if (get(signal).isIgnore()) {
                reset.set(signal, new SignalAction(SignalAction.SIG_IGN, 0, 0));
            }
        }
        return reset;
    }

    /** A copy in which every handled signal is default: CLONE_CLEAR_SIGHAND. */
    static SignalHandlers cleared(SignalHandlers from) {
        return from.afterExec();
    }

    /** Whether a signal that is not blocked would have no effect. */
    boolean ignores(int signal) {
        SignalAction action = get(signal);
        if (action.isIgnore()) {
            return true;
        }
        // SIGCONT continues even so, and has its own path
        return action.isDefault()
                && switch (DefaultAction.of(signal)) {
                    case IGNORE, CONTINUE -> true;
                    case TERMINATE, STOP -> false;
                };
    }

    /** The set of signals whose action fits. */
    long select(java.util.function.Predicate<SignalAction> filter) {
        long set = 0;
        for (int signal = 1; signal <= COUNT; signal++) {
            set |= filter.test(get(signal)) ? 1L << signal - 1 : 0;
        }
        return set;
    }
}
