package callgate;

import callgate.kernel.ProcessOptions;
import callgate.kernel.StartException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** One program to be run in a sandbox: its streams, environment and limits. Not thread-safe. */
public final class Command {
    private final Sandbox sandbox;
    private final List<String> arguments;
    private final Map<String, String> environment;
    private String workingDirectory;
    private String user;
    private Duration timeout;
    private InputStream input = InputStream.nullInputStream();
    private OutputStream output;
    private OutputStream error;
    private Terminal terminal;

    private record Terminal(InputStream input, OutputStream output, int columns, int rows) {}

    Command(Sandbox sandbox, List<String> arguments) {
        this.sandbox = sandbox;
        this.arguments = List.copyOf(arguments);
        environment = new LinkedHashMap<>(sandbox.settings().environment);
        workingDirectory = sandbox.settings().workingDirectory;
        user = sandbox.settings().user;
        timeout = sandbox.settings().timeout;
    }

    /** An environment variable, besides the sandbox's. */
    public Command env(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Instead of the sandbox's working directory. */
    public Command workdir(String directory) {
        workingDirectory = directory;
        return this;
    }

    /** Instead of the sandbox's user. */
    public Command user(String name) {
        user = name;
        return this;
    }

    /** Instead of the sandbox's time limit; null is none. */
    public Command timeout(Duration limit) {
        timeout = limit;
        return this;
    }

    /** Standard input; read on a thread of its own, ahead of the program. Default: empty. */
    public Command stdin(InputStream from) {
        input = Objects.requireNonNull(from);
        return this;
    }

    /** Where standard output goes instead of being captured. */
    public Command stdout(OutputStream to) {
        output = Objects.requireNonNull(to);
        return this;
    }

    /** Where standard error goes instead of being captured. */
    public Command stderr(OutputStream to) {
        error = Objects.requireNonNull(to);
        return this;
    }

    /**
     * A pseudo-terminal for all three streams, instead of {@link #stdin}, {@link #stdout} and
     * {@link #stderr}.
     */
    public Command terminal(InputStream from, OutputStream to, int columns, int rows) {
        terminal = new Terminal(from, to, columns, rows);
        return this;
    }

    /**
     * Starts the program.
     *
     * @throws SandboxException if it does not exist or cannot be run
     */
    public Running start() {
        Capture capturedOutput = output == null && terminal == null ? new Capture() : null;
        Capture capturedError = error == null && terminal == null ? new Capture() : null;
        ProcessOptions.Streams streams =
                terminal != null
                        ? new ProcessOptions.Streams.Terminal(
                                terminal.input, terminal.output, terminal.columns, terminal.rows)
                        : new ProcessOptions.Streams.Host(
                                input,
                                capturedOutput == null ? output : capturedOutput,
                                capturedError == null ? error : capturedError);
        try {
            return new Running(
                    sandbox.kernel()
                            .start(
                                    new ProcessOptions(
                                            arguments,
                                            environment,
                                            workingDirectory,
                                            user,
                                            streams)),
                    timeout,
                    capturedOutput,
                    capturedError);
        } catch (StartException e) {
            throw new SandboxException(e.getMessage(), e.shellStatus(), e);
        }
    }

    /**
     * Starts the program and waits for its end; if the thread is interrupted meanwhile, the program
     * is killed and the thread's interrupt flag set again.
     */
    public Result run() {
        Running running = start();
        try {
            return running.waitFor();
        } catch (InterruptedException e) {
            running.kill();
            Thread.currentThread().interrupt();
            throw new SandboxException(
                    "interrupted while waiting for " + arguments.getFirst(), 125, e);
        }
    }
}
