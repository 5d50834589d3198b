/**
 * {@code callgate bench}: the same programs run natively, under qemu-riscv64 and in Callgate, in
 * turn, and their times side by side. The programs are in {@code guest/bench}.
 *
 * <p>{@code Cases} lists what is measured; docs/BENCHMARKS.md explains each.
 */
package callgate.bench;
