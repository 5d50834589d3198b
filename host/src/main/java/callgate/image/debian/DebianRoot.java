package callgate.image.debian;

import callgate.image.fetch.Downloads;
import callgate.image.report.ImageException;
import callgate.image.report.Progress;
import callgate.kernel.fs.tar.LayerFormatException;
import callgate.kernel.fs.tar.LayerIndexWriter;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Makes a layer with a Debian system for riscv64. */
public final class DebianRoot {
    /** What every image has: what programs expect of a small Debian system, and Python. */
    public static final List<String> MINIMAL_PACKAGES =
            List.of(
                    "base-files",
                    "base-passwd",
                    "bash",
                    "coreutils",
                    "dash",
                    "libc6",
                    "libc-bin",
                    "grep",
                    "sed",
                    "findutils",
                    "gzip",
                    "tar",
                    "util-linux",
                    "mawk",
                    "diffutils",
                    "hostname",
                    "procps",
                    "debianutils",
                    "ncurses-base",
                    "passwd",
                    "login",
                    "perl-base",
                    "python3");

    private static final int PARALLEL_DOWNLOADS = 4;
    private static final List<String> KEYRINGS =
            List.of(
                    "/usr/share/keyrings/debian-archive-keyring.gpg",
                    "/usr/share/keyrings/debian-archive-keyring.pgp");

    /**
     * What to make.
     *
     * @param suite the release, by suite or code name
     * @param packages more packages than the minimal ones
     * @param mirror the archive's address; without one the host's apt configuration says it
     * @param keyring the archive's keys; without one those that Debian's own package installs
     * @param etcApt the host's apt configuration
     * @param now the time for which signatures must be valid
     */
    public record Request(
            String suite,
            List<String> packages,
            Optional<String> mirror,
            Optional<Path> keyring,
            Path etcApt,
            Instant now) {}

    /**
     * What was made.
     *
     * @param release such as {@code Debian trixie 13.1}
     * @param packages each with its version, sorted
     */
    public record Made(String release, List<String> packages) {}

    private final Request request;
    private final Downloads downloads;
    private final Progress progress;

    private DebianRoot(Request request, Downloads downloads, Progress progress) {
        this.request = request;
        this.downloads = downloads;
        this.progress = progress;
    }

    /**
     * Makes the layer.
     *
     * @param tarFile new file for the tar
     * @param indexFile new file for its index
     * @param workFile name for a file that is needed meanwhile
     * @throws ImageException it cannot be made; the message says what to do. The files may be there
     *     in part.
     */
    public static Made make(
            Request request,
            Downloads downloads,
            Path tarFile,
            Path indexFile,
            Path workFile,
            Progress progress)
            throws IOException {
        return new DebianRoot(request, downloads, progress).make(tarFile, indexFile, workFile);
    }

    private Made make(Path tarFile, Path indexFile, Path workFile) throws IOException {
        Archive archive = openArchive();
        ReleaseFile release = archive.release();
        String title = ("Debian " + release.codename() + " " + release.version()).strip();
        List<DebianPackage> packages = resolve(archive, workFile);
        long missing = archive.missingBytes(packages);
        progress.line(
                String.format(
                        Locale.ROOT,
                        "%s for riscv64: %d packages, %.1f MB to download",
                        title,
                        packages.size(),
                        missing / 1e6));
        try (RootWriter root = new RootWriter(tarFile, release.date())) {
            unpack(archive, packages, root, missing);
            new RootFiles(root).write();
            root.finish();
            LayerIndexWriter.write(root.tree(), Files.size(tarFile), 0, indexFile);
        } catch (ControlException | LayerFormatException e) {
            throw new ImageException(
                    "the packages of " + title + " do not make a usable system: " + e.getMessage(),
                    e);
        }
        return new Made(title, packages.stream().map(DebianPackage::toString).sorted().toList());
    }

