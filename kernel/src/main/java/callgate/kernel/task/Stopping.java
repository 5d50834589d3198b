package callgate.kernel.task;

import callgate.kernel.abi.Signals;

/**
 * Stopping the tasks of a process by SIGSTOP, SIGTSTP, SIGTTIN or SIGTTOU; {@link Signalling}
 * continues them.
 */
final class Stopping {
    private Stopping() {}

    /** A task has taken a stop signal: all tasks are to stop. */
    static void begin(Task task, int signal) {
        Process process = task.process();
        if (signal != Signals.SIGSTOP && process.table().isOrphaned(process)) {
            return; // nobody could continue it
        }
        synchronized (process) {
            // a SIGCONT or SIGKILL that came since the signal was taken wins
            if (process.exiting || process.executing != null || !process.stopTaken) {
                return;
            }
            process.stopTaken = false;
            process.stopSignal = signal;
            process.stopComplete = false;
            for (Task each : process.tasks) {
                each.interruptFor(Task.STOP);
            }
        }
    }

    /** Waits, stopped, until the process is continued or ends. */
    static void park(Task task) {
        Process process = task.process();
        synchronized (process) {
            if (process.stopSignal == 0) {
                task.clearWork(Task.STOP);
                return;
            }
            task.stopped = true;
        }
        complete(process);
        while (true) {
            task.waiter().prepare();
            if (process.stopSignal == 0 || task.isKilled()) {
                break;
            }
            task.waiter().awaitUninterruptibly();
        }
        synchronized (process) {
            task.stopped = false;
            task.clearWork(process.stopSignal == 0 ? Task.STOP : 0);
        }
    }

    /**
     * If all tasks have stopped now, the parent is told, once. Also when a task ends during a stop.
     */
    static void complete(Process process) {
        int signal;
        synchronized (process) {
            if (process.stopSignal == 0 || process.stopComplete || process.tasks.isEmpty()) {
                return;
            }
            for (Task each : process.tasks) {
                if (!each.stopped) {
                    return;
                }
            }
            process.stopComplete = true;
            process.stopUnreported = true;
            process.continueUnreported = false;
            signal = process.stopSignal;
        }
        process.table().tellParent(process, SignalInfo.CLD_STOPPED, signal);
    }
}
