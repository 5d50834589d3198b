package callgate.image.zstd;

import java.util.Arrays;

/**
 * Decodes compressed blocks of one frame (3.1.1.3): tables and offsets live from block to block.
 */
final class Blocks {
    /** Most bytes a block can unpack to, and most it can be. */
    static final int MAX_BLOCK_BYTES = 128 << 10;

    private static final short[] LITERAL_LENGTHS = {
        4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1,
        1, -1, -1, -1, -1
    };
    private static final short[] MATCH_LENGTHS = {
        1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1
    };
    private static final short[] OFFSETS = {
        1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1
    };

    private static final int[] LITERAL_BASES = {
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32, 40, 48,
        64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536
    };
    private static final int[] LITERAL_BITS = {
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10,
        11, 12, 13, 14, 15, 16
    };
    private static final int[] MATCH_BASES = {
        3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27,
        28, 29, 30, 31, 32, 33, 34, 35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027,
        2051, 4099, 8195, 16387, 32771, 65539
    };
    private static final int[] MATCH_BITS = {
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
    };

    private static final int MAX_OFFSET_CODE = 31;

    private final Window window;
    private final byte[] literals = new byte[MAX_BLOCK_BYTES];
    private int literalCount;
    private Huffman huffman;
    private Fse literalLengths;
    private Fse offsets;
    private Fse matchLengths;
    private int recent1 = 1;
    private int recent2 = 4;
    private int recent3 = 8;

    Blocks(Window window) {
        this.window = window;
    }

    /**
     * Decodes {@code data[0, size)}, which has {@link BackwardBits#PADDING_BYTES} more behind it,
     * into the window.
     */
    void decode(byte[] data, int size) throws ZstdException {
        int at = readLiterals(data, size);
        if (at >= size) {
            throw new ZstdException("a block without sequences");
        }
        int count = data[at++] & 0xff;
        int more = count < 128 ? 0 : count < 255 ? 1 : 2;
        if (at + more > size) {
            throw new ZstdException("a block that is cut off");
        }
        if (more == 1) {
            count = (count - 128 << 8) + (data[at] & 0xff);
        } else if (more == 2) {
            count = (data[at] & 0xff) + ((data[at + 1] & 0xff) << 8) + 0x7f00;
        }
        at += more;
        int used = 0;
        if (count > 0) {
            at = readTables(data, at, size);
            used = execute(new BackwardBits(data, at, size), count);
        } else if (at != size) {
            throw new ZstdException("a block with something behind its end");
        }
        window.append(literals, used, literalCount - used);
    }

    /** The literals section (3.1.1.3.1); gives where it ends. */
    private int readLiterals(byte[] data, int size) throws ZstdException {
        if (size < 1) {
            throw new ZstdException("an empty block");
        }
        int type = data[0] & 3;
        int format = data[0] >>> 2 & 3;
        boolean coded = type >= 2;
        int headerBytes =
                coded ? Math.max(3, format + 2) : (format & 1) == 0 ? 1 : format == 1 ? 2 : 3;
        if (headerBytes > size) {
            throw new ZstdException("a block that is cut off");
        }
        long header = 0;
        for (int i = 0; i < headerBytes; i++) {
            header |= (data[i] & 0xffL) << 8 * i;
        }
        if (!coded) {
            literalCount = checkedCount(headerBytes == 1 ? header >>> 3 : header >>> 4);
            return readPlain(data, headerBytes, size, type);
        }
        int width = format < 2 ? 10 : format == 2 ? 14 : 18;
        literalCount = checkedCount(header >>> 4 & (1 << width) - 1);
        int end = headerBytes + (int) (header >>> 4 + width);
        if (end > size) {
            throw new ZstdException("literals that are cut off");
        }
        int at = headerBytes;
        if (type == 2) {
            Huffman.Read read = Huffman.read(data, at, end);
            huffman = read.table();
            at = read.end();
        } else if (huffman == null) {
            throw new ZstdException("a block that uses a table nobody gave");
        }
        decodeStreams(data, at, end, format == 0 ? 1 : 4);
        return end;
    }

    private static int checkedCount(long count) throws ZstdException {
        if (count > MAX_BLOCK_BYTES) {
            throw new ZstdException("more literals than a block can have");
        }
        return (int) count;
    }

    private int readPlain(byte[] data, int at, int size, int type) throws ZstdException {
        int stored = type == 0 ? literalCount : 1;
        if (stored > size - at) {
            throw new ZstdException("literals that are cut off");
        }
        if (type == 0) {
            System.arraycopy(data, at, literals, 0, literalCount);
        } else {
            Arrays.fill(literals, 0, literalCount, data[at]);
        }
        return at + stored;
    }

