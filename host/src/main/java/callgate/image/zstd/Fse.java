package callgate.image.zstd;

import java.util.Arrays;

/**
 * A table of finite state entropy (4.1): each state has a symbol, and says how to come to the next
 * state.
 */
final class Fse {
    final int accuracyLog;
    final byte[] symbols;
    private final byte[] bits;
    private final short[] baselines;

    private Fse(int accuracyLog) {
        this.accuracyLog = accuracyLog;
        this.symbols = new byte[1 << accuracyLog];
        this.bits = new byte[1 << accuracyLog];
        this.baselines = new short[1 << accuracyLog];
    }

    /** A table with one symbol only, which takes no bits. */
    static Fse single(int symbol) {
        Fse table = new Fse(0);
        table.symbols[0] = (byte) symbol;
        return table;
    }

    /**
     * From probabilities, in units of one over the table's size; minus one is less than one unit
     * (4.1.1).
     */
    static Fse of(int accuracyLog, short[] probabilities) {
        Fse table = new Fse(accuracyLog);
        int size = 1 << accuracyLog;
        int[] next = new int[probabilities.length];
        int high = size;
        for (int symbol = 0; symbol < probabilities.length; symbol++) {
            next[symbol] = Math.max(probabilities[symbol], 1);
            if (probabilities[symbol] == -1) {
                table.symbols[--high] = (byte) symbol;
            }
        }
        int step = (size >> 1) + (size >> 3) + 3;
        int position = 0;
        for (int symbol = 0; symbol < probabilities.length; symbol++) {
            for (int i = 0; i < probabilities[symbol]; i++) {
                table.symbols[position] = (byte) symbol;
                do {
                    position = position + step & size - 1;
                } while (position >= high);
            }
        }
        for (int state = 0; state < size; state++) {
            int count = next[table.symbols[state] & 0xff]++;
            int width = accuracyLog - (31 - Integer.numberOfLeadingZeros(count));
            table.bits[state] = (byte) width;
            table.baselines[state] = (short) ((count << width) - size);
        }
        return table;
    }

    /** Where a table was read to. */
    record Read(Fse table, int end) {}

    /** Reads a table's description (4.1.1) from {@code data[start, end)}. */
    static Read read(byte[] data, int start, int end, int maxAccuracyLog, int maxSymbol)
            throws ZstdException {
        ForwardBits in = new ForwardBits(data, start, end);
        int accuracyLog = in.read(4) + 5;
        if (accuracyLog > maxAccuracyLog) {
            throw new ZstdException("a table that is too fine");
        }
        short[] probabilities = new short[maxSymbol + 1];
        int remaining = 1 << accuracyLog;
        int symbol = 0;
        while (remaining > 0) {
            if (symbol > maxSymbol) {
                throw new ZstdException("a table with too many symbols");
            }
            int probability = in.readProbability(remaining);
            remaining -= Math.abs(probability);
            probabilities[symbol++] = (short) probability;
            if (probability == 0) {
                symbol += in.readZeros(maxSymbol + 1 - symbol);
            }
        }
        if (remaining < 0) {
            throw new ZstdException("a table whose probabilities are too large");
        }
        return new Read(of(accuracyLog, Arrays.copyOf(probabilities, symbol)), in.byteEnd());
    }

    /** The first state. */
    int start(BackwardBits in) {
        return (int) in.read(accuracyLog);
    }

    /** The state after this one. */
    int next(int state, BackwardBits in) {
        return baselines[state] + (int) in.read(bits[state]);
    }

    /** How many bits the way to the next state takes. */
    int width(int state) {
        return bits[state];
    }

    int symbol(int state) {
        return symbols[state] & 0xff;
    }

    /** Bits in the ordinary direction, the lowest of each byte first. */
    private static final class ForwardBits {
        private final byte[] data;
        private final int end;
        private long position;

        ForwardBits(byte[] data, int start, int end) {
            this.data = data;
            this.end = end;
            this.position = start * 8L;
        }

        int read(int count) throws ZstdException {
            int value = 0;
            for (int i = 0; i < count; i++, position++) {
                int index = (int) (position >>> 3);
                if (index >= end) {
                    throw new ZstdException("a table that is cut off");
                }
                value |= (data[index] >>> (position & 7) & 1) << i;
            }
            return value;
        }

        /**
         * Values that cannot be because of what remains leave room, so the lowest ones take a bit
         * less.
         */
        int readProbability(int remaining) throws ZstdException {
            int width = 32 - Integer.numberOfLeadingZeros(remaining + 1);
            int threshold = (1 << width) - 1 - (remaining + 1);
            int low = read(width - 1);
            if (low < threshold) {
                return low - 1;
            }
            int value = low | read(1) << (width - 1);
            return (value >= 1 << (width - 1) ? value - threshold : value) - 1;
        }

        /**
         * After a probability of zero, two bits at a time say how many more there are; three means
         * go on.
         */
        int readZeros(int most) throws ZstdException {
            int zeros = 0;
            int count;
            do {
                count = read(2);
                zeros += count;
            } while (count == 3 && zeros <= most);
            if (zeros > most) {
                throw new ZstdException("a table with too many symbols");
            }
            return zeros;
        }

        int byteEnd() {
            return (int) (position + 7 >>> 3);
        }
    }
}
