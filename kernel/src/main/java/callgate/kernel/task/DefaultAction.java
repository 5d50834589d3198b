package callgate.kernel.task;

import callgate.kernel.abi.Signals;

/**
 * What happens on a signal that has no handler: signal(7). There are no core files, so "core" is
 * "terminate".
 */
enum DefaultAction {
    TERMINATE,
    IGNORE,
    STOP,
    CONTINUE;

    static DefaultAction of(int signal) {
        return switch (signal) {
            case Signals.SIGCHLD, Signals.SIGURG, Signals.SIGWINCH -> IGNORE;
            case Signals.SIGCONT -> CONTINUE;
            case Signals.SIGSTOP, Signals.SIGTSTP, Signals.SIGTTIN, Signals.SIGTTOU -> STOP;
            default -> TERMINATE;
        };
    }

    /** All signals that stop. */
    static final long STOP_SIGNALS =
            Signals.bit(Signals.SIGSTOP)
                    | Signals.bit(Signals.SIGTSTP)
                    | Signals.bit(Signals.SIGTTIN)
                    | Signals.bit(Signals.SIGTTOU);
}
