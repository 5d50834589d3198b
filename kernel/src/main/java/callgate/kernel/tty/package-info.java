/**
 * Terminals: pseudo-terminal pairs with Linux's line discipline (N_TTY), job control, and the
 * drivers behind {@code /dev/tty}, {@code /dev/ptmx} and {@code /dev/pts}. See termios(3),
 * tty_ioctl(4), pty(7).
 *
 * <p>A byte typed at the master goes through {@link callgate.kernel.tty.InputEditor} to readers of
 * the slave; a byte written to the slave goes through {@link callgate.kernel.tty.OutputProcessor}
 * to the master.
 *
 * <p>Lock order: a {@link callgate.kernel.tty.Tty}'s monitor is a leaf, except that user memory may
 * be faulted in under it. Signals are sent and queues woken without it.
 */
package callgate.kernel.tty;
