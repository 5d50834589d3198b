package callgate.kernel.task;

import callgate.gate.Border;
import callgate.kernel.ipc.Ipc;
import callgate.kernel.mm.FramePool;
import callgate.kernel.wait.Clock;
import callgate.kernel.wait.Entropy;
import callgate.kernel.wait.Scheduler;
import callgate.machine.memory.PageTable;

/** What one kernel instance is made of, as far as tasks and system calls use it. */
public record Services(
        Clock clock,
        Entropy entropy,
        Scheduler scheduler,
        FramePool frames,
        PageTable.Pool pageTables,
        Border border,
        Ipc ipc) {}
