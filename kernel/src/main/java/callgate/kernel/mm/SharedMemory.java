package callgate.kernel.mm;

import callgate.machine.memory.PhysMem;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Anonymous memory that is shared after fork (MAP_SHARED | MAP_ANONYMOUS): a file without a name.
 * Thread-safe.
 */
public final class SharedMemory implements MappedFile {
    private final PageCache cache;
    private final AtomicInteger references = new AtomicInteger(1);

    /** New memory, all zeros, with the caller's reference. */
    public SharedMemory(FramePool frames, long pages) {
        cache =
                new PageCache(
                        frames,
                        new PageCache.InMemory() {
                            @Override
                            public long sizeBytes() {
                                return pages << PhysMem.PAGE_SHIFT;
                            }
                        });
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
        if (references.decrementAndGet() == 0) {
            cache.close();
        }
    }

    @Override
    public int punch(long offset, long lengthBytes) {
        cache.punch(offset, lengthBytes);
        return 0;
    }

    @Override
    public String path() {
        return "/dev/zero (deleted)";
    }

    @Override
    public long device() {
        return 1;
    }

    @Override
    public long inodeNumber() {
        return System.identityHashCode(this);
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
