package callgate.kernel.task;

import callgate.kernel.abi.Signals;
import java.io.PrintWriter;
import java.io.StringWriter;

/** A defect of the kernel itself, met on behalf of one task: it is reported and that process ends; everything else lives on. */
final class KernelFault {
    private KernelFault() {}

    static void report(Task task, String where, Throwable fault) {
        StringWriter text = new StringWriter();
        try {
            text.append("kernel fault in ").append(where).append(", ").append(task.toString()).append(": ");
            fault.printStackTrace(new PrintWriter(text));
        } catch (StackOverflowError deep) {
            text.append("(no stack trace)");
        }
        task.services().log().accept(text.toString().strip());
        Signalling.end(task.process(), Signals.SIGKILL);
    }
}
