package callgate.bench;

import callgate.Access;
import callgate.Result;
import callgate.Sandbox;
import callgate.image.FileTrees;
import callgate.image.report.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A temporary folder with everything that the peers of this machine need, and the peers. What a
 * host lacks is said, and left out.
 */
final class Workshop implements AutoCloseable {
    private static final String COPY = "for f in /bench-files/*; do cat $f >${f##*/} || exit; done";

    private static final Duration BUILD_LIMIT = Duration.ofMinutes(5);

    private final Bench.Settings settings;
    private final Progress images;
    private final Consumer<String> progress;
    private final Path folder;
    private final HostProcess host;
    private final List<Peer> peers = new ArrayList<>();
    private final Map<String, String> environment = System.getenv();
    private String image;
    private Thread interrupted;

    private Workshop(
            Bench.Settings settings, Progress images, Consumer<String> progress, Path folder)
            throws IOException {
        this.settings = settings;
        this.images = images;
        this.progress = progress;
        this.folder = folder;
        this.image = settings.image();
        WorkFiles.write(files(), settings.effort());
        host = new HostProcess(folder.resolve("native-files"), folder);
        WorkFiles.write(host.folder(), settings.effort());
    }

    static Workshop open(Bench.Settings settings, Progress images, Consumer<String> progress)
            throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("callgate-bench");
        Thread interrupted = new Thread(() -> deleteQuietly(folder));
        Runtime.getRuntime().addShutdownHook(interrupted);
        try {
            Workshop workshop = new Workshop(settings, images, progress, folder);
            workshop.interrupted = interrupted;
            workshop.addPeers();
            return workshop;
        } catch (IOException | InterruptedException | RuntimeException e) {
            Runtime.getRuntime().removeShutdownHook(interrupted);
            FileTrees.delete(folder);
            throw e;
        }
    }

    /** In the order of their turns. */
    List<Peer> peers() {
        return peers;
    }

    private Path files() {
        return folder.resolve("files");
    }

    private void addPeers() throws IOException, InterruptedException {
        Path programs = buildNative();
        Path launcher = programs == null ? null : programs.resolve("launch");
        Path guest = HostTools.unpackBench(folder.resolve("builtin"));
        if (programs != null) {
            peers.add(
                    new HostPeer(
                            Column.NATIVE,
                            Peer.Processor.HOST,
                            host,
                            programs,
                            List.of(),
                            launcher,
                            List.of(),
                            HostTools::translate));
        }
        addQemu(guest, launcher);
        addGvisor(programs, launcher);
        peers.add(
                new CallgatePeer(
                        new LazySandbox(() -> Sandbox.builder().image("builtin").build()),
                        new LazySandbox(() -> commandSandbox(guest)),
                        host,
                        launcher,
                        shellCommand("run", "--", "true"),
                        shellCommand("idle")));
    }

    private void addQemu(Path guest, Path launcher) throws IOException {
        Path qemu = HostTools.find("qemu-riscv64");
        if (qemu == null) {
            progress.accept("no qemu-riscv64 on this host: nothing is run under qemu\n");
            return;
        }
        List<String> emulator = List.of(qemu.toString(), "-cpu", "rv64");
        peers.add(
                new HostPeer(
                        Column.QEMU,
                        Peer.Processor.RISCV64,
                        filesOf("qemu"),
                        guest,
                        emulator,
                        launcher,
                        List.of(),
                        new EmulatedRoot(
                                emulator,
                                folder.resolve("scripts"),
                                () ->
                                        RootFolder.of(
                                                image(),
                                                folder.resolve("root"),
                                                environment,
                                                images))));
    }

    /**
     * gVisor runs the host's own programs, with the host's files. Its ptrace platform works on
     * every machine; others need a machine that lets them.
     */
    private void addGvisor(Path programs, Path launcher) throws IOException {
        Path runsc = HostTools.find("runsc");
        if (runsc == null) {
            progress.accept("no runsc on this host: nothing is run under gVisor\n");
        }
        if (runsc == null || programs == null) {
            return;
        }
        List<String> words = new ArrayList<>(List.of(runsc.toString()));
        if (!System.getProperty("user.name").equals("root")) {
            words.add("--rootless");
        }
        // loopback only; what commands write must be there for the proof
        words.addAll(List.of("--platform=ptrace", "--network=none", "do", "--force-overlay=false"));
        peers.add(
                new HostPeer(
                        Column.GVISOR,
                        Peer.Processor.HOST,
                        filesOf("gvisor"),
                        programs,
                        words,
                        launcher,
                        words,
                        HostTools::translate));
    }

    /** Each peer writes into files of its own. */
    private HostProcess filesOf(String peer) throws IOException {
        Path own = folder.resolve(peer + "-files");
        WorkFiles.write(own, settings.effort());
        return new HostProcess(own, folder);
    }

    /** What a user types, with the image of this run. */
    private List<String> shellCommand(String command, String... arguments) {
        List<String> words = new ArrayList<>();
        words.addAll(List.of(settings.home().resolve("callgate").toString(), command));
        if (settings.image() != null) {
            words.addAll(List.of("--image", settings.image()));
        }
        words.addAll(List.of(arguments));
        return words;
    }

    private Sandbox commandSandbox(Path guest) throws IOException {
        Sandbox sandbox =
                Sandbox.builder()
                        .image(image())
                        .env("LC_ALL", "C")
                        .workdir("/tmp")
                        .mount(guest, "/bench", Access.READ_ONLY)
                        .mount(files(), "/bench-files", Access.READ_ONLY)
                        .progress(images)
                        .build();
        // into the sandbox's own memory, as the host's files are in its cache
        Result copied = sandbox.run("sh", "-c", COPY);
        if (!copied.succeeded()) {
            sandbox.close();
            throw new IOException("cannot prepare the sandbox: " + copied.errorText().strip());
        }
        return sandbox;
    }

    /** The image of the commands; made when it is first needed. */
    private String image() throws IOException {
        if (image == null) {
            image = BenchImage.name(environment, images);
        }
        return image;
    }

    /** The folder with the programs of guest/bench for this host, or null. */
    private Path buildNative() throws InterruptedException {
        if (HostTools.find("gcc") == null) {
            progress.accept(
                    "no gcc on this host: nothing is run natively, and no command is timed\n");
            return null;
        }
        progress.accept("building the native programs");
        Path to = folder.resolve("native");
        try {
            host.run(
                    List.of(
                            "bash",
                            settings.home().resolve("guest/build.sh").toString(),
                            "--host",
                            to.toString()),
                    Map.of(),
                    BUILD_LIMIT);
            return to.resolve("bench");
        } catch (IOException e) {
            progress.accept("cannot build the native programs: " + e.getMessage() + "\n");
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        peers.forEach(Peer::close);
        Runtime.getRuntime().removeShutdownHook(interrupted);
        FileTrees.delete(folder);
    }

    /** When a user ends it all: what still runs may keep a file, and nobody is left to be told. */
    private static void deleteQuietly(Path folder) {
        try {
            FileTrees.delete(folder);
        } catch (IOException e) {
            // a temporary folder
        }
    }
}
