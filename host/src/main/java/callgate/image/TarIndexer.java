package callgate.image;

import callgate.image.report.ImageException;
import callgate.image.tar.Compression;
import callgate.image.tar.TarReader;
import callgate.kernel.fs.tar.LayerEntry;
import callgate.kernel.fs.tar.LayerFormatException;
import callgate.kernel.fs.tar.LayerIndexWriter;
import callgate.kernel.fs.tar.LayerTree;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Makes the index of a plain tar. */
final class TarIndexer {
    private TarIndexer() {}

    /** Reads the tar and puts its index where it belongs, whole or not at all. */
    static void index(Path tar, Path index) throws IOException {
        Path folder = index.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        Path aside = Files.createTempFile(folder, ".index-", "");
        try {
            long stamp = stamp(tar);
            LayerIndexWriter.write(scan(tar), Files.size(tar), stamp, aside);
            Files.move(
                    aside,
                    index,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(aside);
        }
    }

    /** Tells versions of a tar apart. */
    static long stamp(Path tar) throws IOException {
        return Files.getLastModifiedTime(tar).to(TimeUnit.NANOSECONDS);
    }

    /** The tree of a plain tar. */
    static LayerTree scan(Path tar) throws IOException {
        try (InputStream in = Files.newInputStream(tar)) {
            Compression compression = Compression.of(in.readNBytes(8));
            if (compression != Compression.NONE) {
                throw new ImageException(
                        tar
                                + " is compressed ("
                                + compression.name().toLowerCase(Locale.ROOT)
                                + "), so it cannot be used in place; import it: callgate image import "
                                + tar
                                + " NAME");
            }
        }
        LayerTree tree = new LayerTree();
        try (InputStream in = Files.newInputStream(tar)) {
            TarReader reader = new TarReader(in, Files.size(tar));
            try {
                for (LayerEntry entry = reader.next(); entry != null; entry = reader.next()) {
                    tree.add(entry);
                }
            } catch (LayerFormatException | EOFException e) {
                throw new ImageException(where(tar, reader) + ": " + e.getMessage(), e);
            }
        }
        return tree;
    }

    private static String where(Path tar, TarReader reader) {
        String name = reader.lastName().replaceAll("[^ -~]", "?");
        String shortened = name.length() > 200 ? name.substring(0, 200) + "..." : name;
        return tar
                + (name.isEmpty() ? "" : ", at \"" + shortened + "\"")
                + " (byte "
                + reader.position()
                + ")";
    }
}
