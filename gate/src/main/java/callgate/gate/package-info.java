/**
 * The trusted border between guest code and the kernel: everything that may weaken isolation is
 * here, and nothing else is.
 *
 * <p>Today it is thin: {@link callgate.gate.Border} is the only way to run a hart, and every task
 * runs in user mode.
 */
package callgate.gate;
