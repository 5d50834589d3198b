package callgate.image.debian;

import callgate.image.fetch.Downloads;
import callgate.image.report.ImageException;
import callgate.image.report.Progress;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** One release of an archive on one mirror. */
final class Archive {
    private static final int MAX_RELEASE_BYTES = 16 << 20;
    private static final String INDEX_FOLDER = "main/binary-riscv64/";

    private final URI mirror;
    private final String suite;
    private final Downloads downloads;
    private final ReleaseFile release;

    private Archive(URI mirror, String suite, Downloads downloads, ReleaseFile release) {
        this.mirror = mirror;
        this.suite = suite;
        this.downloads = downloads;
        this.release = release;
    }

    /** Fetches the release file and checks its signature. */
    static Archive open(URI mirror, String suite, Path keyring, Downloads downloads, Instant now)
            throws IOException {
        URI address = resolve(mirror, "dists/" + suite + "/InRelease");
        byte[] message = downloads.fetchNow(address, MAX_RELEASE_BYTES);
        String text = OpenPgp.verified(message, address.toString(), keyring, now);
        return new Archive(
                mirror, suite, downloads, ReleaseFile.parse(text, suite, address.toString(), now));
    }

    /** What the release file says. */
    ReleaseFile release() {
        return release;
    }

    /** Fetches the index of all packages and opens it; its unpacked form goes to the work file. */
    PackageIndex index(Path workFile, Progress progress) throws IOException {
        String folder = "dists/" + suite + "/" + INDEX_FOLDER;
        for (String name : List.of("Packages.xz", "Packages.gz")) {
            Downloads.Expected expected = release.files().get(INDEX_FOLDER + name);
            if (expected == null) {
                continue;
            }
            List<URI> addresses = new ArrayList<>();
            if (release.byHash()) {
                addresses.add(resolve(mirror, folder + "by-hash/SHA256/" + expected.sha256()));
            }
            addresses.add(resolve(mirror, folder + name));
            AtomicLong received = new AtomicLong();
            Path file =
                    downloads.fetch(
                            addresses,
                            expected,
                            count ->
                                    progress.bytes(
                                            "package index",
                                            received.addAndGet(count),
                                            expected.size()));
            try {
                return PackageIndex.open(file, workFile);
            } catch (IOException e) {
                throw new ImageException(
                        "the package index of " + mirror + " cannot be used: " + e.getMessage(), e);
            }
        }
        throw new ImageException(
                "the release \""
                        + suite
                        + "\" on "
                        + mirror
                        + " has no packages for riscv64;"
                        + " Debian has them since trixie");
    }

    /** Fetches a package. */
    Path fetch(DebianPackage wanted, LongConsumer received) throws IOException {
        return downloads.fetch(List.of(resolve(mirror, wanted.path())), wanted.file(), received);
    }

    /** Bytes of these packages that are not in the cache yet. */
    long missingBytes(List<DebianPackage> packages) throws IOException {
        long missing = 0;
        for (DebianPackage wanted : packages) {
            missing += downloads.cached(wanted.file()) == null ? wanted.file().size() : 0;
        }
        return missing;
    }

    private static URI resolve(URI mirror, String path) throws ImageException {
        try {
            // the path is encoded as a whole, the mirror's own part stays as the user wrote it
            return URI.create(
                    mirror + new URI(null, null, "/" + path, null).getRawPath().substring(1));
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new ImageException("\"" + path + "\" on " + mirror + " is no usable address", e);
        }
    }
}
