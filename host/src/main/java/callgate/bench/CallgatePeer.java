package callgate.bench;

import callgate.Command;
import callgate.Result;
import callgate.Sandbox;
import callgate.SandboxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Callgate: one sandbox for all programs of {@code guest/bench} and one for all commands, as a
 * service would have them.
 */
final class CallgatePeer implements Peer {
    private final LazySandbox builtin;
    private final LazySandbox debian;
    private final HostProcess host;
    private final Path launcher;
    private final List<String> shellCommand;
    private final List<String> idleCommand;

    /**
     * @param debian has {@code guest/bench} at /bench, and the work files in its working directory
     * @param launcher {@code launch}, built for the host; null if there is none
     * @param shellCommand what a user types to run {@code true}
     * @param idleCommand measures idle sandboxes; takes {@code --count}
     */
    CallgatePeer(
            LazySandbox builtin,
            LazySandbox debian,
            HostProcess host,
            Path launcher,
            List<String> shellCommand,
            List<String> idleCommand) {
        this.builtin = builtin;
        this.debian = debian;
        this.host = host;
        this.launcher = launcher;
        this.shellCommand = List.copyOf(shellCommand);
        this.idleCommand = List.copyOf(idleCommand);
    }

    @Override
    public Column column() {
        return Column.USER;
    }

    @Override
    public Processor processor() {
        return Processor.RISCV64;
    }

    @Override
    public String built(String program, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("/bench/" + program));
        command.addAll(arguments);
        return text(run(builtin.get(), command));
    }

    @Override
    public String launched(int times, Output output, List<String> command) throws IOException {
        List<String> all = new ArrayList<>(List.of("/bench/launch"));
        if (output == Output.SHOWN) {
            all.add("-v");
        }
        all.add(Integer.toString(times));
        all.addAll(command);
        return text(run(debian.get(), all));
    }

    @Override
    public byte[] output(List<String> command) throws IOException {
        return run(debian.get(), command);
    }

    @Override
    public String fromShell(int times) throws IOException, InterruptedException {
        if (launcher == null) {
            throw new IOException("needs gcc on this host to build what starts and times commands");
        }
        List<String> all = new ArrayList<>(List.of(launcher.toString(), Integer.toString(times)));
        all.addAll(shellCommand);
        return text(host.run(all, Map.of(), LIMIT));
    }

    @Override
    public double waitingBytes(Effort effort) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(idleCommand);
        all.addAll(List.of("--count", Integer.toString(effort.sandboxes)));
        String output =
                text(
                        host.run(
                                all,
                                Map.of("CALLGATE_JAVA_OPTIONS", IdleSandboxes.JVM_OPTIONS),
                                LIMIT));
        return Sample.parse(output).value("bytes");
    }

    private static byte[] run(Sandbox sandbox, List<String> arguments) throws IOException {
        try {
            Command command = sandbox.command(arguments).timeout(LIMIT);
            Result result = command.run();
            if (result.timedOut()) {
                throw new IOException("did not end in " + LIMIT.toSeconds() + " s");
            }
            if (!result.succeeded()) {
                throw new IOException(
                        "status " + result.exitCode() + ": " + result.errorText().strip());
            }
            return result.output();
        } catch (SandboxException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        builtin.close();
        debian.close();
    }
}
