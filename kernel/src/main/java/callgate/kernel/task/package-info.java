/**
 * Tasks (threads) and processes: their life from clone to wait, signals, exec, job control,
 * futexes, timers.
 *
 * <p>A {@link callgate.kernel.task.Task} has a thread of its own, which runs {@link
 * callgate.kernel.task.TaskLoop}: guest code through the gate's border until something stops it,
 * then what has to be done. System calls come in by {@link callgate.kernel.task.TaskSupervisor}
 * without leaving guest code; only if there is work (a signal, a stop, an end, a new program) does
 * the hart stop. Work is a set of bits in the task: whoever sets one interrupts the hart and the
 * task's waiter, so that neither guest code nor a wait delays it. {@link
 * callgate.kernel.task.SignalDelivery} does the work before guest code goes on.
 *
 * <p>{@link callgate.kernel.task.Signalling} sends signals; {@link
 * callgate.kernel.task.SignalFrame} is what a handler finds on its stack. {@link
 * callgate.kernel.task.Clone}, {@link callgate.kernel.task.Exec}, {@link
 * callgate.kernel.task.TaskExit} and {@link callgate.kernel.task.Waiting} are a process's life;
 * {@link callgate.kernel.task.Launch} starts one from outside.
 *
 * <p>Differences from Linux: a child's parent is a process, not one of its tasks, so that
 * __WNOTHREAD has no effect and PR_SET_PDEATHSIG is about the process; all namespaces are one. CPU
 * time is the time with a processor; sampling divides it into user and system time.
 *
 * <p>Lock order: the {@link callgate.kernel.task.TaskTable} (tree, groups, sessions), then a {@link
 * callgate.kernel.task.Process} (its tasks and signals), then an address space. A wait queue's lock
 * is below all. Nothing blocks under any of them; signals to other processes are sent with none
 * held. A bucket of {@link callgate.kernel.task.Futexes} may fault memory in and is taken without
 * any of these.
 */
package callgate.kernel.task;
