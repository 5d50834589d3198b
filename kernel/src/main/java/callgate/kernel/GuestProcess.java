package callgate.kernel;

import java.time.Duration;

/** A process started from outside. Thread-safe. */
public interface GuestProcess {
    int pid();

    /**
     * Waits until the process has ended and its output has reached the host; null if it has not
     * after {@code timeout} (null: for ever).
     */
    Exit waitFor(Duration timeout) throws InterruptedException;

    /**
     * Sends a signal (a Linux number) to the process; ignored if it has ended. SIGKILL ends all
     * that it has started in its session as well, even if it has itself ended before.
     */
    void kill(int signal);

    /** Ends the process, and all others in the session that it was started in, at once. */
    void end();

    /**
     * Sends a signal to the foreground group of its terminal, as the terminal's keys do; without a
     * terminal, to the process.
     */
    void interrupt(int signal);

    /** Changes the size of its terminal: SIGWINCH. */
    void resize(int columns, int rows);

    /** What the process and those it waited for have used so far. */
    Usage usage();

    /**
     * How a process ended: a status of 0 to 255 with signal 0, or the number of the signal that
     * ended it.
     */
    record Exit(int status, int signal) {
        /** As a shell reports it: the status, or 128 + the signal. */
        public int shellStatus() {
            return signal == 0 ? status : 128 + signal;
        }
    }

    /** Resources used. */
    record Usage(long userNanos, long systemNanos, long maxResidentBytes) {}
}
