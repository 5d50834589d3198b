package callgate.kernel.vfs;

/** A mounted or mountable file system instance. Thread-safe. */
public abstract class FileSystem {
    /** Its type as in /proc/filesystems. */
    public abstract String type();

    /** The device number of its inodes ({@code st_dev}). */
    public abstract long device();

    public abstract Inode root();
}
