package callgate.kernel.fs.host;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.mm.HeapBuffer;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.mm.PageCache;
import callgate.kernel.mm.PageSource;
import callgate.kernel.vfs.CachedData;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.Fallocate;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.vfs.Path;
import callgate.machine.memory.PhysMem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;

/**
 * A regular file of the host. While somebody has it open or mapped, a channel of the host is open
 * and pages are cached; what others on the host do to it is seen when it is opened, and when its
 * size changes.
 */
final class HostFile extends HostInode {
    private static final int SHIFT = PhysMem.PAGE_SHIFT;
    private static final int CHUNK = 65536;
    private static final int READ_AHEAD = 16;

    private final PageCache cache;
    private final CachedData data;
    private final Object writeLock = new Object();
    private final HostXattrs xattrs = new HostXattrs(this);

    // guarded by this
    private int users;
    private volatile FileChannel channel;
    private boolean channelWrites;
    private volatile long length;

    HostFile(HostFs fileSystem, HostAttributes attributes, Place place) {
        super(fileSystem, attributes, place);
        length = attributes.size();
        Storage storage = new Storage();
        cache = new PageCache(fileSystem.frames(), storage);
        data =
                new CachedData(
                        fileSystem.frames().memory(), cache, storage, CachedData.Missing.UNREAD);
    }

    // ---- extended attributes ----

    @Override
    public boolean supportsXattrs() {
        return true;
    }

    @Override
    public byte[] xattr(String name) {
        return xattrs.get(name);
    }

    @Override
    public int setXattr(String name, byte[] value, int flags) {
        return xattrs.set(name, value, flags);
    }

    @Override
    public int removeXattr(String name) {
        return xattrs.remove(name);
    }

    @Override
    public List<String> xattrNames() {
        return xattrs.list();
    }

    // ---- opening ----

    @Override
    public OpenFile open(Caller caller, Path path, int flags) {
        openChannel((flags & OpenFlags.O_ACCMODE) != OpenFlags.O_RDONLY);
        return super.open(caller, path, flags);
    }

    private synchronized void openChannel(boolean forWriting) {
        if (channel != null && (channelWrites || !forWriting)) {
            return;
        }
        FileChannel opened = newChannel(forWriting);
        FileChannel old = channel;
        channel = opened;
        channelWrites = forWriting;
        if (old != null) {
            HostErrors.run(old::close);
        } else {
            length = HostErrors.call(opened::size);
        }
    }

    private FileChannel newChannel(boolean forWriting) {
        if (forWriting && fileSystem().isReadOnly()) {
            throw new ErrnoException(Errno.EROFS);
        }
        Place at = place();
        HostAttributes now = at.directory().attributes(at.name());
        if (now == null || !now.key().equals(key())) {
            throw new ErrnoException(Errno.ESTALE);
        }
        Set<OpenOption> options =
                forWriting
                        ? Set.of(
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE,
                                LinkOption.NOFOLLOW_LINKS)
                        : Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        try (HostHandles.Handle handle = fileSystem().handles().use(at.directory())) {
            return HostErrors.call(
                    () -> (FileChannel) handle.stream.newByteChannel(at.hostName(), options));
        }
    }

    @Override
    public void opened(int delta) {
        FileChannel unused = null;
        synchronized (this) {
            if (users == 0 && channel == null) {
                HostErrors.run(() -> openChannel(false)); // if it fails, reading says EIO
            }
            users += delta;
            if (users == 0 && channel != null) {
                cache.writeBack(0, Long.MAX_VALUE);
                cache.close();
                unused = channel;
                channel = null;
                channelWrites = false;
            }
        }
        if (unused != null) {
            HostErrors.run(unused::close);
        }
    }

    private FileChannel channel() {
        FileChannel open = channel;
        if (open == null) {
            throw new ErrnoException(Errno.EIO);
        }
        return open;
    }

    // ---- attributes ----

    @Override
    public long size() {
        return channel == null ? super.size() : length;
    }

    @Override
    void found(HostAttributes attributes, Place where) {
        super.found(attributes, where);
        if (channel == null) {
            length = attributes.size();
        }
    }

    @Override
    public int refresh() {
        int result = super.refresh();
        if (channel != null) {
            adoptSize();
        }
        return result;
    }

    /**
     * Takes over the size that the host says; pages that a change of size made wrong are dropped.
     */
    private void adoptSize() {
        long now;
        try {
            now = HostErrors.call(channel()::size);
        } catch (ErrnoException e) {
            return;
        }
        long before = length;
        if (now != before) {
            synchronized (writeLock) {
                length = now;
                cache.discard(Math.min(now, before) >>> SHIFT, Long.MAX_VALUE >>> SHIFT);
            }
        }
    }

    // ---- data ----

    @Override
    public long read(IoBuffer to, long offset) {
        if (offset + Math.min(to.remaining(), Integer.MAX_VALUE) > length) {
            adoptSize();
        }
        return data.read(to, offset);
    }

