package callgate.image.tar;

import callgate.image.zstd.ZstdInputStream;
import callgate.kernel.fs.tar.LayerFormatException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/** What a file is compressed with, told by its first bytes. */
public enum Compression {
    NONE,
    GZIP(0x1f, 0x8b),
    XZ(0xfd, '7', 'z', 'X', 'Z', 0),
    ZSTD(0x28, 0xb5, 0x2f, 0xfd),
    BZIP2('B', 'Z', 'h');

    /** Most memory for unpacking one xz stream; {@code xz -9} needs 65 MiB. */
    private static final int MAX_XZ_MEMORY_KIB = 192 * 1024;

    private static final int BUFFER_BYTES = 1 << 16;
    private static final int LONGEST_MAGIC = 6;

    private final byte[] magic;

    Compression(int... magic) {
        this.magic = new byte[magic.length];
        for (int i = 0; i < magic.length; i++) {
            this.magic[i] = (byte) magic[i];
        }
    }

    /** The compression of a file that begins with these bytes. */
    public static Compression of(byte[] beginning) {
        for (Compression compression : values()) {
            int length = compression.magic.length;
            if (length > 0
                    && beginning.length >= length
                    && Arrays.equals(compression.magic, 0, length, beginning, 0, length)) {
                return compression;
            }
        }
        return NONE;
    }

    /**
     * Unpacks a stream of any compression known; errors in it appear as {@link IOException} while
     * reading.
     */
    public static InputStream unpack(InputStream in) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(in, BUFFER_BYTES);
        buffered.mark(LONGEST_MAGIC);
        byte[] beginning = buffered.readNBytes(LONGEST_MAGIC);
        buffered.reset();
        Compression compression = of(beginning);
        try {
            return compression == NONE ? buffered : new Described(compression.decoder(buffered));
        } catch (EOFException e) {
            throw cutOff();
        }
    }

    private InputStream decoder(InputStream buffered) throws IOException {
        return switch (this) {
            case NONE -> buffered;
            case GZIP -> new GZIPInputStream(buffered, BUFFER_BYTES);
            case XZ ->
                    new BufferedInputStream(
                            new XZInputStream(buffered, MAX_XZ_MEMORY_KIB), BUFFER_BYTES);
            case ZSTD -> new ZstdInputStream(buffered);
            case BZIP2 ->
                    throw new LayerFormatException(
                            "compressed with bzip2; unpack it with bunzip2 first");
        };
    }

    private static EOFException cutOff() {
        return new EOFException("the compressed data is cut off");
    }

    /** Says what is wrong where the library only throws. */
    private static final class Described extends FilterInputStream {
        Described(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            try {
                return in.read();
            } catch (EOFException e) {
                throw cutOff();
            }
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                return in.read(bytes, offset, length);
            } catch (EOFException e) {
                throw cutOff();
            }
        }

        @Override
        public long skip(long count) throws IOException {
            try {
                return in.skip(count);
            } catch (EOFException e) {
                throw cutOff();
            }
        }
    }
}
