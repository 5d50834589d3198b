package callgate.kernel.ipc;

import callgate.kernel.mm.IoBuffer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Whole words in buffers, in the guest's byte order. */
final class LittleEndian {
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private LittleEndian() {}

    static void putLong(IoBuffer to, long value) {
        byte[] bytes = new byte[Long.BYTES];
        LONG.set(bytes, 0, value);
        to.put(bytes, 0, bytes.length);
    }

    static long getLong(IoBuffer from) {
        byte[] bytes = new byte[Long.BYTES];
        from.get(bytes, 0, bytes.length);
        return (long) LONG.get(bytes, 0);
    }
}
