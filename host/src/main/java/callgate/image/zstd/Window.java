package callgate.image.zstd;

import java.util.Arrays;

/**
 * The bytes unpacked last: as far back as matches may reach, and those that nobody has taken yet.
 */
final class Window {
    private final int reach;
    private byte[] bytes = new byte[2 * Blocks.MAX_BLOCK_BYTES];
    private int taken;
    private int end;
    private int blockEnd;

    /** A window that matches may reach back in by so many bytes. */
    Window(int reach) {
        this.reach = reach;
    }

    /** Makes room for a block; everything before must have been taken. */
    void beginBlock() {
        if (end + Blocks.MAX_BLOCK_BYTES > bytes.length) {
            int keep = Math.min(end, reach);
            if (keep + Blocks.MAX_BLOCK_BYTES > bytes.length / 2) {
                long doubled = Math.max(2L * bytes.length, keep + 2L * Blocks.MAX_BLOCK_BYTES);
                byte[] larger =
                        new byte[(int) Math.min(doubled, 2L * reach + 2L * Blocks.MAX_BLOCK_BYTES)];
                System.arraycopy(bytes, end - keep, larger, 0, keep);
                bytes = larger;
            } else {
                System.arraycopy(bytes, end - keep, bytes, 0, keep);
            }
            end = keep;
            taken = keep;
        }
        blockEnd = end + Blocks.MAX_BLOCK_BYTES;
    }

    void append(byte[] data, int from, int count) throws ZstdException {
        refuseOverflow(count);
        System.arraycopy(data, from, bytes, end, count);
        end += count;
    }

    void fill(byte value, int count) throws ZstdException {
        refuseOverflow(count);
        Arrays.fill(bytes, end, end + count, value);
        end += count;
    }

    /** Appends a copy of what begins so far back; it may reach into itself. */
    void repeat(int offset, int count) throws ZstdException {
        refuseOverflow(count);
        if (offset > end || offset > reach) {
            throw new ZstdException("a match that begins before the data");
        }
        int from = end - offset;
        if (offset >= count) {
            System.arraycopy(bytes, from, bytes, end, count);
        } else {
            for (int i = 0; i < count; i++) {
                bytes[end + i] = bytes[from + i];
            }
        }
        end += count;
    }

    /** Bytes that nobody has taken. */
    int available() {
        return end - taken;
    }

    int take(byte[] to, int offset, int length) {
        int count = Math.min(length, available());
        System.arraycopy(bytes, taken, to, offset, count);
        taken += count;
        return count;
    }

    /** Adds what the last block unpacked to, from here on, to a checksum. */
    void hash(XxHash64 hash) {
        hash.update(bytes, taken, end - taken);
    }

    private void refuseOverflow(int count) throws ZstdException {
        if (count < 0 || count > blockEnd - end) {
            throw new ZstdException("a block that unpacks to more than a block can have");
        }
    }
}
