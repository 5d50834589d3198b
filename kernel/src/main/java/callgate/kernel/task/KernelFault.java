package callgate.kernel.task;

import callgate.kernel.abi.Signals;
import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * A defect of the kernel itself, met on behalf of one task: it is reported and that process ends;
 * everything else lives on.
 */
final class KernelFault {
    private KernelFault() {}

    static void report(Task task, String where, Throwable fault) {
        Signalling.end(task.process(), Signals.SIGKILL);
        try {
            StringWriter text = new StringWriter();
            text.append("kernel fault in ")
                    .append(where)
                    .append(", ")
                    .append(task.toString())
                    .append(": ");
            fault.printStackTrace(new PrintWriter(text));
            task.services().log().accept(text.toString().strip());
        } catch (Throwable second) {
            // no memory or no stack for a report, or the sink is broken: the process ends all the
            // same
        }
    }
}
