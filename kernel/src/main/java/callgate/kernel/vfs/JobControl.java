package callgate.kernel.vfs;

/**
 * Process groups and sessions of a kernel, as terminals need them. Thread-safe; callable from any
 * thread, without locks of tasks held.
 */
public interface JobControl {
    /**
     * Sends a signal to every process of a group, as the kernel does (no permission is asked);
     * nothing if there is no such group.
     */
    void signalGroup(int group, int signal);

    /** The session that a process group belongs to, or 0 if there is no such group. */
    int sessionOfGroup(int group);
}
