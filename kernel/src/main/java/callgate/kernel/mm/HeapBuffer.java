package callgate.kernel.mm;

import static callgate.machine.memory.RawMemory.RAW;

/**
 * An {@link IoBuffer} over a byte array of the kernel's own: for exec, sendfile, and host streams.
 */
public final class HeapBuffer extends IoBuffer {
    private final byte[] bytes;
    private final int start;
    private final int end;
    private int position;

    public HeapBuffer(byte[] bytes, int offset, int lengthBytes) {
        java.util.Objects.checkFromIndexSize(offset, lengthBytes, bytes.length);
        this.bytes = bytes;
        start = offset;
        position = offset;
        end = offset + lengthBytes;
    }

    public HeapBuffer(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    @Override
    public long remaining() {
        return end - position;
    }

    @Override
    public long transferred() {
        return position - start;
    }

    private int advance(long lengthBytes) {
        int count = (int) Math.min(lengthBytes, end - position);
        position += count;
        return count;
    }

    @Override
    public int put(byte[] from, int offset, int lengthBytes) {
        int at = position;
        int count = advance(lengthBytes);
        System.arraycopy(from, offset, bytes, at, count);
        return count;
    }

    @Override
    public int putFrame(long hostAddress, int lengthBytes) {
        int at = position;
        int count = advance(lengthBytes);
        RAW.copyOut(hostAddress, bytes, at, count);
        return count;
    }

    @Override
    public long putZeros(long lengthBytes) {
        int at = position;
        int count = advance(lengthBytes);
        java.util.Arrays.fill(bytes, at, at + count, (byte) 0);
        return count;
    }

    @Override
    public int get(byte[] to, int offset, int lengthBytes) {
        int at = position;
        int count = advance(lengthBytes);
        System.arraycopy(bytes, at, to, offset, count);
        return count;
    }

    @Override
    public int getFrame(long hostAddress, int lengthBytes) {
        int at = position;
        int count = advance(lengthBytes);
        RAW.copyIn(bytes, at, hostAddress, count);
        return count;
    }

    @Override
    public long skip(long lengthBytes) {
        return advance(lengthBytes);
    }
}
