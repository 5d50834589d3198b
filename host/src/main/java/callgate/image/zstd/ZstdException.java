package callgate.image.zstd;

import java.io.IOException;

/** Data that is damaged, or asks for more than is possible here. */
public final class ZstdException extends IOException {
    private static final long serialVersionUID = 1L;

    ZstdException(String message) {
        super(message);
    }
}
