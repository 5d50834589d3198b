package callgate.kernel.abi;

/** Flags of the {@code *at} system calls (linux/fcntl.h). */
public final class AtFlags {
    /** As a descriptor: the working directory. */
    public static final int AT_FDCWD = -100;

    public static final int AT_SYMLINK_NOFOLLOW = 0x100;

    /** Of {@code unlinkat}; the same bit as {@link #AT_EACCESS}. */
    public static final int AT_REMOVEDIR = 0x200;

    /** Of {@code faccessat2}. */
    public static final int AT_EACCESS = 0x200;

    public static final int AT_SYMLINK_FOLLOW = 0x400;
    public static final int AT_NO_AUTOMOUNT = 0x800;
    public static final int AT_EMPTY_PATH = 0x1000;

    /** Of {@code statx}: AT_STATX_FORCE_SYNC and AT_STATX_DONT_SYNC. */
    public static final int AT_STATX_SYNC_TYPE = 0x6000;

    private AtFlags() {}
}
