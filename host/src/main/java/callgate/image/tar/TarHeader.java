package callgate.image.tar;

import callgate.kernel.fs.tar.LayerFormatException;
import java.nio.charset.StandardCharsets;

/** Fields of one 512-byte tar header block. */
final class TarHeader {
    static final int BLOCK_BYTES = 512;

    private static final int CHECKSUM_AT = 148;
    private static final int CHECKSUM_BYTES = 8;
    private static final int MAGIC_AT = 257;

    private final byte[] block;

    private TarHeader(byte[] block) {
        this.block = block;
    }

    /** Takes a block, which must carry a right checksum. */
    static TarHeader of(byte[] block) throws LayerFormatException {
        TarHeader header = new TarHeader(block);
        long stored =
                block[CHECKSUM_AT] < 0 ? -1 : header.octalOrMinusOne(CHECKSUM_AT, CHECKSUM_BYTES);
        // some old programs summed signed bytes (GNU tar manual, "Basic Tar Format")
        if (stored != checksum(block, 0xff) && stored != checksum(block, -1)) {
            throw new LayerFormatException(
                    "the checksum of a header is wrong: damaged, or not a tar");
        }
        return header;
    }

    static boolean isZero(byte[] block) {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /** Sum of the header's bytes with its checksum taken as blanks. */
    static long checksum(byte[] block, int mask) {
        long sum = 0;
        for (int i = 0; i < BLOCK_BYTES; i++) {
            boolean own = i >= CHECKSUM_AT && i < CHECKSUM_AT + CHECKSUM_BYTES;
            sum += own ? ' ' : block[i] & mask;
        }
        return sum;
    }

    /** The name, with its prefix where the format has one. */
    String name() {
        String name = text(0, 100);
        // in GNU's format ("ustar  ") times stand where POSIX ("ustar\0") has the prefix
        boolean posix = text(MAGIC_AT, 6).equals("ustar");
        String prefix = posix ? text(345, 155) : "";
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    String linkName() {
        return text(157, 100);
    }

    char type() {
        return (char) (block[156] & 0xff);
    }

    int permissions() throws LayerFormatException {
        return (int) number(100, 8, "mode") & 07777;
    }

    long uid() throws LayerFormatException {
        return number(108, 8, "owner");
    }

    long gid() throws LayerFormatException {
        return number(116, 8, "group");
    }

    long size() throws LayerFormatException {
        return number(124, 12, "size");
    }

    long mtime() throws LayerFormatException {
        return number(136, 12, "time");
    }

    int deviceMajor() throws LayerFormatException {
        return device(329);
    }

    int deviceMinor() throws LayerFormatException {
        return device(337);
    }

    private int device(int offset) throws LayerFormatException {
        long number = number(offset, 8, "device");
        if (number < 0 || number > 0xfffffff) {
            throw new LayerFormatException("a device number out of range");
        }
        return (int) number;
    }

    private String text(int offset, int length) {
        int end = offset;
        while (end < offset + length && block[end] != 0) {
            end++;
        }
        return new String(block, offset, end - offset, StandardCharsets.ISO_8859_1);
    }

    private long number(int offset, int length, String what) throws LayerFormatException {
        return (block[offset] & 0x80) != 0
                ? binary(offset, length, what)
                : octal(offset, length, what);
    }

    private long octal(int offset, int length, String what) throws LayerFormatException {
        long value = octalOrMinusOne(offset, length);
        if (value < 0) {
            throw new LayerFormatException("a header whose " + what + " is no number");
        }
        return value;
    }

    private long octalOrMinusOne(int offset, int length) {
        int i = offset;
        int end = offset + length;
        while (i < end && (block[i] == ' ' || block[i] == 0)) {
            i++;
        }
        long value = 0;
        for (; i < end && block[i] != ' ' && block[i] != 0; i++) {
            if (block[i] < '0' || block[i] > '7') {
                return -1;
            }
            value = value << 3 | block[i] - '0';
        }
        return value; // at most 12 digits, 36 bits
    }

    /** GNU's form for large and negative numbers: two's complement, marked by the highest bit. */
    private long binary(int offset, int length, String what) throws LayerFormatException {
        boolean negative = block[offset] == (byte) 0xff;
        long value = negative ? -1 : 0;
        for (int i = offset; i < offset + length; i++) {
            int b = i == offset && !negative ? block[i] & 0x7f : block[i] & 0xff;
            long shifted = value << 8;
            if (shifted >> 8 != value) {
                throw new LayerFormatException("a header whose " + what + " is out of range");
            }
            value = shifted | b;
        }
        return value;
    }
}
