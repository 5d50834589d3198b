package callgate.image.report;

import java.io.IOException;

/**
 * An image could not be made, found or used; the message says what is wrong, where, and what to do.
 */
public final class ImageException extends IOException {
    private static final long serialVersionUID = 1L;

    /** With a message for the user. */
    public ImageException(String message) {
        super(message);
    }

    /** With a message for the user, and what led to it. */
    public ImageException(String message, Throwable cause) {
        super(message, cause);
    }
}