    private void decodeStreams(byte[] data, int at, int end, int streams) throws ZstdException {
        if (streams == 1) {
            huffman.decode(data, at, end, literals, 0, literalCount);
            return;
        }
        int part = (literalCount + 3) / 4;
        int from = at + 6;
        if (from > end || 3 * part > literalCount) {
            throw new ZstdException("literals that are cut off");
        }
        for (int i = 0; i < 4; i++) {
            int bytes =
                    i == 3
                            ? end - from
                            : (data[at + 2 * i] & 0xff) + ((data[at + 2 * i + 1] & 0xff) << 8);
            if (bytes > end - from) {
                throw new ZstdException("literals that are cut off");
            }
            huffman.decode(
                    data,
                    from,
                    from + bytes,
                    literals,
                    i * part,
                    i == 3 ? literalCount : (i + 1) * part);
            from += bytes;
        }
    }

    /** The tables of the sequences section (3.1.1.3.2.1); gives where they end. */
    private int readTables(byte[] data, int start, int size) throws ZstdException {
        if (start >= size || (data[start] & 3) != 0) {
            throw new ZstdException("a block whose tables are damaged");
        }
        int modes = data[start] & 0xff;
        Fse.Read read =
                readTable(
                        data,
                        start + 1,
                        size,
                        modes >>> 6,
                        literalLengths,
                        9,
                        35,
                        6,
                        LITERAL_LENGTHS);
        literalLengths = read.table();
        read =
                readTable(
                        data,
                        read.end(),
                        size,
                        modes >>> 4 & 3,
                        offsets,
                        8,
                        MAX_OFFSET_CODE,
                        5,
                        OFFSETS);
        offsets = read.table();
        read =
                readTable(
                        data,
                        read.end(),
                        size,
                        modes >>> 2 & 3,
                        matchLengths,
                        9,
                        52,
                        6,
                        MATCH_LENGTHS);
        matchLengths = read.table();
        return read.end();
    }

    private static Fse.Read readTable(
            byte[] data,
            int at,
            int size,
            int mode,
            Fse before,
            int maxLog,
            int maxSymbol,
            int defaultLog,
            short[] defaults)
            throws ZstdException {
        switch (mode) {
            case 0 -> {
                return new Fse.Read(Fse.of(defaultLog, defaults), at);
            }
            case 1 -> {
                if (at >= size || (data[at] & 0xff) > maxSymbol) {
                    throw new ZstdException("a table with a symbol that cannot be");
                }
                return new Fse.Read(Fse.single(data[at]), at + 1);
            }
            case 2 -> {
                return Fse.read(data, at, size, maxLog, maxSymbol);
            }
            default -> {
                if (before == null) {
                    throw new ZstdException("a block that uses a table nobody gave");
                }
                return new Fse.Read(before, at);
            }
        }
    }

    /** Literals and matches in turn (3.1.1.4); gives how many literals were used. */
    private int execute(BackwardBits in, int count) throws ZstdException {
        int used = 0;
        int literalState = literalLengths.start(in);
        int offsetState = offsets.start(in);
        int matchState = matchLengths.start(in);
        for (int i = 0; i < count; i++) {
            int offsetCode = offsets.symbol(offsetState);
            int literalCode = literalLengths.symbol(literalState);
            int matchCode = matchLengths.symbol(matchState);
            long offsetValue = (1L << offsetCode) + in.read(offsetCode);
            int match = MATCH_BASES[matchCode] + (int) in.read(MATCH_BITS[matchCode]);
            int run = LITERAL_BASES[literalCode] + (int) in.read(LITERAL_BITS[literalCode]);
            if (i < count - 1) {
                literalState = literalLengths.next(literalState, in);
                matchState = matchLengths.next(matchState, in);
                offsetState = offsets.next(offsetState, in);
            }
            if (in.left() < 0 || run > literalCount - used) {
                throw new ZstdException("sequences that are cut off");
            }
            window.append(literals, used, run);
            used += run;
            window.repeat(offset(offsetValue, run), match);
        }
        if (in.left() != 0) {
            throw new ZstdException("sequences that do not end where they should");
        }
        return used;
    }

    /** The smallest values mean offsets used before (3.1.1.5). */
    private int offset(long value, int run) throws ZstdException {
        if (value > 3) {
            return remember(value - 3);
        }
        int which = (int) value + (run == 0 ? 1 : 0);
        if (which == 1) {
            return recent1;
        }
        if (which == 2) {
            int offset = recent2;
            recent2 = recent1;
            recent1 = offset;
            return offset;
        }
        return remember(which == 3 ? recent3 : recent1 - 1L);
    }

    private int remember(long offset) throws ZstdException {
        if (offset <= 0 || offset > Integer.MAX_VALUE) {
            throw new ZstdException("a match that begins nowhere");
        }
        recent3 = recent2;
        recent2 = recent1;
        recent1 = (int) offset;
        return recent1;
    }
}
