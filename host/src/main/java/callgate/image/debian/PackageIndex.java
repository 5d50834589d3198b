package callgate.image.debian;

import callgate.image.tar.Compression;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The index of all packages of an archive ({@code Packages}). It has tens of megabytes, so it stays
 * in a file: memory holds where each paragraph is, under the package's name and the names it
 * provides.
 */
final class PackageIndex implements PackageSource, Closeable {
    /** Most bytes of an index, not compressed; Debian's has about 60 MB. */
    private static final long MAX_BYTES = 1L << 30;

    private static final int MAX_PARAGRAPH_BYTES = 1 << 20;

    private record Place(long offset, int length) {}

    private final FileChannel file;
    private final Map<String, List<Place>> byName = new HashMap<>();
    private final Map<String, List<Place>> byProvided = new HashMap<>();

    // of the paragraph that is being scanned
    private long start;
    private String name;
    private String provides;

    private PackageIndex(FileChannel file) {
        this.file = file;
    }

    /** Unpacks an index into a work file, which the caller removes, and opens it. */
    static PackageIndex open(Path compressed, Path workFile) throws IOException {
        try (InputStream in = Compression.unpack(Files.newInputStream(compressed));
                OutputStream out =
                        new BufferedOutputStream(Files.newOutputStream(workFile), 1 << 16)) {
            byte[] buffer = new byte[1 << 16];
            long total = 0;
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                total += count;
                if (total > MAX_BYTES) {
                    throw new ControlException(
                            "a package index of more than " + MAX_BYTES + " bytes");
                }
                out.write(buffer, 0, count);
            }
        }
        PackageIndex index = new PackageIndex(FileChannel.open(workFile, StandardOpenOption.READ));
        try {
            index.scan(workFile);
            return index;
        } catch (IOException | RuntimeException e) {
            index.close();
            throw e;
        }
    }

    @Override
    public List<DebianPackage> named(String name) throws IOException {
        List<DebianPackage> found = load(byName.getOrDefault(name, List.of()));
        found.sort((a, b) -> DebianVersion.compare(b.version(), a.version()));
        return found;
    }

    @Override
    public List<DebianPackage> providing(String name) throws IOException {
        return load(byProvided.getOrDefault(name, List.of()));
    }

    /** How many packages there are. */
    int size() {
        return byName.size();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private List<DebianPackage> load(List<Place> places) throws IOException {
        List<DebianPackage> packages = new ArrayList<>();
        for (Place place : places) {
            ByteBuffer bytes = ByteBuffer.allocate(place.length);
            while (bytes.hasRemaining()) {
                if (file.read(bytes, place.offset + bytes.position()) < 0) {
                    throw new ControlException(
                            "a package index that became shorter while it was read");
                }
            }
            packages.add(
                    DebianPackage.of(
                            Paragraph.parse(new String(bytes.array(), StandardCharsets.UTF_8))));
        }
        return packages;
    }

    /**
     * Finds the paragraphs by their bytes: lines begin with a field's name, an empty line ends a
     * paragraph.
     */
    private void scan(Path workFile) throws IOException {
        try (InputStream in = Files.newInputStream(workFile)) {
            LineScanner scanner = new LineScanner(this::line);
            byte[] buffer = new byte[1 << 16];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                scanner.feed(buffer, count);
            }
            scanner.finish();
            endParagraph(scanner.offset());
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void line(String line, long offset) {
        if (line.isEmpty()) {
            endParagraph(offset);
            start = offset + 1;
        } else if (line.startsWith("Package: ")) {
            name = line.substring("Package: ".length()).strip();
        } else if (line.startsWith("Provides: ")) {
            provides = line;
        }
    }

    private void endParagraph(long end) {
        if (name != null) {
            if (end - start > MAX_PARAGRAPH_BYTES) {
                throw new UncheckedIOException(
                        new ControlException(
                                "a paragraph of more than " + MAX_PARAGRAPH_BYTES + " bytes"));
            }
            Place place = new Place(start, (int) (end - start));
            byName.computeIfAbsent(name, key -> new ArrayList<>(1)).add(place);
            addProvided(place);
        }
        name = null;
        provides = null;
    }

    private void addProvided(Place place) {
        try {
            for (List<Dependency> group :
                    Dependency.parse(provides == null ? null : provides.substring(10))) {
                for (Dependency provided : group) {
                    byProvided
                            .computeIfAbsent(provided.name(), key -> new ArrayList<>(1))
                            .add(place);
                }
            }
        } catch (ControlException e) {
            throw new UncheckedIOException(e);
        }
    }
}
