package callgate.image.zstd;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Unpacks one frame after the other. Belongs to one thread. */
public final class ZstdInputStream extends InputStream {
    private static final long MAGIC = 0xFD2FB528L;
    private static final long SKIPPABLE_MAGIC = 0x184D2A50L;

    /** Most memory a frame may ask for: what {@code zstd -d} allows by itself. */
    private static final long MAX_WINDOW_BYTES = 128L << 20;

    private static final int MIN_WINDOW_BYTES = 1 << 10;

    private final InputStream in;
    private final byte[] block = new byte[Blocks.MAX_BLOCK_BYTES + BackwardBits.PADDING_BYTES];
    private Window window;
    private Blocks blocks;
    private XxHash64 hash;
    private long contentLeft;
    private boolean lastBlock;
    private boolean ended;

    /** Reads from a stream, which should be buffered. */
    public ZstdInputStream(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (!ended && (window == null || window.available() == 0)) {
            if (window == null) {
                beginFrame();
            } else if (lastBlock) {
                endFrame();
            } else {
                readBlock();
            }
        }
        return ended ? -1 : window.take(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private void beginFrame() throws IOException {
        int first = in.read();
        if (first < 0) {
            ended = true;
            return;
        }
        long magic = first | number(3) << 8;
        if ((magic & ~15L) == SKIPPABLE_MAGIC) {
            in.skipNBytes(number(4));
            return;
        }
        if (magic != MAGIC) {
            throw new ZstdException("something that is no zstd frame");
        }
        int descriptor = (int) number(1);
        boolean singleSegment = (descriptor & 0x20) != 0;
        if ((descriptor & 8) != 0) {
            throw new ZstdException("a frame of a kind that does not exist yet");
        }
        long windowBytes = singleSegment ? 0 : windowBytes((int) number(1));
        if (number(new int[] {0, 1, 2, 4}[descriptor & 3]) != 0) {
            throw new ZstdException("a frame that needs a dictionary");
        }
        int sizeFlag = descriptor >>> 6;
        boolean sizeKnown = sizeFlag != 0 || singleSegment;
        contentLeft = sizeKnown ? number(1 << sizeFlag) + (sizeFlag == 1 ? 256 : 0) : -1;
        windowBytes = singleSegment ? contentLeft : windowBytes;
        if (windowBytes < 0 || windowBytes > MAX_WINDOW_BYTES) {
            throw new ZstdException(
                    "a frame that needs "
                            + Long.toUnsignedString(windowBytes)
                            + " bytes of memory, at most "
                            + MAX_WINDOW_BYTES
                            + " are possible");
        }
        window = new Window((int) Math.max(windowBytes, MIN_WINDOW_BYTES));
        blocks = new Blocks(window);
        hash = (descriptor & 4) != 0 ? new XxHash64() : null;
        lastBlock = false;
    }

    private static long windowBytes(int descriptor) {
        long base = 1L << 10 + (descriptor >>> 3);
        return base + (base >>> 3) * (descriptor & 7);
    }

    private void readBlock() throws IOException {
        int header = (int) number(3);
        lastBlock = (header & 1) != 0;
        int size = header >>> 3;
        if (size > Blocks.MAX_BLOCK_BYTES) {
            throw new ZstdException("a block of " + size + " bytes");
        }
        window.beginBlock();
        switch (header >>> 1 & 3) {
            case 0 -> {
                fetch(size);
                window.append(block, 0, size);
            }
            case 1 -> {
                fetch(1);
                window.fill(block[0], size);
            }
            case 2 -> {
                fetch(size);
                blocks.decode(block, size);
            }
            default -> throw new ZstdException("a block of a kind that does not exist");
        }
        if (contentLeft >= 0) {
            contentLeft -= window.available();
            if (contentLeft < 0) {
                throw new ZstdException("a frame with more data than it says");
            }
        }
        if (hash != null) {
            window.hash(hash);
        }
    }

    private void endFrame() throws IOException {
        if (contentLeft > 0) {
            throw new ZstdException("a frame with less data than it says");
        }
        if (hash != null && number(4) != (hash.value() & 0xffffffffL)) {
            throw new ZstdException("data that is damaged, its checksum is wrong");
        }
        window = null;
    }

    private void fetch(int size) throws IOException {
        if (in.readNBytes(block, 0, size) < size) {
            throw new EOFException("the compressed data is cut off");
        }
    }

    private long number(int bytes) throws IOException {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException("the compressed data is cut off");
            }
            value |= (long) b << 8 * i;
        }
        return value;
    }
}
