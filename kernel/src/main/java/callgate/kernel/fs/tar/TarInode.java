package callgate.kernel.fs.tar;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.mm.PageCache;
import callgate.kernel.mm.PageSource;
import callgate.kernel.vfs.CachedData;
import callgate.kernel.vfs.DeviceNumber;
import callgate.kernel.vfs.FileSystem;
import callgate.kernel.vfs.Inode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A file of a layer. Nothing about it changes, apart from what its page cache holds. */
sealed class TarInode extends Inode permits TarDirectory {
    private static final long SECOND = 1_000_000_000L;

    /** Pages read at once: programs are mostly read in order. */
    private static final int READ_AHEAD = 16;

    private final TarFs fileSystem;
    private final int number;
    private volatile Contents contents;

    TarInode(TarFs fileSystem, int number) {
        LayerIndex index = fileSystem.index();
        super(index.mode(number), index.uid(number), index.gid(number));
        this.fileSystem = fileSystem;
        this.number = number;
        initLinks(index.linkCount(number));
        long seconds =
                Math.clamp(
                        index.mtimeSeconds(number),
                        Long.MIN_VALUE / SECOND + 1,
                        Long.MAX_VALUE / SECOND - 1);
        long modified = seconds * SECOND + index.mtimeNanos(number);
        initTimes(modified, modified, modified);
    }

    @Override
    public final FileSystem fileSystem() {
        return fileSystem;
    }

    final LayerIndex index() {
        return fileSystem.index();
    }

    @Override
    public final long number() {
        return number;
    }

    @Override
    public final long size() {
        return index().size(number);
    }

    @Override
    public final long blocks() {
        return (size() + 511) / 512;
    }

    @Override
    public final long representedDevice() {
        return DeviceNumber.of(index().deviceMajor(number), index().deviceMinor(number));
    }

    @Override
    public final String readlink() {
        if (!isSymlink()) {
            throw new ErrnoException(Errno.EINVAL);
        }
        return new String(index().linkTarget(number), StandardCharsets.ISO_8859_1);
    }

    // ---- extended attributes ----

    @Override
    public final boolean supportsXattrs() {
        return true;
    }

    @Override
    public final byte[] xattr(String name) {
        return xattrs().get(name);
    }

    @Override
    public final List<String> xattrNames() {
        return List.copyOf(xattrs().keySet());
    }

    private Map<String, byte[]> xattrs() {
        return index().xattrs(number);
    }

    @Override
    public final int setMode(int permissions) {
        return -Errno.EROFS;
    }

    @Override
    public final int setOwner(int newUid, int newGid) {
        return -Errno.EROFS;
    }

    @Override
    public final int setTimes(long access, long modify) {
        return -Errno.EROFS;
    }

    @Override
    public final void touchAccess(long now) {}

    // ---- data ----

    @Override
    public final long read(IoBuffer to, long offset) {
        return isRegular() ? contents().data.read(to, offset) : -Errno.EINVAL;
    }

    @Override
    public final PageSource pages() {
        return isRegular() ? contents().cache : null;
    }

    @Override
    public final int truncate(long sizeBytes) {
        return -Errno.EROFS;
    }

    private Contents contents() {
        Contents found = contents;
        if (found == null) {
            synchronized (this) {
                found = contents;
                if (found == null) {
                    found = new Contents();
                    contents = found;
                }
            }
        }
        return found;
    }

    /** The data of a regular file: bytes of the tar, one after the other. */
    private final class Contents implements PageCache.Store {
        final PageCache cache = new PageCache(fileSystem.frames(), this);
        final CachedData data =
                new CachedData(
                        fileSystem.frames().memory(), cache, this, CachedData.Missing.UNREAD);
        private final long start = index().dataOffset(number);
        private final long size = size();

        @Override
        public long sizeBytes() {
            return size;
        }

        @Override
        public int readPage(long page, long hostAddress) {
            long offset = page << 12;
            if (offset >= size) {
                return 0;
            }
            ByteBuffer frame =
                    fileSystem
                            .frames()
                            .memory()
                            .buffer(hostAddress, (int) Math.min(4096, size - offset));
            try {
                while (frame.hasRemaining()) {
                    if (fileSystem.tar().read(frame, start + offset + frame.position()) < 0) {
                        return -Errno.EIO; // the tar was cut off after it was opened
                    }
                }
                return 0;
            } catch (IOException e) {
                return -Errno.EIO;
            }
        }

        @Override
        public int writePage(long page, long hostAddress, int lengthBytes) {
            return -Errno.EROFS;
        }

        @Override
        public boolean isEvictable() {
            return true;
        }

        @Override
        public int readAheadPages() {
            return READ_AHEAD;
        }
    }
}
