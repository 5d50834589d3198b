package callgate.kernel.fs.tar;

import java.io.IOException;

/** An entry or an index that cannot be used; the message says what is wrong with it. */
public final class LayerFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    /** With what is wrong. */
    public LayerFormatException(String message) {
        super(message);
    }
}
