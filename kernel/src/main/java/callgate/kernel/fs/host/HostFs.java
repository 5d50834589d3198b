package callgate.kernel.fs.host;

import callgate.kernel.mm.FramePool;
import callgate.kernel.vfs.FileSystem;
import callgate.kernel.vfs.FsStatistics;
import callgate.kernel.vfs.Inode;
import callgate.kernel.wait.Clock;
import callgate.kernel.wait.Entropy;
import java.io.IOException;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** A directory of the host. Thread-safe. */
public final class HostFs extends FileSystem implements AutoCloseable {
    /** What Linux's statfs says of directories shared into a virtual machine (V9FS_MAGIC). */
    private static final long MAGIC = 0x01021997;

    private static final int TEMPORARY_NAME_BYTES = 12;

    /** What the guest may do. */
    public enum Access {
        READ_ONLY,
        READ_WRITE
    }

    private final FramePool frames;
    private final Entropy entropy;
    private final Path top;
    private final Access access;

    /** Whether this host makes hard links to symbolic links themselves, as Linux's link(2). */
    private final boolean linksAnything = "Linux".equals(System.getProperty("os.name"));

    private final HostHandles handles = new HostHandles();
    private final ReentrantReadWriteLock pathLock = new ReentrantReadWriteLock();
    private final HostDirectory root;

    // inodes by identity, guarded by `inodes`: a file has one object as long as anybody uses it
    private final Map<Object, Known> inodes = new HashMap<>();
    private final ReferenceQueue<HostInode> forgotten = new ReferenceQueue<>();

    private static final class Known extends WeakReference<HostInode> {
        final Object key;

        Known(HostInode inode, ReferenceQueue<HostInode> queue) {
            super(inode, queue);
            key = inode.key();
        }
    }

    /**
     * Shares a directory.
     *
     * @param directory may be reached through links; what it leads to now is what is shared
     * @throws IOException if it is no directory that can be read, or the host cannot do this safely
     */
    public HostFs(
            FramePool frames,
            Clock clock,
            Entropy entropy,
            long device,
            Path directory,
            Access access)
            throws IOException {
        super(clock, device);
        this.frames = frames;
        this.entropy = entropy;
        this.access = access;
        top = directory.toRealPath();
        try (SecureDirectoryStream<Path> stream = HostHandles.open(top)) {
            PosixFileAttributeView view = stream.getFileAttributeView(PosixFileAttributeView.class);
            root = new HostDirectory(this, HostAttributes.of(view.readAttributes(), top), null);
        }
        inodes.put(root.key(), new Known(root, forgotten));
    }

    @Override
    public String type() {
        return "host";
    }

    @Override
    public Inode root() {
        return root;
    }

    @Override
    public Names names() {
        return Names.CHECKED;
    }

    @Override
    public boolean isReadOnly() {
        return access == Access.READ_ONLY;
    }

    @Override
    public FsStatistics statistics() {
        return HostErrors.call(
                () -> {
                    FileStore store = Files.getFileStore(top);
                    long block = 4096;
                    return new FsStatistics(
                            MAGIC,
                            (int) block,
                            store.getTotalSpace() / block,
                            store.getUnallocatedSpace() / block,
                            store.getUsableSpace() / block,
                            0,
                            0);
                });
    }

    @Override
    public int sync() {
        List<HostInode> all = new ArrayList<>();
        synchronized (inodes) {
            for (Known known : inodes.values()) {
                HostInode inode = known.get();
                if (inode != null) {
                    all.add(inode);
                }
            }
        }
        int result = 0;
        for (HostInode inode : all) {
            int synced = inode instanceof HostFile file ? file.sync() : 0;
            result = synced != 0 ? synced : result;
        }
        return result;
    }

    /** Lets go of all directories held open. Files still open stay so until they are closed. */
    @Override
    public void close() {
        handles.close();
    }

    boolean linksAnything() {
        return linksAnything;
    }

    Path top() {
        return top;
    }

    FramePool frames() {
        return frames;
    }

    HostHandles handles() {
        return handles;
    }

    /**
     * Read-held while a whole path is used; write-held while the guest changes where paths lead.
     */
    ReentrantReadWriteLock pathLock() {
        return pathLock;
    }

    /** A name for something that is being made; nobody else has it. */
    Path temporaryName() {
        byte[] random = new byte[TEMPORARY_NAME_BYTES];
        entropy.fill(random);
        return top.getFileSystem().getPath(".callgate-" + HexFormat.of().formatHex(random));
    }

    /** The one inode of a file. */
    HostInode inode(HostAttributes attributes, HostInode.Place place) {
        synchronized (inodes) {
            for (Object gone = forgotten.poll(); gone != null; gone = forgotten.poll()) {
                inodes.remove(((Known) gone).key, gone);
            }
            Known known = inodes.get(attributes.key());
            HostInode inode = known == null ? null : known.get();
            // an inode number may be used again for another file
            if (inode != null && inode.isOfType(attributes)) {
                inode.found(attributes, place);
                return inode;
            }
            HostInode made = HostInode.make(this, attributes, place);
            inodes.put(attributes.key(), new Known(made, forgotten));
            return made;
        }
    }
}
