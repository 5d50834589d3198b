package callgate.kernel.fs.overlay;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.fs.tmpfs.TmpFs;
import callgate.kernel.vfs.FileSystem;
import callgate.kernel.vfs.FsStatistics;
import callgate.kernel.vfs.Inode;
import callgate.kernel.wait.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Read-only layers with changes above. Thread-safe. */
public final class OverlayFs extends FileSystem {
    private static final long MAGIC = 0x794c7630;

    private final TmpFs upper;
    private final int layerCount;
    private final AtomicLong nextNumber = new AtomicLong(1);
    private final OverlayDirectory root;

    /** Files of layers that have several names: each stays one file. */
    private final Map<Inode, OverlayInode> shared = new ConcurrentHashMap<>();

    /**
     * @param layers file systems whose files do not change, lowest first; at least one
     * @param upper where changed data go; its limits hold for this file system
     */
    public OverlayFs(Clock clock, long device, List<? extends FileSystem> layers, TmpFs upper) {
        super(clock, device, upper.heapBudget());
        this.upper = upper;
        layerCount = layers.size();
        List<Lower> roots = new ArrayList<>();
        for (int layer = layerCount - 1; layer >= 0; layer--) {
            Inode layerRoot = layers.get(layer).root();
            roots.add(new Lower(layerRoot, layer));
            if (Lower.isOpaque(layerRoot)) {
                break;
            }
        }
        root = new OverlayDirectory(this, roots);
    }

    @Override
    public String type() {
        return "overlay";
    }

    @Override
    public Inode root() {
        return root;
    }

    @Override
    public FsStatistics statistics() {
        FsStatistics s = upper.statistics();
        return new FsStatistics(
                MAGIC,
                s.blockSizeBytes(),
                s.blocks(),
                s.freeBlocks(),
                s.availableBlocks(),
                s.files(),
                s.freeFiles());
    }

    TmpFs upper() {
        return upper;
    }

    long numberOf(Lower lower) {
        return numberOf(lower.inode().number(), lower.layer());
    }

    long numberOf(long lowerNumber, int layer) {
        return lowerNumber * (layerCount + 1) + layer;
    }

    long newNumber() {
        return nextNumber.getAndIncrement() * (layerCount + 1) + layerCount;
    }

    /** The inode over a layer's file that is no directory. */
    OverlayInode over(Lower lower) {
        if (lower.inode().links() < 2) {
            return makeOver(lower);
        }
        return shared.computeIfAbsent(lower.inode(), inode -> makeOver(lower));
    }

    private OverlayInode makeOver(Lower lower) {
        return lower.inode().isRegular()
                ? new OverlayFile(this, lower)
                : new OverlayNode(this, lower);
    }

    /** Counts one more new inode that is no regular file; ErrnoException ENOSPC. */
    void takeInode(int extraBytes) {
        if (!upper.takeInode(extraBytes)) {
            throw new ErrnoException(Errno.ENOSPC);
        }
    }
}
