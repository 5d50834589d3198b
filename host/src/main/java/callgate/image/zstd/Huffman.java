package callgate.image.zstd;

import java.util.Arrays;

/** A table of Huffman codes for literals (4.2). */
final class Huffman {
    private static final int MAX_BITS = 11;
    private static final int MAX_WEIGHT_LOG = 6;
    private static final int MAX_WEIGHTS = 255;

    private final int maxBits;
    private final byte[] symbols;
    private final byte[] lengths;

    private Huffman(int maxBits) {
        this.maxBits = maxBits;
        this.symbols = new byte[1 << maxBits];
        this.lengths = new byte[1 << maxBits];
    }

    /** Where a table was read to. */
    record Read(Huffman table, int end) {}

    /** Reads a table's description (4.2.1) from {@code data[start, end)}. */
    static Read read(byte[] data, int start, int end) throws ZstdException {
        if (start >= end) {
            throw new ZstdException("a table of codes that is cut off");
        }
        int header = data[start] & 0xff;
        byte[] weights = new byte[MAX_WEIGHTS + 1];
        int count = header >= 128 ? header - 127 : 0;
        int tableEnd = start + 1 + (header >= 128 ? (count + 1) / 2 : header);
        if (tableEnd > end) {
            throw new ZstdException("a table of codes that is cut off");
        }
        if (header >= 128) {
            for (int i = 0; i < count; i++) {
                int pair = data[start + 1 + i / 2];
                weights[i] = (byte) ((i & 1) == 0 ? pair >>> 4 & 15 : pair & 15);
            }
        } else {
            count = readWeights(data, start + 1, tableEnd, weights);
        }
        return new Read(of(weights, count), tableEnd);
    }

    /** Decodes one stream into {@code out[start, end)}. */
    void decode(byte[] data, int from, int to, byte[] out, int start, int end)
            throws ZstdException {
        BackwardBits in = new BackwardBits(data, from, to);
        for (int i = start; i < end; i++) {
            int code = in.peek(maxBits);
            out[i] = symbols[code];
            in.skip(lengths[code]);
        }
        if (in.left() != 0) {
            throw new ZstdException("literals that do not end where they should");
        }
    }

    /** Two states take turns until there are no more bits (4.2.1.2). */
    private static int readWeights(byte[] data, int start, int end, byte[] weights)
            throws ZstdException {
        Fse.Read read = Fse.read(data, start, end, MAX_WEIGHT_LOG, 12);
        Fse table = read.table();
        BackwardBits in = new BackwardBits(data, read.end(), end);
        int first = table.start(in);
        int second = table.start(in);
        int count = 0;
        while (count < MAX_WEIGHTS - 1) {
            weights[count++] = table.symbols[first];
            if (in.left() < table.width(first)) {
                weights[count++] = table.symbols[second];
                return count;
            }
            first = table.next(first, in);
            int swap = first;
            first = second;
            second = swap;
        }
        throw new ZstdException("a table of codes with too many symbols");
    }

    /** The last weight is not stored: it makes the sum a power of two. */
    private static Huffman of(byte[] weights, int count) throws ZstdException {
        int sum = 0;
        for (int i = 0; i < count; i++) {
            sum += weights[i] > 0 ? 1 << (weights[i] - 1) : 0;
        }
        int maxBits = 32 - Integer.numberOfLeadingZeros(sum);
        int rest = (1 << maxBits) - sum;
        if (sum == 0 || maxBits > MAX_BITS || Integer.bitCount(rest) != 1) {
            throw new ZstdException("a table of codes that is not complete");
        }
        weights[count] = (byte) (Integer.numberOfTrailingZeros(rest) + 1);
        Huffman table = new Huffman(maxBits);
        int position = 0;
        for (int weight = 1; weight <= maxBits; weight++) {
            for (int symbol = 0; symbol <= count; symbol++) {
                if (weights[symbol] == weight) {
                    int next = position + (1 << (weight - 1));
                    Arrays.fill(table.symbols, position, next, (byte) symbol);
                    Arrays.fill(table.lengths, position, next, (byte) (maxBits + 1 - weight));
                    position = next;
                }
            }
        }
        return table;
    }
}
