package callgate.kernel.fs.tar;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A tar layer as inodes and directories, read from its index (format: {@code package-info}).
 * Immutable; safe for use by many threads. The index is held in memory, about 100 bytes a file; the
 * tar itself is not touched.
 *
 * <p>Inode numbers run from 1 ({@link #ROOT}) to {@link #inodeCount()}. Every accessor throws
 * {@link IndexOutOfBoundsException} for another number; numbers from this class's own results are
 * always good.
 */
public final class LayerIndex {
    /** Inode number of the root directory. */
    public static final int ROOT = 1;

    /** Stands for an inode where a name is hidden in the layers below. */
    public static final int WHITEOUT = 0;

    /** Answer of {@link #lookup} when this layer says nothing about a name. */
    public static final int ABSENT = -1;

    /** Version of the format; an index of another version is made again from its tar. */
    public static final int VERSION = 1;

    static final long MAGIC = 0x58444959414C4743L; // "CGLAYIDX", little-endian
    static final int HEADER_BYTES = 64;
    static final int INODE_BYTES = 88;
    static final int NAME_BYTES = 12;
    static final int CRC_OFFSET = 28;
    static final int FLAG_OPAQUE = 1;
    static final int MAX_BYTES = Integer.MAX_VALUE - 64;

    private final ByteBuffer index;
    private final int inodeCount;
    private final int nameCount;
    private final int namesAt;
    private final int stringsAt;

    private LayerIndex(ByteBuffer index, int inodeCount, int nameCount) {
        this.index = index;
        this.inodeCount = inodeCount;
        this.nameCount = nameCount;
        this.namesAt = HEADER_BYTES + inodeCount * INODE_BYTES;
        this.stringsAt = namesAt + nameCount * NAME_BYTES;
    }

    /**
     * Opens an index.
     *
     * @throws LayerFormatException it is damaged or of another version: make it again from the tar
     * @throws IOException it cannot be read
     */
    public static LayerIndex open(Path file) throws IOException {
        long size = Files.size(file);
        if (size < HEADER_BYTES || size > MAX_BYTES) {
            throw new LayerFormatException("not a layer index, " + size + " bytes");
        }
        // read, not mapped: the first mapping of a JVM costs 20 ms or more, reading the index of
        // 6,000 files 1 ms
        try (FileInputStream in = new FileInputStream(file.toFile())) {
            return check(in.readAllBytes());
        }
    }

    /**
     * Whether an index is of this version of the format and of a tar of this size and stamp (or of
     * any stamp, if its maker used none). Looks at the first bytes only: {@link #open} still finds
     * damage.
     */
    public static boolean isCurrent(Path file, long tarBytes, long tarStamp) throws IOException {
        try (FileInputStream in = new FileInputStream(file.toFile())) {
            ByteBuffer header =
                    ByteBuffer.wrap(in.readNBytes(HEADER_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
            return header.capacity() == HEADER_BYTES
                    && header.getLong(0) == MAGIC
                    && header.getInt(8) == VERSION
                    && header.getLong(32) == tarBytes
                    && (header.getLong(40) == 0 || header.getLong(40) == tarStamp);
        } catch (FileNotFoundException e) {
            return false;
        }
    }

    private static LayerIndex check(byte[] bytes) throws LayerFormatException {
        ByteBuffer index = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < HEADER_BYTES) {
            throw new LayerFormatException("not a layer index");
        }
        if (index.getLong(0) != MAGIC) {
            throw new LayerFormatException("not a layer index");
        }
        if (index.getInt(8) != VERSION) {
            throw new LayerFormatException(
                    "a layer index of version " + index.getInt(8) + ", this is " + VERSION);
        }
        int inodes = index.getInt(12);
        int names = index.getInt(16);
        int strings = index.getInt(24);
        long expected =
                HEADER_BYTES + (long) inodes * INODE_BYTES + (long) names * NAME_BYTES + strings;
        if (inodes < 1 || names < 0 || strings < 0 || expected != index.capacity()) {
            throw new LayerFormatException("a layer index whose parts do not add up to its size");
        }
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, CRC_OFFSET);
        crc.update(new byte[Integer.BYTES], 0, Integer.BYTES);
        crc.update(bytes, CRC_OFFSET + Integer.BYTES, bytes.length - CRC_OFFSET - Integer.BYTES);
        if ((int) crc.getValue() != index.getInt(CRC_OFFSET)) {
            throw new LayerFormatException("a damaged layer index, its checksum is wrong");
        }
        return new LayerIndex(index, inodes, names);
    }

    /** Size of the tar this index was made from, in bytes. */
    public long tarBytes() {
        return index.getLong(32);
    }

    /** The number that the maker of the index chose to tell versions of the tar apart. */
    public long tarStamp() {
        return index.getLong(40);
    }

    /** How many inodes there are. */
    public int inodeCount() {
        return inodeCount;
    }

    /** Type and permission bits, as {@code st_mode}. */
    public int mode(int inode) {
        return index.getInt(at(inode));
    }

    /** Whether the inode is a directory. */
    public boolean isDirectory(int inode) {
        return (mode(inode) & 0170000) == 0040000;
    }

    /** Owner, an unsigned 32-bit number. */
    public int uid(int inode) {
        return index.getInt(at(inode) + 4);
    }

    /** Group, an unsigned 32-bit number. */
    public int gid(int inode) {
        return index.getInt(at(inode) + 8);
    }

    /** Link count; for a directory two and one for each directory in it. */
    public int linkCount(int inode) {
        return index.getInt(at(inode) + 12);
    }

    /** Bytes of a regular file or of a symbolic link's target; 0 for all others. */
    public long size(int inode) {
        return index.getLong(at(inode) + 16);
    }

    /** Modification time, whole seconds since 1970; may be negative. */
    public long mtimeSeconds(int inode) {
        return index.getLong(at(inode) + 24);
    }

    /** Nanoseconds of the modification time, 0 to 999,999,999. */
    public int mtimeNanos(int inode) {
        return index.getInt(at(inode) + 32);
    }

    /** Major number of a device, else 0. */
    public int deviceMajor(int inode) {
        return index.getInt(at(inode) + 36);
    }

    /** Minor number of a device, else 0. */
    public int deviceMinor(int inode) {
        return index.getInt(at(inode) + 40);
    }

    /**
     * Where the data of a regular file begins in the tar, in bytes; {@link #size} bytes follow
     * there.
     */
    public long dataOffset(int inode) {
        return index.getLong(at(inode) + 72);
    }

    /** Target of a symbolic link; empty for all others. */
    public byte[] linkTarget(int inode) {
        int record = at(inode);
        return string(index.getInt(record + 52), index.getInt(record + 56));
    }

    /** Whether a directory hides what the layers below have in it. */
    public boolean isOpaque(int inode) {
        return (index.getInt(at(inode) + 68) & FLAG_OPAQUE) != 0;
    }

    /** The directory that a directory is in; the root is in itself. */
    public int parent(int directory) {
        return index.getInt(at(directory) + 80);
    }

    /** How many names a directory has here, whiteouts included; 0 for what is no directory. */
    public int childCount(int directory) {
        return index.getInt(at(directory) + 48);
    }

    /**
     * The child's inode, or {@link #WHITEOUT}; {@code position} counts from 0 in the order of the
     * names' bytes.
     */
    public int childInode(int directory, int position) {
        return index.getInt(nameAt(directory, position) + 8);
    }

    /** The child's name; {@code position} counts from 0 in the order of the names' bytes. */
    public byte[] childName(int directory, int position) {
        int record = nameAt(directory, position);
        return string(index.getInt(record), index.getInt(record + 4));
    }

    /** The inode of this name in a directory, {@link #WHITEOUT}, or {@link #ABSENT}. */
    public int lookup(int directory, byte[] name) {
        int low = 0;
        int high = childCount(directory) - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int record = nameAt(directory, middle);
            int order = compare(index.getInt(record), index.getInt(record + 4), name);
            if (order == 0) {
                return index.getInt(record + 8);
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return ABSENT;
    }

    /**
     * Extended attributes by full name ({@code security.capability}), sorted; empty for most
     * inodes.
     */
    public Map<String, byte[]> xattrs(int inode) {
        int count = index.getInt(at(inode) + 64);
        if (count == 0) {
            return Map.of();
        }
        Map<String, byte[]> xattrs = new LinkedHashMap<>();
        int offset = index.getInt(at(inode) + 60);
        for (int i = 0; i < count; i++) {
            int nameBytes = Short.toUnsignedInt(index.getShort(stringsAt + offset));
            int valueBytes = index.getInt(stringsAt + offset + 2);
            String name = new String(string(offset + 6, nameBytes), StandardCharsets.ISO_8859_1);
            xattrs.put(name, string(offset + 6 + nameBytes, valueBytes));
            offset += 6 + nameBytes + valueBytes;
        }
        return xattrs;
    }

    private int at(int inode) {
        if (inode < 1 || inode > inodeCount) {
            throw new IndexOutOfBoundsException("inode " + inode + " of " + inodeCount);
        }
        return HEADER_BYTES + (inode - 1) * INODE_BYTES;
    }

    private int nameAt(int directory, int position) {
        int record = at(directory);
        if (position < 0 || position >= index.getInt(record + 48)) {
            throw new IndexOutOfBoundsException("entry " + position + " of directory " + directory);
        }
        int entry = index.getInt(record + 44) + position;
        assert entry < nameCount;
        return namesAt + entry * NAME_BYTES;
    }

    private byte[] string(int offset, int length) {
        byte[] bytes = new byte[length];
        index.get(stringsAt + offset, bytes);
        return bytes;
    }

    private int compare(int offset, int length, byte[] name) {
        int common = Math.min(length, name.length);
        for (int i = 0; i < common; i++) {
            int order = Byte.compareUnsigned(index.get(stringsAt + offset + i), name[i]);
            if (order != 0) {
                return order;
            }
        }
        return length - name.length;
    }
}
