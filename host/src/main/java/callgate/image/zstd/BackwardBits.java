package callgate.image.zstd;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Bits that are read from their end to their beginning (4.1, "bitstream"); before the beginning
 * there are zeros.
 */
final class BackwardBits {
    /** Bytes that must be readable behind the end of the data. */
    static final int PADDING_BYTES = 8;

    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] data;
    private final int start;
    private long position;

    /**
     * The bits in {@code data[start, end)}; the highest one set in the last byte marks where they
     * end.
     */
    BackwardBits(byte[] data, int start, int end) throws ZstdException {
        if (end <= start || data[end - 1] == 0) {
            throw new ZstdException("a stream of bits without an end mark");
        }
        this.data = data;
        this.start = start;
        int last = data[end - 1] & 0xff;
        this.position = (end - start - 1) * 8L + (31 - Integer.numberOfLeadingZeros(last));
    }

    /** The next bits, at most 56. */
    long read(int count) {
        position -= count;
        return at(count);
    }

    /** The next bits, at most 56, which stay unread. */
    int peek(int count) {
        position -= count;
        int bits = (int) at(count);
        position += count;
        return bits;
    }

    void skip(int count) {
        position -= count;
    }

    /** Bits left; negative when more were read than there are. */
    long left() {
        return position;
    }

    private long at(int count) {
        if (count == 0) {
            return 0;
        }
        long mask = (1L << count) - 1;
        if (position >= 0) {
            return (long) LONG.get(data, start + (int) (position >>> 3)) >>> (position & 7) & mask;
        }
        return position <= -count ? 0 : (long) LONG.get(data, start) << -position & mask;
    }
}
