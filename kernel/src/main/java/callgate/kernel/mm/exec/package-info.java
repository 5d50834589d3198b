/**
 * Makes the memory of a new program: ELF files, their interpreters, {@code #!} scripts, the first
 * stack and the vDSO.
 *
 * <p>{@link callgate.kernel.mm.exec.Loader} builds a whole new address space beside the old one, so
 * that every error is a result of execve and the caller's memory is untouched by a failure.
 * Everything in a file is taken as hostile. Opening files, permissions and credentials are the
 * caller's business ({@link callgate.kernel.mm.exec.ExecutableFile}).
 */
package callgate.kernel.mm.exec;
