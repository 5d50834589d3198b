package callgate.kernel.vfs;

/** Seals of memfds (fcntl(2), F_ADD_SEALS). */
public final class Seals {
    public static final int F_SEAL_SEAL = 1;
    public static final int F_SEAL_SHRINK = 2;
    public static final int F_SEAL_GROW = 4;
    public static final int F_SEAL_WRITE = 8;
    public static final int F_SEAL_FUTURE_WRITE = 16;

    /** Either of the seals that forbid writing. */
    public static final int ANY_WRITE = F_SEAL_WRITE | F_SEAL_FUTURE_WRITE;

    public static final int ALL = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | ANY_WRITE;

    private Seals() {}
}
