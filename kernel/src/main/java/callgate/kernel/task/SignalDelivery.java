package callgate.kernel.task;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.Signals;
import callgate.machine.hart.Hart;

/**
 * What a task does before it goes back to guest code: stops, takes signals, restarts interrupted
 * calls. Own thread.
 */
final class SignalDelivery {
    private static final int A0 = 10;
    private static final int A7 = 17;
    private static final int ECALL_BYTES = 4;
    private static final int NR_RESTART_SYSCALL = 128;

    private final Task task;
    private final Process process;
    private final Hart hart;
    private final long afterCall;
    private final int restart;
    private boolean handled;

    private SignalDelivery(Task task) {
        this.task = task;
        process = task.process();
        hart = task.hart();
        afterCall = hart.pc;
        restart = task.hasWork(Task.RESTART) ? task.restartErrno : 0;
        task.clearWork(Task.RESTART | Task.LEAVE);
    }

    /** Does all work of the task; it may be killed afterwards. */
    static void run(Task task) {
        new SignalDelivery(task).run();
    }

    private void run() {
        rewindCall();
        while (!task.isKilled()) {
            if (task.hasWork(Task.STOP)) {
                Stopping.park(task);
                continue;
            }
            SignalInfo info;
            SignalAction action;
            synchronized (process) {
                info = Signalling.take(task, ~task.mask());
                if (info == null) {
                    Signalling.recalculate(task);
                    break;
                }
                action = takeAction(info.signal());
            }
            act(info, action);
        }
        if (!handled) {
            finishWithoutHandler();
        }
    }

    private SignalAction takeAction(int signal) {
        SignalAction action = process.handlers.get(signal);
        process.stopTaken |= (Signals.bit(signal) & DefaultAction.STOP_SIGNALS) != 0;
        if (action.isHandler() && action.is(SignalAction.SA_RESETHAND)) {
            process.handlers.set(
                    signal, new SignalAction(SignalAction.SIG_DFL, action.flags(), action.mask()));
        }
        return action;
    }

    private void act(SignalInfo info, SignalAction action) {
        task.services().trace().signal(task, info);
        if (action.isIgnore()) {
            return;
        }
        if (action.isHandler()) {
            handle(info, action);
            return;
        }
        switch (DefaultAction.of(info.signal())) {
            case IGNORE, CONTINUE -> {}
            case STOP -> Stopping.begin(task, info.signal());
            case TERMINATE -> Signalling.end(process, info.signal());
        }
    }

    private void handle(SignalInfo info, SignalAction action) {
        if (!handled) {
            interruptCall(action);
            handled = true;
        }
        long oldMask = task.hasSavedMask ? task.savedMask : task.mask();
        task.hasSavedMask = false;
        if (!SignalFrame.push(task, info, action, oldMask, task.space().signalReturnAddress())) {
            Signalling.forceSegmentationFault(task, info.signal());
            return;
        }
        long blocked = task.mask() | action.mask();
        if (!action.is(SignalAction.SA_NODEFER)) {
            blocked |= Signals.bit(info.signal());
        }
        Signalling.setMask(task, blocked);
    }

    // ---- restarting: signal(7), "Interruption of system calls and library functions by signal
    // handlers" ----

    /** Puts the hart back to the {@code ecall} with its first argument. */
    private void rewindCall() {
        if (restart != 0) {
            hart.x[A0] = task.restartArgument;
            hart.pc = afterCall - ECALL_BYTES;
        }
    }

    /** A handler runs: the call ends with EINTR, unless it is to be restarted after the handler. */
    private void interruptCall(SignalAction action) {
        boolean interrupted =
                switch (restart) {
                    case Errno.ERESTARTNOHAND, Errno.ERESTART_RESTARTBLOCK -> true;
                    case Errno.ERESTARTSYS -> !action.is(SignalAction.SA_RESTART);
                    default -> false;
                };
        if (interrupted) {
            hart.x[A0] = -Errno.EINTR;
            hart.pc = afterCall;
        }
    }

    private void finishWithoutHandler() {
        if (restart == Errno.ERESTART_RESTARTBLOCK) {
            hart.x[A7] = NR_RESTART_SYSCALL;
        }
        if (task.hasSavedMask) {
            task.hasSavedMask = false;
            Signalling.setMask(task, task.savedMask);
        }
    }
}
