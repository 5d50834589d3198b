package callgate.kernel.sys;

import callgate.kernel.mm.IoBuffer;
import callgate.kernel.vfs.DirectoryEmitter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Directory entries as {@code getdents64} returns them. Used by one thread.
 *
 * <pre>
 * 0  u64 inode   8  s64 next offset   16  u16 length of the entry, a multiple of 8   18  u8 type   19  name, NUL
 * </pre>
 */
final class DirectoryBytes implements DirectoryEmitter {
    /** Bytes that one call returns at most. */
    static final int LIMIT = 32768;

    private static final int HEADER = 19;

    private final ByteBuffer bytes;
    private boolean tooSmall;

    DirectoryBytes(int lengthBytes) {
        bytes = ByteBuffer.allocate(lengthBytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public boolean emit(String name, long inode, int type, long nextOffset) {
        int length = (HEADER + name.length() + 1 + 7) & ~7;
        if (length > bytes.remaining()) {
            tooSmall = true;
            return false;
        }
        int start = bytes.position();
        bytes.putLong(inode).putLong(nextOffset).putShort((short) length).put((byte) type);
        bytes.put(name.getBytes(StandardCharsets.ISO_8859_1));
        bytes.position(start + length); // a new array is zero: the NUL and the padding are there
        return true;
    }

    int length() {
        return bytes.position();
    }

    /** Whether an entry was left out for want of room. */
    boolean isTooSmall() {
        return tooSmall;
    }

    void copyTo(IoBuffer to) {
        to.put(bytes.array(), 0, bytes.position());
    }
}
