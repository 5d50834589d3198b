package callgate.kernel.task;

import callgate.kernel.abi.Signals;

/** The end of a kernel, or of all that was started together. */
public final class Shutdown {
    private Shutdown() {}

    /** Lets no task be made any more, and kills all there are. */
    public static void killAll(TaskTable table) {
        table.refuseNew();
        table.processes().forEach(process -> Signalling.end(process, Signals.SIGKILL));
    }

    /**
     * Kills all processes of a session. A killed process makes no others, so this ends even while
     * they fork.
     */
    public static void killSession(TaskTable table, int session) {
        boolean found = true;
        while (found) {
            found = false;
            for (Process process : table.processes()) {
                if (process.sessionId() == session && process.isLive() && !process.isExiting()) {
                    Signalling.end(process, Signals.SIGKILL);
                    found = true;
                }
            }
        }
    }
}
