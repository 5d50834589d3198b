package callgate.kernel.task;

import callgate.gate.Border;
import callgate.kernel.ipc.Ipc;
import callgate.kernel.ipc.SharedSegments;
import callgate.kernel.mm.FramePool;
import callgate.kernel.mm.exec.Loader;
import callgate.kernel.net.Network;
import callgate.kernel.vfs.HeapBudget;
import callgate.kernel.vfs.Namespace;
import callgate.kernel.wait.Clock;
import callgate.kernel.wait.Entropy;
import callgate.kernel.wait.Scheduler;
import callgate.machine.memory.PageTable;
import callgate.machine.memory.PhysMem;
import java.util.function.Consumer;

/**
 * What one kernel instance is made of, as far as tasks and system calls use it.
 *
 * @param heap the host's memory for what tasks have besides guest memory: files, descriptors
 * @param cpus how many tasks run at a time
 * @param log where the kernel says what a user should know
 */
public record Services(
        Clock clock,
        Entropy entropy,
        Scheduler scheduler,
        PhysMem memory,
        PageTable.Pool pageTables,
        Border border,
        FramePool frames,
        HeapBudget heap,
        Ipc ipc,
        SharedSegments segments,
        Network network,
        TaskTable table,
        Futexes futexes,
        Loader loader,
        Namespace namespace,
        SystemCalls calls,
        SystemName systemName,
        int cpus,
        Trace trace,
        Consumer<String> log) {}
