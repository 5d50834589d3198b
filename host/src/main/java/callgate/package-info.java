/** The public API: sandboxes that run riscv64 Linux programs. */
package callgate;
