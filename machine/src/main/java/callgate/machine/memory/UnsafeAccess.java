package callgate.machine.memory;

import jdk.internal.misc.Unsafe;

/**
 * For generated code: the instance whose methods the JVM's compilers know. Only to be touched if
 * {@link RawMemory#isUnsafe()}.
 */
public final class UnsafeAccess {
    public static final Unsafe UNSAFE = Unsafe.getUnsafe();

    /** Offset of the first element of a double[]. */
    public static final long DOUBLES = Unsafe.ARRAY_DOUBLE_BASE_OFFSET;

    private UnsafeAccess() {}
}
