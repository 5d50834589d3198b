package callgate;

/**
 * A sandbox could not be made, or a program in it could not be started. The message says what,
 * where and what to do.
 */
public final class SandboxException extends RuntimeException {
    private final int shellStatus;

    SandboxException(String message, int shellStatus, Throwable cause) {
        super(message, cause);
        this.shellStatus = shellStatus;
    }

    /** What a shell returns for it: 127 not found, 126 cannot be run, 125 the sandbox itself. */
    public int shellStatus() {
        return shellStatus;
    }
}
