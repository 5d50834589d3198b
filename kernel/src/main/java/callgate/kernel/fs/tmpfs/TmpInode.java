package callgate.kernel.fs.tmpfs;

import callgate.kernel.vfs.CountedInode;

/** What all inodes of a tmpfs have. */
abstract sealed class TmpInode extends CountedInode
        permits TmpDirectory, TmpFile, TmpNode, TmpSymlink {
    private final TmpFs fileSystem;

    /** The caller has taken an inode of the limit. */
    TmpInode(TmpFs fileSystem, int mode, int uid, int gid) {
        long now = fileSystem.clock().realtimeNanos();
        super(fileSystem.heapBudget(), fileSystem.newNumber(), now, mode, uid, gid);
        this.fileSystem = fileSystem;
        initTimes(now, now, now);
    }

    @Override
    public final TmpFs fileSystem() {
        return fileSystem;
    }

    @Override
    protected final void end() {
        freeStorage();
        fileSystem.giveInode(extraBytes());
    }

    /** Heap that was taken for it besides an inode's. */
    int extraBytes() {
        return 0;
    }

    /** Nobody uses it any more. */
    void freeStorage() {}
}
