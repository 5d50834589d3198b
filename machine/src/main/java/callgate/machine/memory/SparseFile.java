package callgate.machine.memory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A sparse file mapped once into the JVM. Untouched parts cost neither memory nor disk; they read
 * as zero.
 *
 * <p>Temporary files lie in the host's shared-memory folder when it has room (no write-back to a
 * disk), else in the JVM's temporary folder, and are removed as soon as they are mapped where the
 * host allows that. Thread-safe.
 */
final class SparseFile implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final FileChannel channel;
    private final MemorySegment segment;
    private final HolePuncher puncher;
    private final Path remove;

    /** A temporary file of {@code sizeBytes}; {@code purpose} becomes part of its name. */
    static SparseFile temporary(String purpose, long sizeBytes, long expectedBytes) {
        try {
            Path file =
                    Files.createTempFile(
                            temporaryFolder(expectedBytes), "callgate-" + purpose, ".mem");
            return new SparseFile(file, sizeBytes, true);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot make a sparse file of " + sizeBytes + " bytes for " + purpose, e);
        }
    }

    /** The given file, made or grown to {@code sizeBytes}, kept afterwards. */
    static SparseFile kept(Path file, long sizeBytes) {
        try {
            return new SparseFile(file, sizeBytes, false);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot map " + file + " as physical memory", e);
        }
    }

    private SparseFile(Path file, long sizeBytes, boolean temporary) throws IOException {
        channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        segment = channel.map(FileChannel.MapMode.READ_WRITE, 0, sizeBytes, arena);
        puncher = HolePuncher.forChannel(channel, segment);
        remove = temporary && !tryDelete(file) ? file : null;
        if (remove != null) {
            remove.toFile().deleteOnExit();
        }
    }

    private static boolean tryDelete(Path file) {
        try {
            return Files.deleteIfExists(file);
        } catch (IOException e) {
            return false; // the host keeps mapped files (Windows): removed at exit instead
        }
    }

    private static Path temporaryFolder(long expectedBytes) throws IOException {
        Path shared = Path.of("/dev/shm");
        if (Files.isWritable(shared)
                && Files.getFileStore(shared).getUsableSpace() > expectedBytes) {
            return shared;
        }
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    /** Host address of the first byte. */
    long address() {
        return segment.address();
    }

    /** A buffer over a part of it. */
    ByteBuffer buffer(long offset, int lengthBytes) {
        return segment.asSlice(offset, lengthBytes).asByteBuffer();
    }

    long sizeBytes() {
        return segment.byteSize();
    }

    /**
     * Zeroes a range, giving its memory back to the host where the host can; offsets in bytes,
     * multiples of 4096.
     */
    void release(long offset, long lengthBytes) {
        if (!puncher.punch(offset, lengthBytes)) {
            segment.asSlice(offset, lengthBytes).fill((byte) 0);
        }
    }

    @Override
    public void close() {
        try {
            arena.close();
            channel.close();
            if (remove != null) {
                Files.deleteIfExists(remove);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
