package callgate.kernel.sys;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a parameter of a system call is: how {@code --strace} prints it. Unannotated ones are
 * printed as numbers.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Arg {
    /** The kinds of arguments. */
    enum Kind {
        /** A file descriptor, or AT_FDCWD. */
        FD,
        /** A NUL-terminated path or string. */
        PATH,
        /** Input bytes; the next parameter is their length. */
        BYTES_IN,
        /** Output bytes; the result is their length. */
        BYTES_OUT,
        /** An address. */
        ADDRESS,
        /** Flags, in hexadecimal. */
        HEX,
        /** A file mode, in octal. */
        OCTAL,
        /** A signal number. */
        SIGNAL,
        /** Open flags. */
        OPEN_FLAGS
    }

    Kind value();
}
