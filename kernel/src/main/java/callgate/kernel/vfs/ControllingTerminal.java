package callgate.kernel.vfs;

/** What a session knows about its controlling terminal. Thread-safe. */
public interface ControllingTerminal {
    /** The process group in the foreground, or 0. */
    int foregroundGroup();

    /** Number of the device, for {@code /proc/PID/stat}. */
    long device();

    /**
     * The session leader has ended or given the terminal up: SIGHUP and SIGCONT go to the
     * foreground group, and the terminal belongs to no session any more. The session has already
     * forgotten the terminal.
     */
    void sessionEnded(int session);
}
