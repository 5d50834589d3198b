package callgate.kernel.fs.tar;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/** Stores a {@link LayerTree} as an index file; the format stands in the {@code package-info}. */
public final class LayerIndexWriter {
    private final List<LayerTree.Node> inodes = new ArrayList<>();
    private final Map<LayerTree.Node, Integer> numbers = new IdentityHashMap<>();
    private final Map<LayerTree.Node, Integer> linkCounts = new IdentityHashMap<>();
    private final Map<LayerTree.Node, Integer> firstEntries = new IdentityHashMap<>();
    private final List<Name> names = new ArrayList<>();
    private final Strings strings = new Strings();

    private record Name(int offset, int length, int inode) {}

    private LayerIndexWriter() {}

    /**
     * Writes the index of a layer, not atomically: write aside and rename.
     *
     * @param tree what the tar holds
     * @param tarBytes size of the tar
     * @param tarStamp any number that tells this version of the tar from others (a modification
     *     time); 0 when unused
     * @param file where; replaced when it exists
     */
    public static void write(LayerTree tree, long tarBytes, long tarStamp, Path file)
            throws IOException {
        ByteBuffer bytes = new LayerIndexWriter().encode(tree, tarBytes, tarStamp);
        try (FileChannel out =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        }
    }

    private ByteBuffer encode(LayerTree tree, long tarBytes, long tarStamp)
            throws LayerFormatException {
        number(tree.root());
        ByteBuffer records =
                ByteBuffer.allocate(Math.multiplyExact(inodes.size(), LayerIndex.INODE_BYTES))
                        .order(ByteOrder.LITTLE_ENDIAN);
        for (LayerTree.Node node : inodes) {
            encodeInode(node, records);
        }
        int total = LayerIndex.HEADER_BYTES + records.capacity();
        try {
            total =
                    Math.addExact(
                                    total,
                                    Math.addExact(
                                            names.size() * LayerIndex.NAME_BYTES,
                                            strings.size() + 64))
                            - 64;
        } catch (ArithmeticException e) {
            throw new LayerFormatException(
                    "the names and attributes are too large for an index of 2 GiB");
        }
        ByteBuffer out = ByteBuffer.allocate(total).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(LayerIndex.MAGIC)
                .putInt(LayerIndex.VERSION)
                .putInt(inodes.size())
                .putInt(names.size())
                .putInt(0);
        out.putInt(strings.size()).putInt(0).putLong(tarBytes).putLong(tarStamp);
        out.position(LayerIndex.HEADER_BYTES).put(records.flip());
        for (Name name : names) {
            out.putInt(name.offset).putInt(name.length).putInt(name.inode);
        }
        strings.writeTo(out);
        out.flip();
        CRC32C crc = new CRC32C();
        crc.update(out.duplicate());
        return out.putInt(LayerIndex.CRC_OFFSET, (int) crc.getValue());
    }

    /** Gives numbers breadth first, so that the entries of a directory stand together. */
    private void number(LayerTree.Node root) throws LayerFormatException {
        numberOf(root);
        linkCounts.merge(root, 1, Integer::sum); // the root's own ".." counts as its parent's would
        for (int i = 0; i < inodes.size(); i++) {
            LayerTree.Node directory = inodes.get(i);
            if (directory.children == null) {
                continue;
            }
            firstEntries.put(directory, names.size());
            linkCounts.merge(directory, 1, Integer::sum); // "."
            for (Map.Entry<String, LayerTree.Node> child :
                    new TreeMap<>(directory.children).entrySet()) {
                LayerTree.Node node = child.getValue();
                int inode = node.whiteout ? LayerIndex.WHITEOUT : numberOf(node);
                linkCounts.merge(node, 1, Integer::sum);
                if (node.children != null) {
                    linkCounts.merge(directory, 1, Integer::sum); // the child's ".."
                }
                names.add(new Name(strings.put(child.getKey()), child.getKey().length(), inode));
            }
        }
    }

    private int numberOf(LayerTree.Node node) {
        Integer known = numbers.get(node);
        if (known != null) {
            return known;
        }
        inodes.add(node);
        numbers.put(node, inodes.size());
        return inodes.size();
    }

    private void encodeInode(LayerTree.Node node, ByteBuffer out) throws LayerFormatException {
        LayerEntry entry = node.entry;
        boolean directory = node.children != null;
        String target = entry.kind() == LayerEntry.Kind.SYMLINK ? entry.linkTarget() : "";
        out.putInt(entry.mode())
                .putInt(entry.uid())
                .putInt(entry.gid())
                .putInt(linkCounts.get(node));
        out.putLong(entry.kind() == LayerEntry.Kind.SYMLINK ? target.length() : entry.size());
        out.putLong(entry.mtimeSeconds()).putInt(entry.mtimeNanos());
        out.putInt(entry.deviceMajor()).putInt(entry.deviceMinor());
        out.putInt(directory ? firstEntries.get(node) : 0)
                .putInt(directory ? node.children.size() : 0);
        out.putInt(target.isEmpty() ? 0 : strings.put(target)).putInt(target.length());
        out.putInt(strings.putXattrs(entry.xattrs())).putInt(entry.xattrs().size());
        out.putInt(node.opaque ? LayerIndex.FLAG_OPAQUE : 0).putLong(entry.dataOffset());
        out.putInt(
                        !directory
                                ? 0
                                : node.parent == null ? LayerIndex.ROOT : numbers.get(node.parent))
                .putInt(0);
    }

    /** The bytes of all names; equal ones are stored once. */
    private static final class Strings {
        private final Map<String, Integer> known = new HashMap<>();
        private byte[] bytes = new byte[1 << 16];
        private int size;

        int put(String text) throws LayerFormatException {
            Integer at = known.get(text);
            if (at != null) {
                return at;
            }
            int offset = append(text.getBytes(StandardCharsets.ISO_8859_1));
            known.put(text, offset);
            return offset;
        }

        int putXattrs(Map<String, byte[]> xattrs) throws LayerFormatException {
            int offset = size;
            for (Map.Entry<String, byte[]> xattr : new TreeMap<>(xattrs).entrySet()) {
                byte[] name = xattr.getKey().getBytes(StandardCharsets.ISO_8859_1);
                if (name.length == 0 || name.length > LayerTree.MAX_NAME_BYTES) {
                    throw new LayerFormatException(
                            "an extended attribute whose name has " + name.length + " bytes");
                }
                ByteBuffer lengths = ByteBuffer.allocate(6).order(ByteOrder.LITTLE_ENDIAN);
                append(
                        lengths.putShort((short) name.length)
                                .putInt(xattr.getValue().length)
                                .array());
                append(name);
                append(xattr.getValue());
            }
            return xattrs.isEmpty() ? 0 : offset;
        }

        int size() {
            return size;
        }

        void writeTo(ByteBuffer out) {
            out.put(bytes, 0, size);
        }

        private int append(byte[] more) throws LayerFormatException {
            if (more.length > Integer.MAX_VALUE - 64 - size) {
                throw new LayerFormatException(
                        "the names and attributes are too large for an index of 2 GiB");
            }
            if (size + more.length > bytes.length) {
                long doubled = Math.max(2L * bytes.length, (long) size + more.length);
                bytes = Arrays.copyOf(bytes, (int) Math.min(doubled, Integer.MAX_VALUE - 64));
            }
            System.arraycopy(more, 0, bytes, size, more.length);
            size += more.length;
            return size - more.length;
        }
    }
}
