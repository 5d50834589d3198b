/**
 * {@code /proc} and {@code /sys}: directories and texts that are made when they are looked at.
 * {@link callgate.kernel.fs.proc.ProcNode} and its kinds are the mechanism; {@link
 * callgate.kernel.fs.proc.SystemFiles}, {@link callgate.kernel.fs.proc.ProcessFiles} and {@link
 * callgate.kernel.fs.proc.SysFiles} say what there is. See proc(5), sysfs(5).
 *
 * <p>Nothing is cached: every look-up makes a new inode, whose number is made of its path. No locks
 * of its own.
 */
package callgate.kernel.fs.proc;
