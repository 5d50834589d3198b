/**
 * Linux's riscv64 ABI as data: error numbers, flags, structure layouts. No behaviour.
 *
 * <p>Layers of the kernel, lowest first: {@code abi < wait < mm < vfs < {fs.*, ipc, net} < task <
 * fs.proc < sys < Kernel}.
 */
package callgate.kernel.abi;
