package callgate.image.fetch;

import callgate.image.report.ImageException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * Downloads kept in a folder under their SHA-256. Safe for use by many threads, and by many
 * processes at once.
 */
public final class Downloads implements AutoCloseable {
    /** What a file of the archive must be. */
    public record Expected(String sha256, long size) {}

    private static final int ATTEMPTS = 4;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LEFTOVER_AGE = Duration.ofDays(1);
    private static final String PART = ".part-";

    private final Path folder;
    private final Transfer transfer;

    /**
     * Downloads into a folder.
     *
     * @param folder made when it is not there; shared with other processes
     * @param environment variables of the process, for its proxies
     */
    public Downloads(Path folder, Map<String, String> environment) throws IOException {
        this.folder = folder;
        this.transfer = new Transfer(environment);
        Files.createDirectories(folder);
        removeLeftovers();
    }

    /** The file with this content if it was downloaded before, else null. */
    public Path cached(Expected expected) throws IOException {
        Path file = folder.resolve(expected.sha256());
        return Files.isRegularFile(file) && Files.size(file) == expected.size() ? file : null;
    }

    /**
     * The file with this content, downloaded when it is not there.
     *
     * @param addresses where to look, in this order
     * @param received told the number of new bytes, as they come; a negative number takes failed
     *     ones back
     * @throws ImageException it cannot be had, or what comes is not what was expected
     */
    public Path fetch(List<URI> addresses, Expected expected, LongConsumer received)
            throws IOException {
        Path file = folder.resolve(expected.sha256());
        if (cached(expected) != null) {
            return file;
        }
        Path part = Files.createTempFile(folder, PART, "");
        try {
            attempt(addresses, uri -> download(uri, part, expected, received));
            Files.move(
                    part,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            return file;
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /**
     * A small file whose content is not known before, from the network each time; at most {@code
     * maxBytes} long.
     */
    public byte[] fetchNow(URI address, int maxBytes) throws IOException {
        Path part = Files.createTempFile(folder, PART, "");
        try {
            attempt(
                    List.of(address),
                    uri -> {
                        try (OutputStream out = Files.newOutputStream(part)) {
                            transfer.copy(uri, out, maxBytes, count -> {});
                        }
                    });
            return Files.readAllBytes(part);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    @Override
    public void close() {
        transfer.close();
    }

    private interface Attempt {
        void run(URI address) throws IOException;
    }

    private static void attempt(List<URI> addresses, Attempt attempt) throws IOException {
        IOException first = null;
        for (URI address : addresses) {
            try {
                attemptOften(address, attempt);
                return;
            } catch (IOException e) {
                first = first == null ? e : first;
            }
            if (Thread.currentThread().isInterrupted()) {
                break;
            }
        }
        throw first;
    }

    private static void attemptOften(URI address, Attempt attempt) throws IOException {
        Duration pause = FIRST_PAUSE;
        for (int i = 1; ; i++) {
            try {
                attempt.run(address);
                return;
            } catch (Transfer.PermanentException e) {
                throw new ImageException("cannot download " + address + ": " + e.getMessage(), e);
            } catch (IOException e) {
                if (i == ATTEMPTS || Thread.currentThread().isInterrupted()) {
                    throw new ImageException(
                            "cannot download "
                                    + address
                                    + ": "
                                    + describe(e)
                                    + " (tried "
                                    + i
                                    + (i == 1 ? " time" : " times")
                                    + "); check the network, the mirror and http_proxy",
                            e);
                }
            }
            pause = pause(pause);
        }
    }

    private static Duration pause(Duration pause) throws ImageException {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ImageException("interrupted while downloading", e);
        }
        return pause.multipliedBy(2);
    }

    private static String describe(IOException e) {
        return e.getMessage() != null ? e.getMessage() : e.getClass().getSimpleName();
    }

    private void download(URI address, Path part, Expected expected, LongConsumer received)
            throws IOException {
        MessageDigest digest = Sha256.digest();
        long[] total = new long[1];
        try {
            try (OutputStream file = Files.newOutputStream(part);
                    DigestingStream out = new DigestingStream(file, digest)) {
                transfer.copy(
                        address,
                        out,
                        expected.size(),
                        count -> {
                            total[0] += count;
                            received.accept(count);
                        });
            }
            verify(digest, total[0], expected);
        } catch (IOException e) {
            received.accept(-total[0]);
            throw e;
        }
    }

    private static void verify(MessageDigest digest, long size, Expected expected)
            throws IOException {
        String sha256 = Sha256.hex(digest);
        if (size != expected.size() || !sha256.equals(expected.sha256())) {
            throw new Transfer.PermanentException(
                    "the file is not the one the archive's index names: "
                            + size
                            + " bytes with SHA-256 "
                            + sha256
                            + ", expected "
                            + expected.size()
                            + " bytes with SHA-256 "
                            + expected.sha256());
        }
    }

    /** Parts of downloads that nobody finished; new ones may belong to another process. */
    private void removeLeftovers() throws IOException {
        FileTime old = FileTime.from(Instant.now().minus(LEFTOVER_AGE));
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(f -> f.getFileName().toString().startsWith(PART)).toList()) {
                try {
                    if (Files.getLastModifiedTime(file).compareTo(old) < 0) {
                        Files.deleteIfExists(file);
                    }
                } catch (IOException e) {
                    continue; // another process removed it just now
                }
            }
        }
    }
}
