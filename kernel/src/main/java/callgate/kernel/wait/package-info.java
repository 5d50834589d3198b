/**
 * Waiting, and the seams through which chance enters: {@link callgate.kernel.wait.Clock}, {@link
 * callgate.kernel.wait.Entropy}, {@link callgate.kernel.wait.Scheduler}. One instance of each
 * belongs to a kernel; nothing else in the kernel asks the host for time, randomness or threads.
 *
 * <p>{@link callgate.kernel.wait.HostScheduler} keeps count of tasks and their time; who runs is up
 * to its {@link callgate.kernel.wait.Processors}.
 *
 * <p>Lock order: a {@link callgate.kernel.wait.WaitQueue}'s lock is taken below any object's own
 * lock, and listeners are called without it.
 */
package callgate.kernel.wait;
