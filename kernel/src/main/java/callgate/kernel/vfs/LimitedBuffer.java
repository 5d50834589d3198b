package callgate.kernel.vfs;

import callgate.kernel.mm.IoBuffer;

/** A buffer of which only the first bytes may be moved. */
public final class LimitedBuffer extends IoBuffer {
    private final IoBuffer buffer;
    private final long limit;

    /**
     * @param lengthBytes how many more bytes may be moved
     */
    public LimitedBuffer(IoBuffer buffer, long lengthBytes) {
        this.buffer = buffer;
        boolean huge = lengthBytes > Long.MAX_VALUE - buffer.transferred();
        limit = huge ? Long.MAX_VALUE : buffer.transferred() + lengthBytes;
    }

    @Override
    public long remaining() {
        return Math.min(buffer.remaining(), limit - buffer.transferred());
    }

    @Override
    public long transferred() {
        return buffer.transferred();
    }

    private int clip(int lengthBytes) {
        return (int) Math.min(lengthBytes, limit - buffer.transferred());
    }

    private long clip(long lengthBytes) {
        return Math.min(lengthBytes, limit - buffer.transferred());
    }

    @Override
    public int put(byte[] from, int offset, int lengthBytes) {
        return buffer.put(from, offset, clip(lengthBytes));
    }

    @Override
    public int putFrame(long hostAddress, int lengthBytes) {
        return buffer.putFrame(hostAddress, clip(lengthBytes));
    }

    @Override
    public long putZeros(long lengthBytes) {
        return buffer.putZeros(clip(lengthBytes));
    }

    @Override
    public int get(byte[] to, int offset, int lengthBytes) {
        return buffer.get(to, offset, clip(lengthBytes));
    }

    @Override
    public int getFrame(long hostAddress, int lengthBytes) {
        return buffer.getFrame(hostAddress, clip(lengthBytes));
    }

    @Override
    public long skip(long lengthBytes) {
        return buffer.skip(clip(lengthBytes));
    }
}
