package callgate.kernel.sys;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares a system call: its number, and by the method's signature all else.
 *
 * <p>The method is static and named as the call is in Linux ({@code newfstatat}, {@code
 * rt_sigaction}; {@code _} is added where Java reserves the name). Its first parameter may be the
 * calling {@link callgate.kernel.task.Task}; the others take the registers a0 to a5 in order:
 * {@code long} whole, {@code int} truncated. It returns a result or a negative errno, or throws
 * {@link callgate.kernel.abi.ErrnoException}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Syscall {
    /** Number in the riscv64 table (asm-generic/unistd.h). */
    int nr();

    /**
     * What is not supported yet, in a few words, for docs/SYSCALLS.md; empty if the call is
     * complete.
     */
    String missing() default "";
}
