package callgate.kernel.task;

import callgate.kernel.abi.Signals;

/** The end of a kernel. */
public final class Shutdown {
    private Shutdown() {}

    /** Lets no task be made any more, and kills all there are. */
    public static void killAll(TaskTable table) {
        table.refuseNew();
        table.processes().forEach(process -> Signalling.end(process, Signals.SIGKILL));
    }
}
