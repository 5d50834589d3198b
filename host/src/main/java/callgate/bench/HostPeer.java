package callgate.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A peer whose programs are processes of the host: natively, in an emulator, in another sandbox.
 *
 * @param programs folder with the programs of {@code guest/bench}
 * @param programPrefix stands before each of them
 * @param launcher {@code launch}, built for the host; null if there is none
 * @param launchPrefix stands before the launcher when it starts a command
 * @param commands how commands are written for this peer
 */
record HostPeer(
        Column column,
        Processor processor,
        HostProcess host,
        Path programs,
        List<String> programPrefix,
        Path launcher,
        List<String> launchPrefix,
        Commands commands)
        implements Peer {

    /** Writes a command for a peer. */
    interface Commands {
        /**
         * As the peer runs it.
         *
         * @throws IOException that says why the peer cannot run it
         */
        List<String> translate(List<String> command) throws IOException;
    }

    @Override
    public String built(String program, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(programPrefix);
        command.add(programs.resolve(program).toString());
        command.addAll(arguments);
        // for programs that start themselves anew
        Map<String, String> emulator =
                processor == Processor.HOST
                        ? Map.of()
                        : Map.of("BENCH_EMULATOR", String.join(" ", programPrefix));
        return text(host.run(command, emulator, LIMIT));
    }

    @Override
    public String launched(int times, Output output, List<String> command)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(launchPrefix);
        all.add(launcherProgram());
        if (output == Output.SHOWN) {
            all.add("-v");
        }
        all.add(Integer.toString(times));
        all.addAll(commands.translate(command));
        return text(host.run(all, Map.of(), LIMIT));
    }

    @Override
    public byte[] output(List<String> command) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(launchPrefix);
        all.addAll(commands.translate(command));
        return host.run(all, Map.of(), LIMIT);
    }

    @Override
    public String fromShell(int times) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(launcherProgram(), Integer.toString(times)));
        all.addAll(launchPrefix);
        all.addAll(commands.translate(List.of("true")));
        return text(host.run(all, Map.of(), LIMIT));
    }

    @Override
    public double waitingBytes(Effort effort) throws IOException, InterruptedException {
        if (!launchPrefix.isEmpty()) {
            throw new IOException("its processes are not those of the command that starts it");
        }
        return WaitingProcesses.bytesEach(commands.translate(List.of("sh")), host.folder());
    }

    private String launcherProgram() throws IOException {
        if (launcher == null) {
            throw new IOException("needs gcc on this host to build what starts and times commands");
        }
        return launcher.toString();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
