package callgate.kernel.fs.tar;

import callgate.kernel.mm.FramePool;
import callgate.kernel.vfs.FileSystem;
import callgate.kernel.vfs.FsStatistics;
import callgate.kernel.vfs.Inode;
import callgate.kernel.wait.Clock;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * One tar layer as a read-only file system: names and attributes from its index, data from the tar
 * itself, read page by page into the page cache when they are wanted. Thread-safe.
 */
public final class TarFs extends FileSystem implements AutoCloseable {
    private static final long MAGIC = 0x54415246; // "FRAT": Linux has none for tars

    private final FramePool frames;
    private final LayerIndex index;
    private final FileChannel tar;
    private final AtomicReferenceArray<TarInode> inodes;

    /**
     * Opens a layer.
     *
     * @throws LayerFormatException if the index is damaged, or was made for a tar of another size
     * @throws IOException if either file cannot be read
     */
    public TarFs(FramePool frames, Clock clock, long device, Path tarFile, Path indexFile)
            throws IOException {
        super(clock, device);
        this.frames = frames;
        index = LayerIndex.open(indexFile);
        tar = FileChannel.open(tarFile, StandardOpenOption.READ);
        if (tar.size() != index.tarBytes()) {
            tar.close();
            throw new LayerFormatException(
                    "an index for a tar of "
                            + index.tarBytes()
                            + " bytes; "
                            + tarFile
                            + " has another size");
        }
        inodes = new AtomicReferenceArray<>(index.inodeCount() + 1);
    }

    @Override
    public String type() {
        return "tar";
    }

    @Override
    public Inode root() {
        return inode(LayerIndex.ROOT);
    }

    @Override
    public boolean isReadOnly() {
        return true;
    }

    @Override
    public FsStatistics statistics() {
        long blocks = index.tarBytes() / 4096;
        return new FsStatistics(MAGIC, 4096, blocks, 0, 0, index.inodeCount(), 0);
    }

    /** The one inode object of a number. */
    TarInode inode(int number) {
        TarInode inode = inodes.get(number);
        if (inode == null) {
            inode =
                    index.isDirectory(number)
                            ? new TarDirectory(this, number)
                            : new TarInode(this, number);
            TarInode other = inodes.compareAndExchange(number, null, inode);
            return other != null ? other : inode;
        }
        return inode;
    }

    LayerIndex index() {
        return index;
    }

    FramePool frames() {
        return frames;
    }

    FileChannel tar() {
        return tar;
    }

    /** Closes the tar; what is not in the page cache cannot be read any more. */
    @Override
    public void close() throws IOException {
        tar.close();
    }
}
