package callgate.kernel.vfs;

import callgate.kernel.abi.ErrnoException;
import callgate.kernel.mm.HeapBuffer;
import callgate.kernel.mm.PageSource;
import callgate.kernel.mm.exec.ExecutableFile;

/**
 * An open file as memory mappings and exec see it; its references are those of the open file.
 * Thread-safe.
 */
public final class MappedOpenFile implements ExecutableFile {
    private final OpenFile file;

    /**
     * Asked once: an overlay's file moves to the upper layer when it is first written, but what is
     * mapped stays what it was.
     */
    private final PageSource pages;

    /**
     * Takes over the caller's reference to {@code file}, which has {@linkplain OpenFile#pages
     * pages}.
     */
    public MappedOpenFile(OpenFile file) {
        this.file = file;
        pages = file.pages();
    }

    /** The open file, without a reference of its own. */
    public OpenFile file() {
        return file;
    }

    @Override
    public int read(long offset, byte[] to, int start, int lengthBytes) {
        try {
            return (int) file.inode().read(new HeapBuffer(to, start, lengthBytes), offset);
        } catch (ErrnoException e) {
            return -e.errno();
        }
    }

    @Override
    public PageSource pages() {
        return pages;
    }

    @Override
    public void retain() {
        file.retain();
    }

    @Override
    public void release() {
        file.release();
    }

    @Override
    public int punch(long offset, long lengthBytes) {
        return file.inode()
                .allocate(Fallocate.PUNCH_HOLE | Fallocate.KEEP_SIZE, offset, lengthBytes);
    }

    @Override
    public String path() {
        Path path = file.path();
        if (path == null) {
            return "";
        }
        Namespace namespace = path.mount().namespace();
        String name =
                namespace == null ? path.dentry().name() : Namespace.nameOf(path, namespace.root());
        return name == null ? path.dentry().name() : name;
    }

    @Override
    public long device() {
        return file.inode().device();
    }

    @Override
    public long inodeNumber() {
        return file.inode().number();
    }

    @Override
    public boolean isWritable() {
        return file.isWritable() && file.isReadable();
    }

    @Override
    public boolean isExecutable() {
        Path path = file.path();
        return path == null || !path.mount().forbidsExecution();
    }
}
