package callgate.bench;

import callgate.image.ImageReference;
import callgate.image.ImageSource;
import callgate.image.ImageStore;
import callgate.image.Layer;
import callgate.image.report.Progress;
import callgate.image.tar.TarReader;
import callgate.kernel.fs.tar.LayerEntry;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Unpacks an image into a folder of the host, for an emulator that has no sandbox of its own.
 * Files, directories and links only; nothing is written outside of the folder.
 */
final class RootFolder {
    private final Path root;

    private RootFolder(Path root) {
        this.root = root;
    }

    /** The image's root as a folder: the one that it is, or a new one. */
    static Path of(String image, Path folder, Map<String, String> environment, Progress progress)
            throws IOException {
        return switch (ImageReference.resolve(
                image, ImageStore.ofUser(environment), environment, progress)) {
            case ImageSource.HostDirectory directory -> directory.directory();
            case ImageSource.Layers layers -> {
                if (layers.layers().size() != 1) {
                    throw new IOException(
                            "the image "
                                    + image
                                    + " has several layers, which are not unpacked for an emulator");
                }
                Layer layer = layers.layers().getFirst();
                try (InputStream tar =
                        new BufferedInputStream(Files.newInputStream(layer.tar()), 1 << 16)) {
                    unpack(tar, Files.size(layer.tar()), folder);
                }
                yield folder;
            }
        };
    }

    /** Unpacks a tar. */
    static void unpack(InputStream tar, long bytes, Path folder) throws IOException {
        Files.createDirectories(folder);
        new RootFolder(folder.toRealPath()).unpack(new TarReader(tar, bytes));
    }

    private void unpack(TarReader reader) throws IOException {
        for (LayerEntry entry = reader.next(); entry != null; entry = reader.next()) {
            Path place = place(entry.path());
            if (place.equals(root)) {
                continue;
            }
            if (!nearestFolder(place).toRealPath().startsWith(root)) {
                throw new IOException("the image has " + entry.path() + ", which leads outside");
            }
            Files.createDirectories(place.getParent());
            switch (entry.kind()) {
                case FILE -> file(reader, entry, place);
                case DIRECTORY -> directory(place);
                case SYMLINK -> link(place, name(entry.linkTarget()));
                case HARD_LINK -> {
                    Path target = place(entry.linkTarget());
                    if (target.toRealPath().startsWith(root)) {
                        Files.deleteIfExists(place);
                        Files.createLink(place, target);
                    }
                }
                case CHARACTER_DEVICE, BLOCK_DEVICE, FIFO -> {
                    // an emulator uses the host's
                }
            }
        }
    }

    private static Path nearestFolder(Path place) {
        Path folder = place.getParent();
        while (!Files.exists(folder)) {
            folder = folder.getParent();
        }
        return folder;
    }

    private static void directory(Path place) throws IOException {
        try {
            Files.createDirectory(place);
        } catch (FileAlreadyExistsException e) {
            // named again, or reached through a link
        }
    }

    private static void file(TarReader reader, LayerEntry entry, Path place) throws IOException {
        Files.deleteIfExists(place);
        try (OutputStream out = Files.newOutputStream(place)) {
            reader.copyData(out);
        }
        if ((entry.permissions() & 0111) != 0 && !place.toFile().setExecutable(true)) {
            throw new IOException("cannot make " + place + " executable");
        }
    }

    /** Absolute targets are meant from the image's root. */
    private void link(Path place, String target) throws IOException {
        Path relative = Path.of(target);
        if (relative.isAbsolute()) {
            relative =
                    place.getParent()
                            .relativize(root.resolve(relative.toString().substring(1)).normalize());
        }
        Files.deleteIfExists(place);
        Files.createSymbolicLink(place, relative);
    }

    private Path place(String path) throws IOException {
        Path place = root.resolve(name(path.replaceFirst("^/+", ""))).normalize();
        if (!place.startsWith(root)) {
            throw new IOException("the image has " + path + ", which leads outside");
        }
        return place;
    }

    private static String name(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
