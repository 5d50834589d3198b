package callgate.image;

import callgate.image.debian.DebianRoot;
import callgate.image.fetch.Downloads;
import callgate.image.report.ImageException;
import callgate.image.report.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An image of Debian for riscv64, made of the archive's packages without running any of their code.
 * The archive's signature and every file's SHA-256 are checked.
 */
public final class DebianImage {
    /** The release of the default image. */
    public static final String DEFAULT_SUITE = "trixie";

    private final Map<String, String> environment;
    private final DebianRoot.Request request;

    private DebianImage(Map<String, String> environment, DebianRoot.Request request) {
        this.environment = environment;
        this.request = request;
    }

    /**
     * A builder for the default image.
     *
     * @param environment variables of the process: {@code CALLGATE_MIRROR}, and those of proxies
     */
    public static Builder builder(Map<String, String> environment) {
        return new Builder(environment);
    }

    /** The packages of every image, before those they need. */
    public static List<String> minimalPackages() {
        return DebianRoot.MINIMAL_PACKAGES;
    }

    /**
     * Makes the image.
     *
     * @throws ImageException it cannot be made; the message says what to do, and nothing is left
     *     behind but downloads
     */
    public Image make(
            ImageStore store, String name, ImageStore.Existing existing, Progress progress)
            throws IOException {
        return store.create(
                name, existing, (folder, told) -> makeLayer(store, folder, told), progress);
    }

    private String makeLayer(ImageStore store, Path folder, Progress progress) throws IOException {
        long startNanos = System.nanoTime();
        Layer layer = ImageManifest.layer(folder, 0);
        try (Downloads downloads = new Downloads(store.downloadsFolder(), environment)) {
            DebianRoot.Made made =
                    DebianRoot.make(
                            request,
                            downloads,
                            layer.tar(),
                            layer.index(),
                            folder.resolve("work"),
                            progress);
            progress.line(
                    String.format(
                            Locale.ROOT,
                            "made %s: %.0f MB in %.1f s",
                            made.release(),
                            Files.size(layer.tar()) / 1e6,
                            (System.nanoTime() - startNanos) / 1e9));
            return made.release() + ", " + made.packages().size() + " packages";
        }
    }

    /** What the image is to be. Belongs to one thread. */
    public static final class Builder {
        private final Map<String, String> environment;
        private String suite = DEFAULT_SUITE;
        private List<String> packages = List.of();
        private Optional<String> mirror;
        private Optional<Path> keyring = Optional.empty();
        private Path etcApt = Path.of("/etc/apt");

        private Builder(Map<String, String> environment) {
            this.environment = Map.copyOf(environment);
            this.mirror =
                    Optional.ofNullable(environment.get("CALLGATE_MIRROR"))
                            .filter(text -> !text.isBlank());
        }

        /** The release, by code name or suite. */
        public Builder suite(String newSuite) throws ImageException {
            if (!newSuite.matches("[a-z][a-z0-9-]{0,63}")) {
                throw new ImageException(
                        "\"" + newSuite + "\" cannot be a release of Debian; trixie is one");
            }
            suite = newSuite;
            return this;
        }

        /** Packages on top of the minimal ones. */
        public Builder packages(List<String> names) throws ImageException {
            for (String name : names) {
                if (!name.matches("[a-z0-9][a-z0-9+.-]{1,127}")) {
                    throw new ImageException("\"" + name + "\" cannot be the name of a package");
                }
            }
            packages = List.copyOf(names);
            return this;
        }

        /**
         * The archive's address; otherwise {@code CALLGATE_MIRROR} or the host's apt configuration
         * says it.
         */
        public Builder mirror(String address) {
            mirror = Optional.of(address);
            return this;
        }

        /**
         * A file with the archive's public keys; otherwise those of Debian's package
         * debian-archive-keyring.
         */
        public Builder keyring(Path file) {
            keyring = Optional.of(file);
            return this;
        }

        /** The apt configuration to look for a mirror in; otherwise the host's. */
        public Builder aptConfiguration(Path etcApt) {
            this.etcApt = etcApt;
            return this;
        }

        /** The image, not made yet. */
        public DebianImage build() {
            return new DebianImage(
                    environment,
                    new DebianRoot.Request(
                            suite, packages, mirror, keyring, etcApt, Instant.now()));
        }
    }
}
