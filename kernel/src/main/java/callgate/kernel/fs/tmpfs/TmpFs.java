package callgate.kernel.fs.tmpfs;

import callgate.kernel.abi.Mode;
import callgate.kernel.mm.FramePool;
import callgate.kernel.vfs.FileSystem;
import callgate.kernel.vfs.FsStatistics;
import callgate.kernel.vfs.HeapBudget;
import callgate.kernel.vfs.Inode;
import callgate.kernel.wait.Clock;
import callgate.machine.memory.PhysMem;
import java.util.concurrent.atomic.AtomicLong;

/** A file system in memory. Thread-safe. */
public final class TmpFs extends FileSystem {
    private static final long MAGIC = 0x01021994;

    /** What an inode with its name, dentry and page cache costs of the host's heap. */
    private static final int INODE_BYTES = 1536;

    private static final int BLOCK = PhysMem.PAGE_SIZE;

    private final FramePool frames;
    private final String type;
    private final long pageLimit;
    private final long inodeLimit;
    private final AtomicLong pages = new AtomicLong();
    private final AtomicLong inodes = new AtomicLong();
    private final AtomicLong nextNumber = new AtomicLong(1);
    private final TmpDirectory root;

    /**
     * An empty file system with a root directory of root's.
     *
     * @param type {@code tmpfs}, or what stands in its place in /proc/mounts ({@code devtmpfs})
     * @param sizeBytes storage for data at most; physmem may end before
     * @param inodeLimit files at most, of all types
     * @param heapBudget what inodes are counted against besides
     */
    public TmpFs(
            FramePool frames,
            Clock clock,
            long device,
            String type,
            int rootPermissions,
            long sizeBytes,
            long inodeLimit,
            HeapBudget heapBudget) {
        super(clock, device, heapBudget);
        this.frames = frames;
        this.type = type;
        pageLimit = sizeBytes / BLOCK;
        this.inodeLimit = inodeLimit;
        takeInode(0);
        root = new TmpDirectory(this, Mode.S_IFDIR | rootPermissions, 0, 0);
    }

    @Override
    public String type() {
        return type;
    }

    @Override
    public Inode root() {
        return root;
    }

    /** Whether a memfd takes seals. */
    public enum Sealing {
        FORBIDDEN,
        ALLOWED
    }

    /**
     * A regular file without a name, for memfd_create and shared memory. ENOSPC by ErrnoException.
     */
    public Inode newUnnamedFile(int permissions, int uid, int gid, Sealing sealing) {
        TmpFile file =
                (TmpFile)
                        root.createUnnamed(
                                Mode.S_IFREG | permissions, uid, gid, Inode.Linking.FORBIDDEN);
        if (sealing == Sealing.ALLOWED) {
            file.allowSealing();
        }
        return file;
    }

    @Override
    public FsStatistics statistics() {
        long free = Math.max(0, pageLimit - pages.get());
        long freeFiles = Math.max(0, inodeLimit - inodes.get());
        return new FsStatistics(MAGIC, BLOCK, pageLimit, free, free, inodeLimit, freeFiles);
    }

    FramePool frames() {
        return frames;
    }

    long newNumber() {
        return nextNumber.getAndIncrement();
    }

    /**
     * Counts one more inode, perhaps made elsewhere; false if there are too many.
     *
     * @param extraBytes heap that it takes besides: a link's target
     */
    public boolean takeInode(int extraBytes) {
        if (inodes.incrementAndGet() > inodeLimit || !heapBudget().take(INODE_BYTES + extraBytes)) {
            inodes.decrementAndGet();
            return false;
        }
        return true;
    }

    public void giveInode(int extraBytes) {
        inodes.decrementAndGet();
        heapBudget().give(INODE_BYTES + extraBytes);
    }

    /** Counts one more page; false if there are too many. */
    boolean takePage() {
        if (pages.incrementAndGet() > pageLimit) {
            pages.decrementAndGet();
            return false;
        }
        return true;
    }

    void givePages(long count) {
        pages.addAndGet(-count);
    }

    long pageLimit() {
        return pageLimit;
    }
}
