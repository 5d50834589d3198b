package callgate.machine.memory;

/**
 * Raw loads and stores at host addresses: the one place where memory is touched without a bounds
 * check.
 *
 * <p>Two implementations exist. {@link UnsafeMemory} is used when the launcher exports the JDK's
 * internal {@code Unsafe} to this module ({@code --add-exports
 * java.base/jdk.internal.misc=callgate.machine}); {@link SegmentMemory} needs no export, and serves
 * tests and embedding. {@link #RAW} is the one in use; it is a constant, so that the JIT inlines
 * through it.
 *
 * <p>Values are little-endian; accesses of 16, 32 and 64 bits may be misaligned unless a method
 * says otherwise. Plain accesses are neither atomic across a cache line nor ordered; {@code
 * Ordered} ones are sequentially consistent and must be aligned.
 */
public abstract sealed class RawMemory permits UnsafeMemory, SegmentMemory {
    /** The implementation of this JVM. */
    public static final RawMemory RAW = choose();

    private static RawMemory choose() {
        if (java.nio.ByteOrder.nativeOrder() != java.nio.ByteOrder.LITTLE_ENDIAN) {
            throw new UnsupportedOperationException("Callgate needs a little-endian host");
        }
        boolean exported =
                Object.class
                        .getModule()
                        .isExported("jdk.internal.misc", RawMemory.class.getModule());
        boolean pure = Boolean.getBoolean("callgate.memory.pure");
        return exported && !pure ? new UnsafeMemory() : new SegmentMemory();
    }

    /** True if generated code may use {@link UnsafeAccess} for what {@link #RAW} does. */
    public static boolean isUnsafe() {
        return RAW instanceof UnsafeMemory;
    }

    public abstract byte getByte(long address);

    public abstract short getShort(long address);

    public abstract int getInt(long address);

    public abstract long getLong(long address);

    public abstract void putByte(long address, byte value);

    public abstract void putShort(long address, short value);

    public abstract void putInt(long address, int value);

    public abstract void putLong(long address, long value);

    public abstract double getDouble(long address);

    public abstract void putDouble(long address, double value);

    public abstract int getIntOrdered(long address);

    public abstract long getLongOrdered(long address);

    public abstract void putIntOrdered(long address, int value);

    public abstract void putLongOrdered(long address, long value);

    /**
     * Stores {@code value} if the aligned word holds {@code expected}; sequentially consistent,
     * never fails spuriously.
     */
    public abstract boolean compareAndSetInt(long address, int expected, int value);

    /** As {@link #compareAndSetInt}, 64 bits. */
    public abstract boolean compareAndSetLong(long address, long expected, long value);

    /** Adds, and returns the word before; sequentially consistent. */
    public abstract int getAndAddInt(long address, int delta);

    public abstract long getAndAddLong(long address, long delta);

    /** Stores, and returns the word before; sequentially consistent. */
    public abstract int getAndSetInt(long address, int value);

    public abstract long getAndSetLong(long address, long value);

    /** Copies between host addresses; the ranges may overlap. */
    public abstract void copy(long from, long to, long lengthBytes);

    /** Copies out of a byte array. */
    public abstract void copyIn(byte[] from, int offset, long to, int lengthBytes);

    /** Copies into a byte array. */
    public abstract void copyOut(long from, byte[] to, int offset, int lengthBytes);

    public abstract void fill(long address, long lengthBytes, byte value);
}
