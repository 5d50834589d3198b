package callgate.bench;

import callgate.Result;
import callgate.Sandbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Something that runs benchmark programs: the host itself, an emulator, Callgate. Used by one
 * thread.
 */
sealed interface Peer extends AutoCloseable {
    /** Longest run of one program. */
    Duration LIMIT = Duration.ofMinutes(5);

    /** The column it has in tables and JSON. */
    String name();

    /** Runs a program of {@code guest/bench}; what it printed. */
    String run(String program, List<String> arguments) throws IOException, InterruptedException;

    @Override
    default void close() {}

    /** Host processes: natively, or with an emulator in front. */
    record HostProcess(String name, Path folder, List<String> emulator) implements Peer {
        @Override
        public String run(String program, List<String> arguments)
                throws IOException, InterruptedException {
            List<String> command = new ArrayList<>(emulator);
            command.add(folder.resolve(program).toString());
            command.addAll(arguments);
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String text =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(name + " did not end: " + String.join(" ", command));
            }
            if (process.exitValue() != 0) {
                throw new IOException(
                        name + " failed with status " + process.exitValue() + ": " + text.strip());
            }
            return text;
        }
    }

    /** Callgate: one sandbox for all runs, as a service would have it. */
    record Inside(String name, Sandbox sandbox) implements Peer {
        @Override
        public String run(String program, List<String> arguments) throws IOException {
            List<String> command = new ArrayList<>(List.of("/bench/" + program));
            command.addAll(arguments);
            Result result = sandbox.command(command).timeout(LIMIT).run();
            if (!result.succeeded()) {
                throw new IOException(
                        name
                                + " failed with status "
                                + result.exitCode()
                                + ": "
                                + result.text()
                                + result.errorText());
            }
            return result.text();
        }

        @Override
        public void close() {
            sandbox.close();
        }
    }
}
