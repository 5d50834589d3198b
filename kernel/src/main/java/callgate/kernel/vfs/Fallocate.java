package callgate.kernel.vfs;

/** Flags of {@code fallocate(2)}, FALLOC_FL_*. */
public final class Fallocate {
    public static final int KEEP_SIZE = 1;
    public static final int PUNCH_HOLE = 2;
    public static final int ZERO_RANGE = 16;

    private Fallocate() {}
}
