package callgate.image.debian;

import callgate.image.tar.TarReader;
import callgate.image.tar.TarWriter;
import callgate.kernel.fs.tar.LayerEntry;
import callgate.kernel.fs.tar.LayerTree;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Merges packages into one tar, in one pass, and keeps the tree of what is in it. As dpkg does, it
 * follows links to directories that are there already ({@code /bin -> usr/bin}), and leaves a
 * directory as its first package made it.
 */
final class RootWriter implements Closeable {
    private static final int MAX_CONTROL_BYTES = 16 << 20;

    private final FileChannel file;
    private final OutputStream buffered;
    private final TarWriter tar;
    private final LayerTree tree = new LayerTree();
    private final long timeSeconds;

    /**
     * What a package leaves for dpkg's own records: its control files, and the paths it installed.
     */
    record Installed(Map<String, byte[]> control, List<String> paths) {}

    /** Writes to a new file; files that belong to no package get this time. */
    RootWriter(Path tarFile, Instant time) throws IOException {
        this.file =
                FileChannel.open(
                        tarFile,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        this.buffered = new BufferedOutputStream(Channels.newOutputStream(file), 1 << 18);
        this.tar = new TarWriter(buffered);
        this.timeSeconds = time.getEpochSecond();
    }

    /** What is in the tar so far. */
    LayerTree tree() {
        return tree;
    }

    /** Adds the files of a package. */
    Installed add(DebFile deb) throws IOException {
        Map<String, byte[]> control = readControl(deb.control());
        List<String> paths = new ArrayList<>();
        TarReader data = deb.data();
        for (LayerEntry entry = data.next(); entry != null; entry = data.next()) {
            try {
                add(entry, data, paths);
            } catch (IOException e) {
                throw new ControlException(
                        "its file \"" + printable(entry.path()) + "\": " + e.getMessage());
            }
        }
        return new Installed(control, paths);
    }

    /** Adds a directory of root, unless a directory is there. */
    void directory(String path, int permissions) throws IOException {
        if (!tree.isDirectory(path)) {
            put(own(path, LayerEntry.Kind.DIRECTORY, permissions, 0, ""));
        }
    }

    /** Adds a file of root with this content. */
    void file(String path, int permissions, byte[] content) throws IOException {
        put(own(path, LayerEntry.Kind.FILE, permissions, content.length, ""));
        tar.data().write(content);
    }

    /** Adds a file of root with this text. */
    void file(String path, String text) throws IOException {
        file(path, 0644, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds a symbolic link. */
    void symlink(String path, String target) throws IOException {
        put(own(path, LayerEntry.Kind.SYMLINK, 0777, 0, target));
    }

    /** Whether something is at this path, the last name not followed. */
    boolean exists(String path) throws IOException {
        return tree.kindAt(path) != null;
    }

    /** The content of a file added before; null when there is none. */
    byte[] read(String path) throws IOException {
        long[] data = tree.dataAt(path);
        if (data == null || data[1] > MAX_CONTROL_BYTES) {
            return null;
        }
        buffered.flush();
        ByteBuffer content = ByteBuffer.allocate((int) data[1]);
        while (content.hasRemaining()) {
            if (file.read(content, data[0] + content.position()) < 0) {
                throw new IOException("the image file was cut off while it was written");
            }
        }
        return content.array();
    }

    /** Ends the tar. */
    void finish() throws IOException {
        tar.close();
    }

    /** Closes the file, whether the tar is whole or not. */
    @Override
    public void close() throws IOException {
        file.close();
    }

    private static Map<String, byte[]> readControl(TarReader reader) throws IOException {
        Map<String, byte[]> control = new LinkedHashMap<>();
        long total = 0;
        for (LayerEntry entry = reader.next(); entry != null; entry = reader.next()) {
            String name = entry.path().replaceFirst("^\\./", "");
            if (entry.kind() != LayerEntry.Kind.FILE || !name.matches("[a-z][a-z0-9]*")) {
                continue;
            }
            total += entry.size();
            if (total > MAX_CONTROL_BYTES) {
                throw new ControlException(
                        "control files of more than " + MAX_CONTROL_BYTES + " bytes");
            }
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            reader.copyData(content);
            control.put(name, content.toByteArray());
        }
        return control;
    }

    private void add(LayerEntry entry, TarReader data, List<String> paths) throws IOException {
        String path = entry.path().replaceFirst("^\\./", "").replaceFirst("/+$", "");
        paths.add(path.isEmpty() ? "/." : "/" + path);
        if (entry.kind() == LayerEntry.Kind.DIRECTORY) {
            boolean first = path.isEmpty() ? tree.size() == 0 : !tree.isDirectory(path);
            if (first && tree.kindAt(path) != null && !path.isEmpty()) {
                throw new ControlException("a directory where another package has a file");
            }
            if (first) {
                put(entry);
            }
            return;
        }
        if (tree.kindAt(path) == LayerEntry.Kind.DIRECTORY) {
            throw new ControlException("a file where another package has a directory");
        }
        if (entry.kind() == LayerEntry.Kind.HARD_LINK) {
            put(entry.withLinkTarget(tree.canonical(entry.linkTarget())));
        } else {
            put(entry);
            data.copyData(tar.data());
        }
    }

    private void put(LayerEntry entry) throws IOException {
        String canonical = tree.canonical(entry.path());
        LayerEntry there = entry.withPath(canonical.isEmpty() ? "./" : canonical);
        tar.begin(there);
        tree.add(there.withDataOffset(entry.kind() == LayerEntry.Kind.FILE ? tar.position() : 0));
    }

    private LayerEntry own(
            String path, LayerEntry.Kind kind, int permissions, long size, String target) {
        return new LayerEntry(
                path, kind, permissions, 0, 0, timeSeconds, 0, size, 0, target, 0, 0, Map.of());
    }

    static String printable(String path) {
        return path.replaceAll("[^ -~]", "?");
    }
}
