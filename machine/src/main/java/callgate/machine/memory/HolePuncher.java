package callgate.machine.memory;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.channels.FileChannel;

/**
 * Gives ranges of a mapped file back to the host: on Linux by {@code madvise(MADV_REMOVE)}, which
 * frees the blocks of a shared file mapping; elsewhere, or where native access is refused, it
 * reports that it cannot.
 */
@FunctionalInterface
interface HolePuncher {
    int MADV_REMOVE = 9;

    /**
     * Frees a range so that it reads as zero; false if the host cannot, and then nothing changed.
     */
    boolean punch(long offset, long lengthBytes);

    static HolePuncher forChannel(FileChannel channel, MemorySegment segment) {
        MethodHandle madvise = Madvise.HANDLE;
        if (madvise == null || !channel.isOpen()) {
            return (offset, lengthBytes) -> false;
        }
        return (offset, lengthBytes) -> {
            try {
                return (int)
                                madvise.invokeExact(
                                        segment.asSlice(offset, lengthBytes),
                                        lengthBytes,
                                        MADV_REMOVE)
                        == 0;
            } catch (Throwable e) {
                return false;
            }
        };
    }

    /** The host's {@code madvise}, or null. */
    final class Madvise {
        static final MethodHandle HANDLE = find();

        private Madvise() {}

        private static MethodHandle find() {
            if (!System.getProperty("os.name").equals("Linux")
                    || !HolePuncher.class.getModule().isNativeAccessEnabled()) {
                return null;
            }
            Linker linker = Linker.nativeLinker();
            FunctionDescriptor shape =
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_INT);
            return linker.defaultLookup()
                    .find("madvise")
                    .map(symbol -> linker.downcallHandle(symbol, shape))
                    .orElse(null);
        }
    }
}
