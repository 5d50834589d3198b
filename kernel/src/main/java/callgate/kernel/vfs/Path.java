package callgate.kernel.vfs;

/** A place in the tree of mounts. */
public record Path(Mount mount, Dentry dentry) {
    /** A place outside of every tree, for what has no name: pipes, sockets, memfds. */
    public static Path detached(String name, Inode inode) {
        return new Path(Mount.detached(inode.fileSystem()), Dentry.detached(name, inode));
    }

    public Inode inode() {
        return dentry.inode();
    }
}
