package callgate.kernel.task;

import callgate.gate.Border;
import callgate.kernel.wait.Clock;
import callgate.kernel.wait.Entropy;
import callgate.kernel.wait.Scheduler;
import callgate.machine.memory.PageTable;
import callgate.machine.memory.PhysMem;

/** What one kernel instance is made of, as far as tasks and system calls use it. */
public record Services(
        Clock clock,
        Entropy entropy,
        Scheduler scheduler,
        PhysMem memory,
        PageTable.Pool pageTables,
        Border border) {}
