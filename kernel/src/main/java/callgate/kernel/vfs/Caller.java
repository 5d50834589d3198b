package callgate.kernel.vfs;

import callgate.kernel.mm.UserMemory;
import callgate.kernel.wait.Clock;
import callgate.kernel.wait.Waiter;

/**
 * On whose behalf a file operation runs: a task, as far as files need to know it. Used on the
 * task's own thread.
 */
public interface Caller {
    Credentials credentials();

    /** Where the caller blocks. */
    Waiter waiter();

    /** The caller's memory, for ioctl arguments. */
    UserMemory memory();

    Clock clock();

    /**
     * Root, working directory and umask, for addresses that are paths; null where there are none.
     */
    default FsContext fs() {
        return null;
    }

    /** Process number, for lock owners and peer credentials. */
    int processId();

    /** Number of the calling thread; that of the process where there are no threads. */
    default int threadId() {
        return processId();
    }

    /** RLIMIT_FSIZE in bytes. */
    long fileSizeLimit();

    /** Sends a signal to the calling thread: SIGPIPE, SIGXFSZ, SIGTTIN and the like. */
    void signalSelf(int signal);

    /** As {@link #signalSelf}, but to the calling process's whole group: SIGTTIN, SIGTTOU. */
    void signalOwnGroup(int signal);

    // ---- job control ----

    /** The calling process's session. */
    int sessionId();

    /** The calling process's group. */
    int groupId();

    /** The session's controlling terminal, or null. */
    ControllingTerminal terminal();

    /**
     * Gives the caller's session a controlling terminal, or takes it away (null). The caller has
     * checked that it may.
     */
    void setTerminal(ControllingTerminal terminal);

    /**
     * Whether the calling thread blocks or ignores a signal; then SIGTTIN becomes EIO, and SIGTTOU
     * is not sent.
     */
    boolean ignoresOrBlocks(int signal);

    /** Whether nobody could continue the caller's group if it stopped. */
    boolean isGroupOrphaned();

    /**
     * Gives the caller a descriptor for a file, taking over the reference; or a negative errno, and
     * the reference stays the giver's.
     */
    default int install(OpenFile file, boolean closeOnExec) {
        return -callgate.kernel.abi.Errno.EMFILE;
    }
}
