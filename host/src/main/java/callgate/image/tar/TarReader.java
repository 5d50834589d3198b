package callgate.image.tar;

import callgate.kernel.fs.tar.LayerEntry;
import callgate.kernel.fs.tar.LayerFormatException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Reads a tar from its beginning, entry by entry. Everything that is damaged, cut off or not
 * understood ends in a {@link LayerFormatException} or {@link EOFException}.
 */
public final class TarReader {
    /** Largest extended header or long name. */
    private static final int MAX_EXTRA_BYTES = 1 << 20;

    private final InputStream in;
    private final long limitBytes;
    private long position;
    private long dataLeft;
    private long paddingLeft;
    private PaxRecords globals = PaxRecords.NONE;
    private String lastName = "";

    /**
     * Reads from a stream.
     *
     * @param in the tar without compression; {@code skip} should be cheap when it is a file
     * @param limitBytes size of the tar, or the most that is believed of one
     */
    public TarReader(InputStream in, long limitBytes) {
        this.in = in;
        this.limitBytes = limitBytes;
    }

    /**
     * The next entry with the offset of its data; null at the end. Data of the one before is
     * skipped.
     */
    public LayerEntry next() throws IOException {
        PaxRecords records = PaxRecords.NONE;
        String longName = null;
        String longLink = null;
        while (true) {
            skip(dataLeft + paddingLeft);
            dataLeft = 0;
            paddingLeft = 0;
            byte[] block = readBlock();
            if (TarHeader.isZero(block)) {
                return end();
            }
            TarHeader header = TarHeader.of(block);
            switch (header.type()) {
                case 'x' -> records = records.plus(extra(header));
                case 'g' -> globals = globals.plus(extra(header));
                case 'L' -> longName = terminated(extra(header));
                case 'K' -> longLink = terminated(extra(header));
                case 'V' -> skip(padded(boundedSize(header.size()))); // the name of the volume
                default -> {
                    return entry(header, globals.plus(records), longName, longLink);
                }
            }
        }
    }

    /** Copies the data of the entry that {@link #next} gave. */
    public void copyData(OutputStream out) throws IOException {
        byte[] buffer = new byte[(int) Math.min(dataLeft, 1 << 16)];
        while (dataLeft > 0) {
            int count = in.read(buffer, 0, (int) Math.min(dataLeft, buffer.length));
            if (count < 0) {
                throw cutOff();
            }
            out.write(buffer, 0, count);
            dataLeft -= count;
            position += count;
        }
    }

    /** Bytes read or skipped so far. */
    public long position() {
        return position;
    }

    /** Name of the entry read last, for messages; empty before the first. */
    public String lastName() {
        return lastName;
    }

    private LayerEntry end() throws IOException {
        // two zero blocks end a tar; GNU tar, too, is content with one at the very end
        byte[] second = in.readNBytes(TarHeader.BLOCK_BYTES);
        position += second.length;
        if (!TarHeader.isZero(second)) {
            throw new LayerFormatException("data after a block of zeros: damaged, or not a tar");
        }
        return null;
    }

    private LayerEntry entry(TarHeader header, PaxRecords records, String longName, String longLink)
            throws IOException {
        records.refuseSparse();
        String path = records.text("path", longName != null ? longName : header.name());
        lastName = path;
        String target = records.text("linkpath", longLink != null ? longLink : header.linkName());
        LayerEntry.Kind kind = kind(header.type(), path);
        boolean hasData = kind == LayerEntry.Kind.FILE;
        boolean isLink = kind == LayerEntry.Kind.SYMLINK || kind == LayerEntry.Kind.HARD_LINK;
        boolean isDevice =
                kind == LayerEntry.Kind.CHARACTER_DEVICE || kind == LayerEntry.Kind.BLOCK_DEVICE;
        // only files have data; what other entries say about a size is not followed by any (GNU tar
        // manual)
        long size = hasData ? boundedSize(records.number("size", header.size())) : 0;
        dataLeft = size;
        paddingLeft = padded(size) - size;
        long[] time = records.time("mtime", header.mtime());
        Map<String, byte[]> xattrs = records.xattrs();
        return new LayerEntry(
                path,
                kind,
                header.permissions(),
                owner(records.number("uid", header.uid())),
                owner(records.number("gid", header.gid())),
                time[0],
                (int) time[1],
                size,
                hasData ? position : 0,
                isLink ? target : "",
                isDevice ? header.deviceMajor() : 0,
                isDevice ? header.deviceMinor() : 0,
                xattrs);
    }

    private static LayerEntry.Kind kind(char type, String path) throws LayerFormatException {
        return switch (type) {
            // before POSIX a directory was a file whose name ends in a slash
            case '0', '\0', '7' ->
                    path.endsWith("/") ? LayerEntry.Kind.DIRECTORY : LayerEntry.Kind.FILE;
            case '1' -> LayerEntry.Kind.HARD_LINK;
            case '2' -> LayerEntry.Kind.SYMLINK;
            case '3' -> LayerEntry.Kind.CHARACTER_DEVICE;
            case '4' -> LayerEntry.Kind.BLOCK_DEVICE;
            case '5' -> LayerEntry.Kind.DIRECTORY;
            case '6' -> LayerEntry.Kind.FIFO;
            case 'S' ->
                    throw new LayerFormatException("a sparse file; make the tar without --sparse");
            default ->
                    throw new LayerFormatException(
                            "an entry of unknown type "
                                    + (type > ' ' && type < 127
                                            ? "'" + type + "'"
                                            : "" + (int) type));
        };
    }

    private static int owner(long id) throws LayerFormatException {
        if (id < 0 || id >= 0xffffffffL) {
            throw new LayerFormatException("an owner out of range: " + id);
        }
        return (int) id;
    }

    private byte[] extra(TarHeader header) throws IOException {
        long size = header.size();
        if (size < 0 || size > MAX_EXTRA_BYTES) {
            throw new LayerFormatException("an extended header of " + size + " bytes");
        }
        byte[] data = in.readNBytes((int) size);
        position += data.length;
        if (data.length < size) {
            throw cutOff();
        }
        skip(padded(size) - size);
        return data;
    }

    private static String terminated(byte[] data) {
        int length = 0;
        while (length < data.length && data[length] != 0) {
            length++;
        }
        return new String(data, 0, length, StandardCharsets.ISO_8859_1);
    }

    private long boundedSize(long size) throws IOException {
        if (size < 0) {
            throw new LayerFormatException("a file of " + size + " bytes");
        }
        if (size > limitBytes - position) {
            throw new EOFException(
                    "a file of " + size + " bytes, more than the tar has left: cut off or damaged");
        }
        return size;
    }

    private static long padded(long size) {
        return (size + TarHeader.BLOCK_BYTES - 1) & -TarHeader.BLOCK_BYTES;
    }

    private byte[] readBlock() throws IOException {
        byte[] block = in.readNBytes(TarHeader.BLOCK_BYTES);
        position += block.length;
        if (block.length < TarHeader.BLOCK_BYTES) {
            throw cutOff();
        }
        return block;
    }

    private void skip(long count) throws IOException {
        try {
            in.skipNBytes(count);
        } catch (EOFException e) {
            throw cutOff();
        }
        position += count;
    }

    private EOFException cutOff() {
        return new EOFException(
                "the tar ends in the middle, after " + position + " bytes: cut off or damaged");
    }
}
