package callgate;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;

/** Keeps what a program writes, up to a limit; the rest is thrown away. Thread-safe. */
final class Capture extends OutputStream {
    static final int LIMIT_BYTES = 64 << 20;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public synchronized void write(int b) {
        if (bytes.size() < LIMIT_BYTES) {
            bytes.write(b);
        }
    }

    @Override
    public synchronized void write(byte[] from, int offset, int length) {
        bytes.write(from, offset, Math.min(length, LIMIT_BYTES - bytes.size()));
    }

    synchronized byte[] toByteArray() {
        return bytes.toByteArray();
    }
}
