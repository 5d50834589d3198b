package callgate.kernel.mm;

import static callgate.machine.memory.RawMemory.RAW;

import callgate.kernel.mm.exec.ExecutableFile;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/** A file of bytes with a page cache, written back into the array. */
public final class TestFile implements ExecutableFile, PageCache.Store {
    public volatile byte[] bytes;
    public final PageCache cache;
    public final AtomicInteger references = new AtomicInteger(1);
    public int reads;

    public TestFile(FramePool frames, byte[] bytes) {
        this.bytes = bytes;
        cache = new PageCache(frames, this);
    }

    /** Cuts the file as ftruncate does. */
    public void truncate(int size) {
        bytes = Arrays.copyOf(bytes, size);
        cache.truncate(size);
    }

    @Override
    public long sizeBytes() {
        return bytes.length;
    }

    @Override
    public int readPage(long index, long hostAddress) {
        reads++;
        byte[] now = bytes; // another thread may cut the file meanwhile
        int offset = (int) (index << 12);
        int count = Math.min(4096, now.length - offset);
        if (count > 0) {
            RAW.copyIn(now, offset, hostAddress, count);
        }
        return 0;
    }

    @Override
    public int writePage(long index, long hostAddress, int lengthBytes) {
        RAW.copyOut(hostAddress, bytes, (int) (index << 12), lengthBytes);
        return 0;
    }

    @Override
    public boolean isEvictable() {
        return true;
    }

    @Override
    public int read(long offset, byte[] to, int start, int lengthBytes) {
        if (offset >= bytes.length) {
            return 0;
        }
        int count = (int) Math.min(lengthBytes, bytes.length - offset);
        System.arraycopy(bytes, (int) offset, to, start, count);
        return count;
    }

    @Override
    public PageSource pages() {
        return cache;
    }

    @Override
    public void retain() {
        references.incrementAndGet();
    }

    @Override
    public void release() {
        references.decrementAndGet();
    }

    @Override
    public int punch(long offset, long lengthBytes) {
        cache.punch(offset, lengthBytes);
        return 0;
    }

    @Override
    public String path() {
        return "/test";
    }

    @Override
    public long device() {
        return 1;
    }

    @Override
    public long inodeNumber() {
        return 2;
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public boolean isExecutable() {
        return true;
    }
}
