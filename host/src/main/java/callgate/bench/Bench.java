package callgate.bench;

import callgate.Sandbox;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Finds the peers of this machine, runs suites, reports. */
public final class Bench {
    private final Path home;
    private final int rounds;
    private final Consumer<String> progress;

    /**
     * @param home the checkout that {@code guest/} is in
     */
    public Bench(Path home, int rounds, Consumer<String> progress) {
        this.home = home;
        this.rounds = rounds;
        this.progress = progress;
    }

    /**
     * Runs suites by name ({@code cpu}, {@code os}, {@code cold}, {@code all}).
     *
     * @param json where the results go as JSON, or null
     * @throws IllegalArgumentException if there is no such suite
     */
    public void run(List<String> names, PrintWriter out, Path json)
            throws IOException, InterruptedException {
        List<Suite> suites = suites(names);
        Path work = Files.createTempDirectory("callgate-bench");
        List<Peer> peers = new ArrayList<>();
        try {
            addHostPeers(peers, work);
            peers.add(new Peer.Inside("user", Sandbox.builder().image("builtin").build()));
            BenchRun runner = new BenchRun(peers, rounds, progress);
            BenchReport report = new BenchReport(Machine.describe(), Machine.commit(home));
            List<List<Measurement>> all = new ArrayList<>();
            out.println(Machine.describe());
            for (Suite suite : suites) {
                List<Measurement> measurements = runner.run(suite);
                all.add(measurements);
                report.table(suite, measurements, out);
            }
            if (json != null) {
                Files.writeString(json, report.json(suites, all));
            }
        } finally {
            peers.forEach(Peer::close);
            deleteTree(work);
        }
    }

    private static List<Suite> suites(List<String> names) {
        List<Suite> suites = new ArrayList<>();
        for (String name : names) {
            if (name.equals("all")) {
                return List.of(Suite.values());
            }
            boolean known = false;
            for (Suite suite : Suite.values()) {
                if (suite.id().equals(name)) {
                    suites.add(suite);
                    known = true;
                }
            }
            if (!known) {
                throw new IllegalArgumentException(
                        "there is no benchmark suite '"
                                + name
                                + "'; there are cpu, os, cold and all");
            }
        }
        return suites.isEmpty() ? List.of(Suite.CPU) : suites;
    }

    private void addHostPeers(List<Peer> peers, Path work)
            throws IOException, InterruptedException {
        Path natively = work.resolve("host");
        if (HostTools.find("gcc") == null) {
            progress.accept("no gcc on this host: nothing is run natively\n");
        } else if (build(natively)) {
            peers.add(new Peer.HostProcess("native", natively.resolve("bench"), List.of()));
        }
        Path qemu = HostTools.find("qemu-riscv64");
        if (qemu == null) {
            progress.accept("no qemu-riscv64 on this host: nothing is run under qemu\n");
        } else {
            Path guest = HostTools.unpackBench(work.resolve("guest"));
            peers.add(
                    new Peer.HostProcess("qemu", guest, List.of(qemu.toString(), "-cpu", "rv64")));
        }
    }

    private boolean build(Path to) throws IOException, InterruptedException {
        progress.accept("building the native programs");
        Process process =
                new ProcessBuilder(
                                "bash",
                                home.resolve("guest/build.sh").toString(),
                                "--host",
                                to.toString())
                        .redirectErrorStream(true)
                        .start();
        String text =
                new String(
                        process.getInputStream().readAllBytes(),
                        java.nio.charset.StandardCharsets.UTF_8);
        if (process.waitFor() == 0) {
            return true;
        }
        progress.accept("cannot build the native programs: " + text + "\n");
        return false;
    }

    private static void deleteTree(Path folder) throws IOException {
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path directory, IOException problem)
                            throws IOException {
                        Files.delete(directory);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
