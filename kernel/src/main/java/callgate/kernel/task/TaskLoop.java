package callgate.kernel.task;

import callgate.kernel.abi.Signals;
import callgate.machine.hart.Access;
import callgate.machine.hart.Cause;
import callgate.machine.hart.Hart;

/** A task's life on its thread: run guest code, do what stopped it, until it ends. */
final class TaskLoop implements Runnable {
    private final Task task;

    TaskLoop(Task task) {
        this.task = task;
    }

    @Override
    public void run() {
        try {
            runGuest();
        } catch (Throwable fault) {
            KernelFault.report(task, "the task loop", fault);
        }
        TaskExit.run(task);
    }

    private void runGuest() {
        Hart hart = task.hart();
        while (true) {
            hart.pending =
                    0; // before looking at the work: whoever adds some later interrupts the hart
            // again
            if (task.hasWork()) {
                if (task.isKilled()) {
                    return;
                }
                SignalDelivery.run(task);
                continue;
            }
            handle(task.services().border().runUser(hart), hart);
        }
    }

    private void handle(Cause cause, Hart hart) {
        switch (cause) {
            case SUPERVISOR -> {} // there is work to do
            case INTERRUPT -> {
                if (!task.hasWork()) {
                    task.services().scheduler().yield();
                }
            }
            case ILLEGAL_INSTRUCTION -> force(Signals.SIGILL, SignalInfo.ILL_ILLOPC, hart.pc);
            case BREAKPOINT -> force(Signals.SIGTRAP, SignalInfo.TRAP_BRKPT, hart.pc);
            case FETCH_MISALIGNED -> force(Signals.SIGBUS, SignalInfo.BUS_ADRALN, hart.tval);
            case ATOMIC_MISALIGNED -> force(Signals.SIGBUS, SignalInfo.BUS_ADRALN, hart.tval);
            case FETCH_FAULT -> memoryFault(hart.tval, Access.FETCH);
            case LOAD_FAULT -> memoryFault(hart.tval, Access.LOAD);
            case STORE_FAULT -> memoryFault(hart.tval, Access.STORE);
        }
    }

    private void memoryFault(long address, Access access) {
        switch (task.space().resolve(address, access)) {
            case RESOLVED -> {} // meanwhile, by another task: the access is just tried again
            case NOT_MAPPED -> force(Signals.SIGSEGV, SignalInfo.SEGV_MAPERR, address);
            case NOT_ALLOWED -> force(Signals.SIGSEGV, SignalInfo.SEGV_ACCERR, address);
            case NO_DATA -> force(Signals.SIGBUS, SignalInfo.BUS_ADRERR, address);
            case OUT_OF_MEMORY -> OutOfMemory.kill(task);
        }
    }

    private void force(int signal, int code, long address) {
        Signalling.force(task, SignalInfo.fault(signal, code, address));
    }
}
