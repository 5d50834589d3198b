package callgate.kernel.mm;

/**
 * The memory side of a read or a write: a cursor over guest memory or a byte array. {@code put}
 * methods are the destination of a read; {@code get} methods the source of a write. Each moves at
 * most {@link #remaining} bytes, advances the cursor, and returns how many bytes it moved.
 *
 * <p>If guest memory is not accessible, what could be moved is moved; an access that can move
 * nothing throws {@link callgate.kernel.abi.ErrnoException} with EFAULT. Used by one thread.
 */
public abstract class IoBuffer {
    /** Bytes that can still be moved. */
    public abstract long remaining();

    /** Bytes moved so far. */
    public abstract long transferred();

    /** Moves bytes from an array to the buffer. */
    public abstract int put(byte[] from, int offset, int lengthBytes);

    /** Moves bytes from physmem, at a host address inside one frame, to the buffer. */
    public abstract int putFrame(long hostAddress, int lengthBytes);

    /** Puts zeros: a hole in a file, or /dev/zero. */
    public abstract long putZeros(long lengthBytes);

    /** Moves bytes from the buffer to an array. */
    public abstract int get(byte[] to, int offset, int lengthBytes);

    /** Moves bytes from the buffer to physmem, at a host address inside one frame. */
    public abstract int getFrame(long hostAddress, int lengthBytes);

    /** Skips bytes of a source, as /dev/null does. */
    public abstract long skip(long lengthBytes);
}
