package callgate.image;

import callgate.image.report.ImageException;
import callgate.image.report.Progress;
import callgate.image.tar.Compression;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipException;

/** The images of a user. Safe for use by many threads and processes at once. */
public final class ImageStore {
    /** Most bytes an imported tar may unpack to. */
    private static final long MAX_LAYER_BYTES = 256L << 30;

    private static final int MAX_NAME_LENGTH = 64;

    private static final String NAME_RULE =
            "names have up to 64 lower-case letters, digits, dots, hyphens and underscores,"
                    + " and begin with a letter or digit";

    private final Path cache;
    private final Path images;

    /** What to do when an image of the same name is there. */
    public enum Existing {
        /** Use it as it is. */
        KEEP,
        /** Put the new one in its place; runs that use the old one go on with it. */
        REPLACE
    }

    /** Makes the layers of an image. */
    @FunctionalInterface
    public interface Maker {
        /**
         * Writes {@code layer-0.tar}, {@code layer-0.index} and so on into an empty folder, and
         * nothing else.
         *
         * @return what the image was made from, for people
         */
        String make(Path folder, Progress progress) throws IOException;
    }

    /** The store below a cache folder, which need not exist. */
    public ImageStore(Path cache) {
        this.cache = cache;
        this.images = cache.resolve("images");
    }

    /** The store of the user, as the environment and the system say. */
    public static ImageStore ofUser(Map<String, String> environment) {
        Path home =
                Path.of(
                        environment.getOrDefault(
                                "HOME", System.getProperty("user.home"))); // the JVM ignores HOME
        return new ImageStore(CacheFolder.of(environment, System.getProperty("os.name"), home));
    }

    /** The cache folder. */
    public Path cacheFolder() {
        return cache;
    }

    /** The image of this name. */
    public Optional<Image> find(String name) throws IOException {
        return isValidName(name) ? ImageManifest.read(images.resolve(name)) : Optional.empty();
    }

    /** All images, by name. */
    public List<Image> list() throws IOException {
        List<Image> found = new ArrayList<>();
        try (Stream<Path> folders = Files.list(images)) {
            for (Path folder : folders.sorted().toList()) {
                find(folder.getFileName().toString()).ifPresent(found::add);
            }
        } catch (NoSuchFileException e) {
            return List.of();
        }
        return found;
    }

    /**
     * Removes an image. Runs that use it go on, where the host's system lets open files be removed.
     *
     * @throws ImageException there is none of this name
     */
    public void remove(String name, Progress progress) throws IOException {
        checkName(name);
        if (!Files.isDirectory(images.resolve(name))) {
            throw new ImageException(
                    "there is no image \"" + name + "\"; callgate image list shows all");
        }
        try (ImageLock lock = lock(name, progress)) {
            Path aside = images.resolve("." + name + ".tmp-removed");
            FileTrees.delete(aside);
            Files.move(images.resolve(name), aside, StandardCopyOption.ATOMIC_MOVE);
            FileTrees.delete(aside);
        } catch (NoSuchFileException e) {
            throw new ImageException(
                    "there is no image \"" + name + "\" any more, another run has removed it", e);
        }
    }

    /**
     * Makes an image of one tar, plain or compressed with gzip, xz or zstd, told by its content.
     *
     * @throws ImageException the tar cannot be used, or the name is not possible; nothing is left
     *     behind
     */
    public Image importTar(Path tar, String name, Progress progress) throws IOException {
        if (!Files.isRegularFile(tar)) {
            throw new ImageException(
                    "cannot import "
                            + tar
                            + ": "
                            + (Files.exists(tar) ? "not a file" : "there is no such file"));
        }
        return create(
                name,
                Existing.REPLACE,
                (folder, told) -> {
                    Layer layer = ImageManifest.layer(folder, 0);
                    unpack(tar, layer.tar(), told);
                    try {
                        TarIndexer.index(layer.tar(), layer.index());
                    } catch (ImageException e) {
                        throw new ImageException(
                                "cannot import "
                                        + tar
                                        + ": "
                                        + e.getMessage()
                                                .replace(layer.tar().toString(), "the tar in it"),
                                e);
                    }
                    return tar.getFileName().toString();
                },
                progress);
    }