    private Archive openArchive() throws IOException {
        Optional<AptSources.Mirror> host = new AptSources(request.etcApt).debianMirror();
        URI mirror;
        if (request.mirror.isPresent()) {
            mirror = AptSources.address(request.mirror.get());
        } else {
            mirror =
                    host.map(AptSources.Mirror::mirror)
                            .orElseThrow(
                                    () ->
                                            new ImageException(
                                                    "no mirror of Debian is known: the apt configuration in "
                                                            + request.etcApt
                                                            + " names none."
                                                            + " Name one with --mirror URL or the variable CALLGATE_MIRROR;"
                                                            + " any mirror of Debian will do"));
        }
        Path keyring =
                request.keyring
                        .or(() -> host.flatMap(AptSources.Mirror::keyring))
                        .orElseGet(DebianRoot::defaultKeyring);
        progress.line("making an image from " + mirror);
        return Archive.open(mirror, request.suite, keyring, downloads, request.now);
    }

    private static Path defaultKeyring() {
        Path first = Path.of(KEYRINGS.getFirst());
        return KEYRINGS.stream()
                .map(Path::of)
                .filter(Files::isRegularFile)
                .findFirst()
                .orElse(first);
    }

    /**
     * The packages in the order of unpacking: base-files has the links of the merged /usr, which
     * all others need.
     */
    private List<DebianPackage> resolve(Archive archive, Path workFile) throws IOException {
        Set<String> names = new LinkedHashSet<>(MINIMAL_PACKAGES);
        names.addAll(request.packages);
        try (PackageIndex index = archive.index(workFile, progress)) {
            List<DebianPackage> packages = new ArrayList<>(Resolver.resolve(index, names));
            packages.sort(
                    Comparator.comparing((DebianPackage p) -> !p.name().equals("base-files"))
                            .thenComparing(DebianPackage::name));
            return packages;
        } catch (ControlException e) {
            throw new ImageException(
                    "the package index of the archive cannot be used: " + e.getMessage(), e);
        } finally {
            Files.deleteIfExists(workFile);
        }
    }

    private void unpack(
            Archive archive, List<DebianPackage> packages, RootWriter root, long missing)
            throws IOException {
        AtomicLong received = new AtomicLong();
        DpkgRecords records = new DpkgRecords(root);
        ExecutorService executor =
                Executors.newFixedThreadPool(PARALLEL_DOWNLOADS, DebianRoot::downloadThread);
        try {
            List<Future<Path>> files = new ArrayList<>();
            for (DebianPackage wanted : packages) {
                files.add(
                        executor.submit(
                                () ->
                                        archive.fetch(
                                                wanted,
                                                count ->
                                                        progress.bytes(
                                                                "downloading packages",
                                                                received.addAndGet(count),
                                                                missing))));
            }
            for (int i = 0; i < packages.size(); i++) {
                Path file = await(files.get(i));
                if (received.get() >= missing) {
                    progress.count("unpacking packages", i, packages.size());
                }
                unpack(packages.get(i), file, root, records);
            }
            records.finish();
        } finally {
            executor.shutdownNow();
            executor.close();
        }
    }

    private static void unpack(
            DebianPackage wanted, Path file, RootWriter root, DpkgRecords records)
            throws IOException {
        try (DebFile deb = DebFile.open(file)) {
            records.add(wanted, root.add(deb));
        } catch (ImageException e) {
            throw e;
        } catch (IOException e) {
            throw new ImageException(
                    "the package "
                            + wanted
                            + " ("
                            + file
                            + ") cannot be unpacked: "
                            + e.getMessage(),
                    e);
        }
    }

    private static Thread downloadThread(Runnable work) {
        Thread thread = new Thread(work, "callgate-download");
        thread.setDaemon(true);
        return thread;
    }

    private static Path await(Future<Path> file) throws IOException {
        try {
            return file.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ImageException("interrupted while downloading packages", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException problem) {
                throw problem;
            }
            throw new IllegalStateException("a download failed", e.getCause());
        }
    }
}