    @Override
    public long write(IoBuffer from, long offset) {
        synchronized (writeLock) {
            return writeLocked(from, offset);
        }
    }

    @Override
    public long append(IoBuffer from) {
        synchronized (writeLock) {
            adoptSize();
            return writeLocked(from, length);
        }
    }

    /** To the host at once; pages in the cache are changed too. */
    private long writeLocked(IoBuffer from, long offset) {
        if (offset > Long.MAX_VALUE - from.remaining()) {
            return -Errno.EFBIG;
        }
        byte[] chunk = new byte[(int) Math.min(CHUNK, from.remaining())];
        long at = offset;
        while (from.remaining() > 0) {
            int count = from.get(chunk, 0, (int) Math.min(chunk.length, from.remaining()));
            if (count == 0) {
                break;
            }
            long start = at;
            int result = HostErrors.run(() -> writeHost(ByteBuffer.wrap(chunk, 0, count), start));
            if (result < 0) {
                return at > offset ? at - offset : result;
            }
            updateCache(chunk, count, at);
            at += count;
            if (at > length) {
                length = at;
            }
        }
        if (at > offset) {
            touchModify(now());
        }
        return at - offset;
    }

    private void writeHost(ByteBuffer bytes, long offset) throws IOException {
        long at = offset;
        while (bytes.hasRemaining()) {
            at += channel().write(bytes, at);
        }
    }

    private void updateCache(byte[] bytes, int count, long offset) {
        PhysMem memory = fileSystem().frames().memory();
        for (int done = 0; done < count; ) {
            long at = offset + done;
            int inPage = (int) at & PhysMem.PAGE_SIZE - 1;
            int step = Math.min(count - done, PhysMem.PAGE_SIZE - inPage);
            int frame = cache.pageIfPresent(at >>> SHIFT);
            if (frame != 0) {
                memory.buffer(memory.address(frame) + inPage, step).put(bytes, done, step);
                memory.release(frame);
            }
            done += step;
        }
    }

    @Override
    public int truncate(long sizeBytes) {
        if (sizeBytes < 0) {
            return -Errno.EINVAL;
        }
        if (fileSystem().isReadOnly()) {
            return -Errno.EROFS;
        }
        opened(1);
        try {
            openChannel(true);
            synchronized (writeLock) {
                int result = HostErrors.run(() -> resize(sizeBytes));
                if (result == 0) {
                    long before = length;
                    length = sizeBytes;
                    if (sizeBytes < before) {
                        cache.truncate(sizeBytes);
                    }
                    touchModify(now());
                }
                return result;
            }
        } finally {
            opened(-1);
        }
    }

    private void resize(long sizeBytes) throws IOException {
        if (sizeBytes <= channel().size()) {
            channel().truncate(sizeBytes);
        } else {
            writeHost(ByteBuffer.allocate(1), sizeBytes - 1);
        }
    }

    /**
     * Room is made by the host when it is written; only the size is set here. Holes are written as
     * zeros.
     */
    @Override
    public int allocate(int flags, long offset, long lengthBytes) {
        long end = offset + lengthBytes;
        int result = (flags & ~Fallocate.KEEP_SIZE) == 0 ? 0 : clear(offset, Math.min(end, size()));
        boolean grows = (flags & Fallocate.KEEP_SIZE) == 0 && end > size();
        return result == 0 && grows ? truncate(end) : result;
    }

    private int clear(long from, long end) {
        byte[] zeros = new byte[CHUNK];
        for (long at = from; at < end; ) {
            int count = (int) Math.min(zeros.length, end - at);
            long written = write(new HeapBuffer(zeros, 0, count), at);
            if (written <= 0) {
                return written < 0 ? (int) written : -Errno.EIO;
            }
            at += written;
        }
        return 0;
    }

    @Override
    public int sync() {
        int result = cache.writeBack(0, Long.MAX_VALUE);
        FileChannel open = channel;
        if (result == 0 && open != null && channelWrites) {
            result = HostErrors.run(() -> open.force(true));
        }
        return result;
    }

    @Override
    public PageSource pages() {
        return cache;
    }

    /** The file on the host as storage of its pages. */
    private final class Storage implements PageCache.Store {
        @Override
        public long sizeBytes() {
            return length;
        }

        @Override
        public int readPage(long index, long hostAddress) {
            long offset = index << SHIFT;
            int wanted = (int) Math.min(PhysMem.PAGE_SIZE, length - offset);
            if (wanted <= 0) {
                return 0;
            }
            ByteBuffer page = fileSystem().frames().memory().buffer(hostAddress, wanted);
            return HostErrors.run(
                    () -> {
                        while (page.hasRemaining()) {
                            if (channel().read(page, offset + page.position()) < 0) {
                                break; // cut off on the host: the rest is zeros
                            }
                        }
                    });
        }

        @Override
        public int writePage(long index, long hostAddress, int lengthBytes) {
            return HostErrors.run(
                    () ->
                            writeHost(
                                    fileSystem().frames().memory().buffer(hostAddress, lengthBytes),
                                    index << SHIFT));
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
