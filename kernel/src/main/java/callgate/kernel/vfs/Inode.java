package callgate.kernel.vfs;

/** A file, of any type, apart from its names. Thread-safe. */
public abstract class Inode {
    public abstract FileSystem fileSystem();

    /** {@code st_ino}. */
    public abstract long number();

    /** Type and permissions, {@code st_mode}. */
    public abstract int mode();
}
