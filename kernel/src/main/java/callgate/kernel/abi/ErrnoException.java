package callgate.kernel.abi;

/**
 * Ends a system call with an error from deep inside. For rare paths; expected errors are negative
 * results. Has no stack trace, since it is an answer to the guest and not a fault of the kernel.
 */
public final class ErrnoException extends RuntimeException {
    private final int errno;

    public ErrnoException(int errno) {
        super(null, null, false, false);
        this.errno = errno;
    }

    /** The positive error number. */
    public int errno() {
        return errno;
    }

    @Override
    public String getMessage() {
        return Errno.name(errno);
    }
}
