package callgate.kernel;

/** A program could not be started; the message says what, why and what to do. */
public final class StartException extends Exception {
    private final int shellStatus;

    /**
     * @param shellStatus 127 if it was not found, 126 if it cannot be run
     */
    public StartException(String message, int shellStatus) {
        super(message);
        this.shellStatus = shellStatus;
    }

    /** What a shell returns for it. */
    public int shellStatus() {
        return shellStatus;
    }
}
