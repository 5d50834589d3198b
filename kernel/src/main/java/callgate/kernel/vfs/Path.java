package callgate.kernel.vfs;

/** A place in the tree of mounts. */
public record Path(Mount mount, Dentry dentry) {
    public Inode inode() {
        return dentry.inode();
    }
}
