package callgate.image;

import callgate.image.report.ImageException;
import callgate.image.report.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the user means by {@code --image}: a name, a tar or a directory. */
public final class ImageReference {
    /** The image with Callgate's own programs; needs no network. */
    public static final String BUILTIN = "builtin";

    /** The default image; made when it is first used. */
    public static final String DEBIAN = "debian";

    private ImageReference() {}

    /**
     * Finds an image.
     *
     * <p>Text with a slash or backslash in it is a path. Other text is the name of an image in the
     * store; {@link #BUILTIN} and {@link #DEBIAN} are made when they are not there; else it may
     * still be a path.
     *
     * @param text what the user wrote
     * @param environment variables of the process, for making the default image
     * @param progress told when something has to be made
     * @throws ImageException there is no such image; the message says which ones there are
     */
    public static ImageSource resolve(
            String text, ImageStore store, Map<String, String> environment, Progress progress)
            throws IOException {
        boolean isPath = text.indexOf('/') >= 0 || text.indexOf('\\') >= 0;
        if (!isPath) {
            if (text.equals(BUILTIN)) {
                return new ImageSource.Layers(List.of(BuiltinImage.layer(store, progress)));
            }
            Optional<Image> image = store.find(text);
            if (image.isPresent()) {
                return current(image.get());
            }
            if (text.equals(DEBIAN)) {
                return current(makeDebian(store, environment, progress));
            }
        }
        return fromPath(text, store);
    }

    /** With indexes that this version can read. */
    private static ImageSource current(Image image) throws IOException {
        for (Layer layer : image.layers()) {
            layer.update();
        }
        return new ImageSource.Layers(image.layers());
    }

    private static Image makeDebian(
            ImageStore store, Map<String, String> environment, Progress progress)
            throws IOException {
        progress.line(
                "the image \""
                        + DEBIAN
                        + "\" is not there yet; it is made once, and kept in "
                        + store.cacheFolder());
        return DebianImage.builder(environment)
                .build()
                .make(store, DEBIAN, ImageStore.Existing.KEEP, progress);
    }

    private static ImageSource fromPath(String text, ImageStore store) throws IOException {
        Path path;
        try {
            path = Path.of(text).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new ImageException("\"" + text + "\" is neither an image nor a path", e);
        }
        if (Files.isDirectory(path)) {
            return new ImageSource.HostDirectory(path.toRealPath());
        }
        if (Files.isRegularFile(path)) {
            return new ImageSource.Layers(List.of(inPlace(path, store)));
        }
        List<String> names =
                store.list().stream()
                        .map(Image::name)
                        .filter(name -> !name.equals(BUILTIN))
                        .toList();
        throw new ImageException(
                "there is no image, tar or directory \""
                        + text
                        + "\"; images: "
                        + String.join(", ", names.isEmpty() ? List.of("none") : names)
                        + ", and "
                        + BUILTIN
                        + (names.contains(DEBIAN)
                                ? ""
                                : " and " + DEBIAN + ", which are made when used"));
    }

    /** A tar used where it is, its index in the cache. */
    static Layer inPlace(Path tar, ImageStore store) throws IOException {
        Path real = tar.toRealPath();
        Layer layer = new Layer(real, store.indexesFolder().resolve(indexName(real.toString())));
        layer.update();
        return layer;
    }

    /**
     * 64-bit FNV-1a: the name need only differ; SHA-256 would load the security providers at each
     * start.
     */
    private static String indexName(String path) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b & 0xff) * 0x100000001b3L;
        }
        return Long.toHexString(hash) + ".index";
    }
}
