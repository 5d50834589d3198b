package callgate.cli;

import callgate.Running;
import java.util.Map;
import sun.misc.Signal;

/**
 * Passes signals that the host sends to this process on to the guest program, as if it were the
 * process itself. SIGQUIT and SIGUSR1 are not among them: the JVM keeps both for itself.
 */
final class HostSignals {
    private static final Map<String, Integer> FORWARDED =
            Map.of("HUP", 1, "INT", 2, "USR2", 12, "TERM", 15, "CONT", 18);

    private HostSignals() {}

    static void forwardTo(Running running) {
        FORWARDED.forEach((name, number) -> handle(name, () -> running.interrupt(number)));
    }

    /** Handles a signal where the host and the JVM allow it. */
    static void handle(String name, Runnable action) {
        try {
            Signal.handle(new Signal(name), signal -> action.run());
        } catch (IllegalArgumentException e) {
            // this host has no such signal, or the JVM uses it itself
        }
    }
}
