package callgate.image.debian;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Cuts a stream of bytes into lines, and keeps only the beginnings of lines that nobody asked for
 * whole.
 */
final class LineScanner {
    /** Told each line that is empty or begins with {@code P}, and the offset of its first byte. */
    interface Listener {
        void line(String line, long offset);
    }

    private static final int MAX_LINE_BYTES = 1 << 20;

    private final Listener listener;
    private byte[] line = new byte[256];
    private int length;
    private long lineStart;
    private long offset;

    LineScanner(Listener listener) {
        this.listener = listener;
    }

    void feed(byte[] bytes, int count) {
        for (int i = 0; i < count; i++) {
            byte b = bytes[i];
            offset++;
            if (b == '\n') {
                end();
                lineStart = offset;
            } else if (length == 0 || line[0] == 'P' && length < MAX_LINE_BYTES) {
                if (length == line.length) {
                    line = Arrays.copyOf(line, 2 * length);
                }
                line[length++] = b;
            }
        }
    }

    /** Ends a last line that has no line feed. */
    void finish() {
        if (length > 0) {
            end();
        }
    }

    /** Bytes seen so far. */
    long offset() {
        return offset;
    }

    private void end() {
        if (length == 0 || line[0] == 'P') {
            listener.line(new String(line, 0, length, StandardCharsets.UTF_8), lineStart);
        }
        length = 0;
    }
}
