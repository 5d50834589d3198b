package callgate.kernel.task;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.wait.Clock;
import callgate.machine.hart.Access;
import callgate.machine.hart.Hart;
import callgate.machine.hart.Supervisor;

/** What a task's hart asks of the kernel. Own thread only. */
final class TaskSupervisor implements Supervisor {
    private static final int A0 = 10;
    private static final int A7 = 17;
    private static final int ECALL_BYTES = 4;

    private final Task task;
    private final SystemCalls calls;
    private final Clock clock;

    TaskSupervisor(Task task, Services services) {
        this.task = task;
        calls = services.calls();
        clock = services.clock();
    }

    @Override
    public boolean ecall(Hart hart) {
        long[] x = hart.x;
        long argument = x[A0];
        hart.pc += ECALL_BYTES;
        task.inKernel = true;
        long result = call(x, (int) x[A7]);
        task.inKernel = false;
        x[A0] = result;
        if (result <= -Errno.ERESTARTSYS
                && result >= -Errno.ERESTART_RESTARTBLOCK
                && !task.justReturnedFromSignal) {
            task.restartErrno = (int) -result;
            task.restartArgument = argument;
            task.addWork(Task.RESTART);
        }
        task.justReturnedFromSignal = false;
        return !task.hasWork();
    }

    private long call(long[] x, int number) {
        try {
            return calls.call(task, x, number);
        } catch (ErrnoException error) {
            return -error.errno();
        } catch (OutOfMemoryError exhausted) {
            task.services()
                    .log()
                    .accept(
                            task
                                    + ": the host's memory is exhausted in system call "
                                    + number
                                    + "; ended");
            Signalling.end(task.process(), callgate.kernel.abi.Signals.SIGKILL);
            return -Errno.ENOMEM;
        } catch (RuntimeException | Error fault) {
            KernelFault.report(task, "system call " + number, fault);
            return -Errno.EIO;
        }
    }

    @Override
    public boolean pageFault(Hart hart, long address, Access access) {
        task.inKernel = true;
        boolean resolved = task.space().pageFault(hart, address, access);
        task.inKernel = false;
        return resolved;
    }

    @Override
    public int fetch(Hart hart, long guestPage) {
        return task.space().fetch(hart, guestPage);
    }

    @Override
    public void fenceInstruction(Hart hart) {
        task.space().synchronizeCode();
    }

    /** The vDSO relies on it that this is CLOCK_MONOTONIC. */
    @Override
    public long time(Hart hart) {
        return clock.monotonicNanos();
    }
}
