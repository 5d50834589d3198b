package callgate.kernel.vfs;

import callgate.kernel.mm.UserMemory;
import callgate.kernel.wait.Clock;
import callgate.kernel.wait.Waiter;

/** On whose behalf a file operation runs: a task, as far as files need to know it. Used on the task's own thread. */
public interface Caller {
    Credentials credentials();

    /** Where the caller blocks. */
    Waiter waiter();

    /** The caller's memory, for ioctl arguments. */
    UserMemory memory();

    Clock clock();

    /** Process number, for lock owners and peer credentials. */
    int processId();

    /** RLIMIT_FSIZE in bytes. */
    long fileSizeLimit();

    /** Sends a signal to the calling thread: SIGPIPE, SIGXFSZ, SIGTTIN and the like. */
    void signalSelf(int signal);
}
