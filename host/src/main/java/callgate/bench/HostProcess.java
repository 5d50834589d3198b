package callgate.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs processes of the host to their end.
 *
 * @param folder their working directory
 * @param scratch an existing folder for what they print
 */
record HostProcess(Path folder, Path scratch) {
    /** Messages of failed programs are cut here. */
    private static final int MESSAGE_CHARACTERS = 500;

    /**
     * What a command prints to standard output.
     *
     * @throws IOException if it cannot be started, fails, or does not end in time
     */
    byte[] run(List<String> command, Map<String, String> environment, Duration limit)
            throws IOException, InterruptedException {
        Path output = scratch.resolve("output");
        Path error = scratch.resolve("error");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectOutput(output.toFile())
                        .redirectError(error.toFile());
        builder.environment().put("LC_ALL", "C");
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(
                        command.getFirst() + " did not end in " + limit.toSeconds() + " s");
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            String text = Files.readString(error, StandardCharsets.ISO_8859_1).strip();
            String shown = text.substring(0, Math.min(text.length(), MESSAGE_CHARACTERS));
            throw new IOException("status " + process.exitValue() + ": " + shown);
        }
        return Files.readAllBytes(output);
    }
}
