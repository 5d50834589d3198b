package callgate.kernel.vfs;

/** A file system, or a directory of one, at a place of the tree. Thread-safe. */
public final class Mount {
    public static final long MS_RDONLY = 1;
    public static final long MS_NOSUID = 2;
    public static final long MS_NODEV = 4;
    public static final long MS_NOEXEC = 8;

    private final Namespace namespace;
    private final int id;
    private final FileSystem fileSystem;
    private final Dentry root;
    private final Path parent;
    private final String source;
    private volatile long flags;

    Mount(
            Namespace namespace,
            int id,
            FileSystem fileSystem,
            Dentry root,
            Path parent,
            String source,
            long flags) {
        this.namespace = namespace;
        this.id = id;
        this.fileSystem = fileSystem;
        this.root = root;
        this.parent = parent;
        this.source = source;
        this.flags = flags;
    }

    /** A mount outside of every tree. */
    static Mount detached(FileSystem fileSystem) {
        return new Mount(null, 0, fileSystem, null, null, "none", 0);
    }

    /** The tree it belongs to; null for the mount of something without a name. */
    public Namespace namespace() {
        return namespace;
    }

    /** Number in /proc/self/mountinfo. */
    public int id() {
        return id;
    }

    public FileSystem fileSystem() {
        return fileSystem;
    }

    /** The directory (or, of a bind mount, file) that stands at the mount point. */
    public Dentry root() {
        return root;
    }

    /** Where it is mounted, or null for the root. */
    public Path parent() {
        return parent;
    }

    /** The first column of /proc/mounts. */
    public String source() {
        return source;
    }

    public long flags() {
        return flags;
    }

    void setFlags(long newFlags) {
        flags = newFlags;
    }

    public boolean isReadOnly() {
        return (flags & MS_RDONLY) != 0 || fileSystem.isReadOnly();
    }

    public boolean forbidsExecution() {
        return (flags & MS_NOEXEC) != 0;
    }

    public boolean forbidsDevices() {
        return (flags & MS_NODEV) != 0;
    }
}
