package callgate.image.debian;

import java.io.IOException;

/**
 * A control, index or release file that cannot be understood; the message says what is wrong with
 * it.
 */
final class ControlException extends IOException {
    private static final long serialVersionUID = 1L;

    ControlException(String message) {
        super(message);
    }
}