    /**
     * Makes an image, or finds it made. Others who want the same name wait meanwhile.
     *
     * @throws ImageException the maker failed, or the name is not possible; nothing is left behind
     */
    public Image create(String name, Existing existing, Maker maker, Progress progress)
            throws IOException {
        checkName(name);
        try {
            Files.createDirectories(images);
        } catch (IOException e) {
            throw new ImageException(
                    "cannot make the folder "
                            + images
                            + " ("
                            + e.getMessage()
                            + "); name another place with CALLGATE_CACHE",
                    e);
        }
        try (ImageLock lock = lock(name, progress)) {
            recover(name);
            Optional<Image> found = find(name);
            if (existing == Existing.KEEP && found.isPresent()) {
                return found.get();
            }
            make(name, maker, progress);
            return find(name)
                    .orElseThrow(
                            () ->
                                    new ImageException(
                                            "the image \""
                                                    + name
                                                    + "\" was removed by someone else"));
        } catch (ImageException e) {
            throw e;
        } catch (AccessDeniedException e) {
            throw new ImageException(
                    "no right to use " + e.getFile() + "; name another place with CALLGATE_CACHE",
                    e);
        } catch (IOException e) {
            throw new ImageException(
                    "cannot make the image \"" + name + "\" in " + images + ": " + e.getMessage(),
                    e);
        }
    }

    /** Where the index of a tar that is used in place belongs. */
    Path indexesFolder() {
        return cache.resolve("indexes");
    }

    /** Where downloads are kept. */
    Path downloadsFolder() {
        return cache.resolve("downloads");
    }

    static boolean isValidName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean alphanumeric = c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
            if (!alphanumeric && (i == 0 || c != '.' && c != '-' && c != '_')) {
                return false;
            }
        }
        return !name.isEmpty() && name.length() <= MAX_NAME_LENGTH;
    }

    private static void checkName(String name) throws ImageException {
        if (!isValidName(name)) {
            throw new ImageException(
                    "\"" + name + "\" cannot be the name of an image; " + NAME_RULE);
        }
    }

    private ImageLock lock(String name, Progress progress) throws IOException {
        return ImageLock.acquire(images.resolve("." + name + ".lock"), name, progress);
    }

    private void make(String name, Maker maker, Progress progress) throws IOException {
        Path aside = Files.createTempDirectory(images, "." + name + ".tmp-");
        try {
            String source = maker.make(aside, progress);
            int layers = 0;
            while (Files.exists(ImageManifest.layer(aside, layers).tar())) {
                force(ImageManifest.layer(aside, layers).tar());
                layers++;
            }
            ImageManifest.write(aside, source, layers, Instant.now());
            force(aside.resolve(ImageManifest.FILE_NAME));
            swap(aside, name);
        } finally {
            FileTrees.delete(aside);
        }
    }

    /**
     * A folder cannot be renamed onto another that is not empty, so the old one steps aside first.
     */
    private void swap(Path aside, String name) throws IOException {
        Path place = images.resolve(name);
        Path old = images.resolve("." + name + ".old");
        if (Files.exists(place)) {
            Files.move(place, old, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(aside, place, StandardCopyOption.ATOMIC_MOVE);
        FileTrees.delete(old);
    }

    /** Cleans up after a process that died while it had the lock. */
    private void recover(String name) throws IOException {
        Path old = images.resolve("." + name + ".old");
        if (Files.exists(old) && !Files.exists(images.resolve(name))) {
            Files.move(old, images.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        }
        FileTrees.delete(old);
        try (Stream<Path> all = Files.list(images)) {
            for (Path leftover :
                    all.filter(p -> p.getFileName().toString().startsWith("." + name + ".tmp-"))
                            .toList()) {
                FileTrees.delete(leftover);
            }
        }
    }

    private static void unpack(Path tar, Path plain, Progress progress) throws IOException {
        long total = 0;
        try (InputStream in = Compression.unpack(Files.newInputStream(tar));
                OutputStream out =
                        new BufferedOutputStream(Files.newOutputStream(plain), 1 << 16)) {
            byte[] buffer = new byte[1 << 16];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                total += count;
                if (total > MAX_LAYER_BYTES) {
                    throw new ImageException(
                            "it unpacks to more than " + MAX_LAYER_BYTES + " bytes");
                }
                out.write(buffer, 0, count);
                progress.bytes("importing " + tar.getFileName(), total, 0);
            }
        } catch (ImageException e) {
            throw new ImageException("cannot import " + tar + ": " + e.getMessage(), e);
        } catch (EOFException | ZipException e) {
            throw new ImageException(
                    "cannot import " + tar + ": it is cut off or damaged (" + e.getMessage() + ")",
                    e);
        } catch (IOException e) {
            throw new ImageException("cannot import " + tar + ": " + e.getMessage(), e);
        }
    }

    /** To the disk, so that a rename never becomes durable before what it names. */
    private static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }
}
