package callgate.image;

import callgate.image.report.ImageException;
import callgate.image.report.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.jar.JarEntry;

/** The image that comes with Callgate, as a tar among its resources. */
final class BuiltinImage {
    private static final String RESOURCE = "/callgate/builtin.tar";

    private BuiltinImage() {}

    /** Its layer: the resource itself when that is a file, else a copy in the store. */
    static Layer layer(ImageStore store, Progress progress) throws IOException {
        URL resource = BuiltinImage.class.getResource(RESOURCE);
        if (resource == null) {
            throw new ImageException(
                    "this build of Callgate has no built-in image ("
                            + RESOURCE
                            + "); build it again");
        }
        if (resource.getProtocol().equals("file")) {
            try {
                return ImageReference.inPlace(Path.of(resource.toURI()), store);
            } catch (URISyntaxException e) {
                throw new ImageException(
                        "the built-in image at " + resource + " cannot be opened", e);
            }
        }
        String version = version(resource);
        Optional<Image> kept = store.find(ImageReference.BUILTIN);
        if (kept.isPresent() && kept.get().source().equals(version)) {
            return kept.get().layers().getFirst();
        }
        return store.create(
                        ImageReference.BUILTIN,
                        ImageStore.Existing.REPLACE,
                        (folder, told) -> {
                            copy(resource, ImageManifest.layer(folder, 0));
                            return version;
                        },
                        progress)
                .layers()
                .getFirst();
    }

    /**
     * Tells builds apart without reading the resource: size and checksum as the jar's directory has
     * them.
     */
    private static String version(URL resource) throws IOException {
        URLConnection connection = resource.openConnection();
        if (connection instanceof JarURLConnection jar) {
            JarEntry entry = jar.getJarEntry();
            return "part of Callgate, " + Long.toHexString(entry.getCrc()) + "-" + entry.getSize();
        }
        return "part of Callgate, "
                + connection.getContentLengthLong()
                + "-"
                + connection.getLastModified();
    }

    private static void copy(URL resource, Layer layer) throws IOException {
        try (InputStream in = resource.openStream();
                OutputStream out = Files.newOutputStream(layer.tar())) {
            in.transferTo(out);
        }
        TarIndexer.index(layer.tar(), layer.index());
    }
}
