/**
 * System calls. One annotated static method each, in families: Files, Paths, Memory, Tasks,
 * Signals, Times, Polls, Sockets, Ids, System. The dispatcher ({@code SyscallTable}), strace output
 * and docs/SYSCALLS.md are generated from the declarations; a test keeps them equal. How to add
 * one: docs/ADDING_A_SYSTEM_CALL.md.
 */
package callgate.kernel.sys;
