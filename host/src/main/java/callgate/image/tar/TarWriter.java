package callgate.image.tar;

import callgate.kernel.fs.tar.LayerEntry;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a tar: plain ustar headers, and pax headers where those are too narrow. The same entries
 * give the same bytes.
 */
public final class TarWriter implements Closeable {
    private static final long MAX_OCTAL_7 = 07777777;
    private static final long MAX_OCTAL_11 = 077777777777L;

    private final OutputStream out;
    private long position;
    private long dataLeft;
    private long padding;

    /** Writes to a stream, which should be buffered. */
    public TarWriter(OutputStream out) {
        this.out = out;
    }

    /**
     * Writes the header; the data of a file, of exactly the size announced, goes to {@link #data}
     * after it.
     */
    public void begin(LayerEntry entry) throws IOException {
        if (dataLeft != 0) {
            throw new IllegalStateException(dataLeft + " bytes of the entry before are missing");
        }
        pad();
        byte[] records = paxRecords(entry);
        if (records.length > 0) {
            writeBlock(header("./PaxHeaders/entry", 'x', 0644, 0, 0, records.length, entry, ""));
            write(records, 0, records.length);
            padding = -records.length & (TarHeader.BLOCK_BYTES - 1);
            pad();
        }
        writeBlock(
                header(
                        entry.path(),
                        type(entry.kind()),
                        entry.permissions(),
                        entry.uid(),
                        entry.gid(),
                        entry.size(),
                        entry,
                        entry.linkTarget()));
        dataLeft = entry.size();
        padding = -entry.size() & (TarHeader.BLOCK_BYTES - 1);
    }

    /** Where the data of the file begun last goes. */
    public OutputStream data() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                if (length > dataLeft) {
                    throw new IllegalStateException("more data than announced");
                }
                dataLeft -= length;
                TarWriter.this.write(bytes, offset, length);
            }
        };
    }

    /** Bytes written so far: after {@link #begin}, where the data of the entry begins. */
    public long position() {
        return position;
    }

    /** Ends the tar and closes the stream. */
    @Override
    public void close() throws IOException {
        try (OutputStream closing = out) {
            if (dataLeft == 0) {
                pad();
                closing.write(new byte[2 * TarHeader.BLOCK_BYTES]);
                position += 2 * TarHeader.BLOCK_BYTES;
            }
        }
    }

    private static char type(LayerEntry.Kind kind) {
        return switch (kind) {
            case FILE -> '0';
            case HARD_LINK -> '1';
            case SYMLINK -> '2';
            case CHARACTER_DEVICE -> '3';
            case BLOCK_DEVICE -> '4';
            case DIRECTORY -> '5';
            case FIFO -> '6';
        };
    }

    private static byte[] paxRecords(LayerEntry entry) throws IOException {
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        if (entry.path().length() > 100) {
            record(records, "path", bytes(entry.path()));
        }
        if (entry.linkTarget().length() > 100) {
            record(records, "linkpath", bytes(entry.linkTarget()));
        }
        if (Integer.toUnsignedLong(entry.uid()) > MAX_OCTAL_7) {
            record(records, "uid", bytes(Integer.toUnsignedString(entry.uid())));
        }
        if (Integer.toUnsignedLong(entry.gid()) > MAX_OCTAL_7) {
            record(records, "gid", bytes(Integer.toUnsignedString(entry.gid())));
        }
        if (entry.size() > MAX_OCTAL_11) {
            record(records, "size", bytes(Long.toString(entry.size())));
        }
        if (entry.mtimeNanos() != 0
                || entry.mtimeSeconds() < 0
                || entry.mtimeSeconds() > MAX_OCTAL_11) {
            record(records, "mtime", bytes(time(entry)));
        }
        for (Map.Entry<String, byte[]> xattr : new TreeMap<>(entry.xattrs()).entrySet()) {
            record(records, "SCHILY.xattr." + xattr.getKey(), xattr.getValue());
        }
        return records.toByteArray();
    }

    private static String time(LayerEntry entry) {
        long seconds = entry.mtimeSeconds();
        int nanos = entry.mtimeNanos();
        if (seconds < 0 && nanos > 0) {
            return String.format(
                    seconds == -1 ? "-0.%2$09d" : "%1$d.%2$09d",
                    seconds + 1,
                    1_000_000_000 - nanos);
        }
        return nanos == 0 ? Long.toString(seconds) : String.format("%d.%09d", seconds, nanos);
    }

    /** One record begins with its own length in decimal, which counts its own digits, too. */
    private static void record(ByteArrayOutputStream out, String key, byte[] value)
            throws IOException {
        int body = 1 + key.length() + 1 + value.length + 1;
        int length = body + 1;
        while (body + Integer.toString(length).length() != length) {
            length = body + Integer.toString(length).length();
        }
        out.write(bytes(length + " " + key + "="));
        out.write(value);
        out.write('\n');
    }

    private static byte[] header(
            String path,
            char type,
            int permissions,
            int uid,
            int gid,
            long size,
            LayerEntry entry,
            String target) {
        byte[] block = new byte[TarHeader.BLOCK_BYTES];
        text(block, 0, 100, path);
        octal(block, 100, 8, permissions);
        octal(block, 108, 8, Integer.toUnsignedLong(uid) > MAX_OCTAL_7 ? 0 : uid);
        octal(block, 116, 8, Integer.toUnsignedLong(gid) > MAX_OCTAL_7 ? 0 : gid);
        octal(block, 124, 12, size > MAX_OCTAL_11 ? 0 : size);
        octal(block, 136, 12, Math.clamp(entry.mtimeSeconds(), 0, MAX_OCTAL_11));
        Arrays.fill(block, 148, 156, (byte) ' ');
        block[156] = (byte) type;
        text(block, 157, 100, target);
        text(block, 257, 6, "ustar\0");
        text(block, 263, 2, "00");
        octal(block, 329, 8, Math.min(entry.deviceMajor(), (int) MAX_OCTAL_7));
        octal(block, 337, 8, Math.min(entry.deviceMinor(), (int) MAX_OCTAL_7));
        octal(block, 148, 7, TarHeader.checksum(block, 0xff));
        return block;
    }

    private static void text(byte[] block, int offset, int length, String text) {
        byte[] bytes = bytes(text);
        System.arraycopy(bytes, 0, block, offset, Math.min(length, bytes.length));
    }

    private static void octal(byte[] block, int offset, int length, long value) {
        for (int i = offset + length - 2; i >= offset; i--) {
            block[i] = (byte) ('0' + (value & 7));
            value >>>= 3;
        }
        block[offset + length - 1] = 0;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private void pad() throws IOException {
        if (padding > 0) {
            write(new byte[(int) padding], 0, (int) padding);
            padding = 0;
        }
    }

    private void writeBlock(byte[] block) throws IOException {
        write(block, 0, block.length);
    }

    private void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        position += length;
    }
}
