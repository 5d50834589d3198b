/**
 * Tasks (threads) and processes: their life from clone to wait, signals, exec, job control.
 *
 * <p>Lock order: process table, then process, then task signal state. Nothing blocks under any of them.
 */
package callgate.kernel.task;
