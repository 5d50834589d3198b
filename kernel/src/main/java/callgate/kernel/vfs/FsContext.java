package callgate.kernel.vfs;

/** Root, working directory and umask of a process; shared by tasks after CLONE_FS. Thread-safe. */
public final class FsContext {
    private volatile Path root;
    private volatile Path workingDirectory;
    private volatile int umask;

    public FsContext(Path root, Path workingDirectory, int umask) {
        this.root = root;
        this.workingDirectory = workingDirectory;
        this.umask = umask;
    }

    /** An own copy, for fork. */
    public FsContext copy() {
        return new FsContext(root, workingDirectory, umask);
    }

    public Path root() {
        return root;
    }

    public void setRoot(Path path) {
        root = path;
    }

    public Path workingDirectory() {
        return workingDirectory;
    }

    public void setWorkingDirectory(Path path) {
        workingDirectory = path;
    }

    public int umask() {
        return umask;
    }

    public void setUmask(int mask) {
        umask = mask & 0777;
    }
}
