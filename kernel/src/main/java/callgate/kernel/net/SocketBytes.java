package callgate.kernel.net;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Numbers in the byte arrays of addresses and options, in the guest's byte order; ports are in the
 * network's.
 */
public final class SocketBytes {
    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BIG_SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle BIG_INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle BIG_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private SocketBytes() {}

    public static int getShort(byte[] bytes, int at) {
        return (short) SHORT.get(bytes, at) & 0xffff;
    }

    public static void putShort(byte[] bytes, int at, int value) {
        SHORT.set(bytes, at, (short) value);
    }

    public static int getInt(byte[] bytes, int at) {
        return (int) INT.get(bytes, at);
    }

    public static void putInt(byte[] bytes, int at, int value) {
        INT.set(bytes, at, value);
    }

    public static long getLong(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at);
    }

    public static void putLong(byte[] bytes, int at, long value) {
        LONG.set(bytes, at, value);
    }

    static int getPort(byte[] bytes, int at) {
        return (short) BIG_SHORT.get(bytes, at) & 0xffff;
    }

    static void putPort(byte[] bytes, int at, int value) {
        BIG_SHORT.set(bytes, at, (short) value);
    }

    static int getBigInt(byte[] bytes, int at) {
        return (int) BIG_INT.get(bytes, at);
    }

    static void putBigInt(byte[] bytes, int at, int value) {
        BIG_INT.set(bytes, at, value);
    }

    static long getBigLong(byte[] bytes, int at) {
        return (long) BIG_LONG.get(bytes, at);
    }

    static void putBigLong(byte[] bytes, int at, long value) {
        BIG_LONG.set(bytes, at, value);
    }

    public static byte[] ofInt(int value) {
        byte[] bytes = new byte[Integer.BYTES];
        putInt(bytes, 0, value);
        return bytes;
    }
}
