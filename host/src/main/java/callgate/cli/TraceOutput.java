package callgate.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where {@code --strace} lines go. Thread-safe. */
final class TraceOutput implements AutoCloseable {
    private final BufferedWriter file;
    private final PrintStream stream;

    private TraceOutput(BufferedWriter file, PrintStream stream) {
        this.file = file;
        this.stream = stream;
    }

    /** Standard error, a file, or null for none. */
    static TraceOutput open(boolean toError, Path to) throws IOException {
        if (to != null) {
            return new TraceOutput(Files.newBufferedWriter(to, StandardCharsets.ISO_8859_1), null);
        }
        return toError ? new TraceOutput(null, System.err) : null;
    }

    synchronized void line(String text) {
        if (stream != null) {
            stream.println(text);
            return;
        }
        try {
            file.write(text);
            file.newLine();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
