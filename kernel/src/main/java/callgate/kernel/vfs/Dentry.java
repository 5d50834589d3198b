package callgate.kernel.vfs;

/** A name in a directory, and the inode it stands for. */
public final class Dentry {
    private volatile Dentry parent;
    private volatile String name;
    private volatile Inode inode;

    public Dentry(Dentry parent, String name, Inode inode) {
        this.parent = parent == null ? this : parent;
        this.name = name;
        this.inode = inode;
    }

    public Dentry parent() {
        return parent;
    }

    public String name() {
        return name;
    }

    /** Null once the name is gone. */
    public Inode inode() {
        return inode;
    }
}
