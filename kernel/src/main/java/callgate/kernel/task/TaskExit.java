package callgate.kernel.task;

import callgate.kernel.abi.ErrnoException;

/**
 * The end of a task: what it held is given back, and who should know is told. Own thread, which
 * ends afterwards.
 */
final class TaskExit {
    private TaskExit() {}

    static void run(Task task) {
        attempt(task, () -> task.services().trace().exit(task));
        attempt(task, () -> releaseMemory(task));
        attempt(task, () -> task.files().release());
        task.setFs(null);
        attempt(task, () -> leaveProcess(task));
    }

    /**
     * A defect in one step must not keep the others from being done: a process that never ends
     * would hang its parent.
     */
    private static void attempt(Task task, Runnable step) {
        try {
            step.run();
        } catch (Throwable fault) {
            KernelFault.report(task, "exit", fault);
        }
    }

    private static void leaveProcess(Task task) {
        Process process = task.process();
        boolean last;
        synchronized (process) {
            process.endedTasks = process.endedTasks.plus(task.usage());
            process.tasks.remove(task);
            task.ended = true;
            task.pending.clear();
            last = process.tasks.isEmpty();
            if (!last) {
                Signalling.retarget(process, task, process.pending.set());
            } else if (!process.exiting) {
                process.exiting = true;
                process.exitStatus = task.exitStatus;
            }
            if (last) {
                process.pending.clear();
            }
            wakeExecuting(process);
        }
        task.services().table().remove(task);
        if (task.tid() != process.pid()) {
            task.services().table().free(task.tid());
        }
        if (last) {
            process.timers.close();
            process.setExecutable(null);
            task.services().table().ended(process);
        } else {
            Stopping.complete(process);
        }
    }

    /** A task in execve waits until it is alone. */
    private static void wakeExecuting(Process process) {
        if (process.executing != null) {
            process.executing.waiter().wake();
        }
    }

    private static void releaseMemory(Task task) {
        leaveSpaceQuietly(task);
        finishVfork(task);
    }

    /**
     * Takes the task out of its address space, as exit and execve do: waiters are woken, the last
     * sharer frees the memory.
     */
    static void leaveSpaceQuietly(Task task) {
        if (task.space() == null) {
            return;
        }
        try {
            RobustList.release(task);
        } catch (ErrnoException fault) {
            // a list that cannot be read is the guest's own loss
        }
        clearChildTid(task);
        task.leaveSpace();
    }

    /** A parent that waits in vfork goes on. */
    static void finishVfork(Task task) {
        VforkWait parent = task.vforkParent;
        if (parent != null) {
            task.vforkParent = null;
            parent.finish();
        }
    }

    private static void clearChildTid(Task task) {
        long address = task.clearChildTid;
        task.clearChildTid = 0;
        if (address == 0) {
            return;
        }
        try {
            task.memory().writeInt(address, 0);
            task.services()
                    .futexes()
                    .wake(task.space(), address, 1, Futexes.ANY, Futexes.Scope.ANY);
        } catch (ErrnoException fault) {
            // the word has been unmapped: nobody can wait there
        }
    }
}
