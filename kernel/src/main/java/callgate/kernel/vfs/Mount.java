package callgate.kernel.vfs;

/**
 * A file system at a place of the tree.
 *
 * @param parent where it is mounted, or null for the root
 */
public record Mount(FileSystem fileSystem, Dentry root, Path parent, long flags) {
    public static final long MS_RDONLY = 1;
    public static final long MS_NOSUID = 2;
    public static final long MS_NODEV = 4;
    public static final long MS_NOEXEC = 8;

    public boolean isReadOnly() {
        return (flags & MS_RDONLY) != 0;
    }
}
