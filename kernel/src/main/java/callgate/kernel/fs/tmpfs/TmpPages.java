package callgate.kernel.fs.tmpfs;

import static callgate.machine.memory.RawMemory.RAW;

import callgate.kernel.abi.Errno;
import callgate.kernel.mm.AddressSpace;
import callgate.kernel.mm.FrameMap;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.mm.PageSource;
import callgate.machine.memory.PhysMem;

/**
 * The data of a file in memory, sparse. Its monitor guards the map from pages to frames; data are copied outside of it, with a reference to
 * the frame, so a frame that is cut off meanwhile is not yet anybody else's.
 */
final class TmpPages implements PageSource {
    private static final int SHIFT = PhysMem.PAGE_SHIFT;
    private static final int PAGE = PhysMem.PAGE_SIZE;
    private static final int MASK = PAGE - 1;
    private static final int KEEP_SIZE = 1;
    private static final int PUNCH_HOLE = 2;
    private static final int ZERO_RANGE = 16;

    private final TmpInode inode;
    private final TmpFs fileSystem;
    private final PhysMem memory;
    private final FrameMap frames = new FrameMap();
    private volatile long size;

    TmpPages(TmpInode inode, TmpFs fileSystem) {
        this.inode = inode;
        this.fileSystem = fileSystem;
        memory = fileSystem.memory();
    }

    long size() {
        return size;
    }

    synchronized long count() {
        return frames.count();
    }

    // ---- reading and writing ----

    long read(IoBuffer to, long offset) {
        long before = to.transferred();
        long at = offset;
        while (to.remaining() > 0) {
            long left = size - at;
            if (left <= 0) {
                break;
            }
            int inPage = (int) at & MASK;
            int count = (int) Math.min(Math.min(PAGE - inPage, left), to.remaining());
            int frame = retained(at >>> SHIFT);
            long moved;
            if (frame == 0) {
                moved = to.putZeros(count);
            } else {
                try {
                    moved = to.putFrame(memory.address(frame) + inPage, count);
                } finally {
                    memory.release(frame);
                }
            }
            at += moved;
            if (moved < count) {
                break;
            }
        }
        return to.transferred() - before;
    }

    private synchronized int retained(long index) {
        int frame = frames.get(index);
        if (frame != 0) {
            memory.retain(frame);
        }
        return frame;
    }

    private synchronized int retainedOrNew(long index) {
        int frame = frames.get(index);
        if (frame == 0) {
            frame = fileSystem.allocate();
            if (frame == 0) {
                return 0;
            }
            frames.put(index, frame);
        }
        memory.retain(frame);
        return frame;
    }

    /** The file's write lock is held. */
    long write(IoBuffer from, long offset) {
        long before = from.transferred();
        long at = offset;
        if (offset > Long.MAX_VALUE - from.remaining()) {
            return -Errno.EFBIG;
        }
        while (from.remaining() > 0) {
            int inPage = (int) at & MASK;
            int count = (int) Math.min(PAGE - inPage, from.remaining());
            int frame = retainedOrNew(at >>> SHIFT);
            if (frame == 0) {
                return at == offset ? -Errno.ENOSPC : at - offset;
            }
            int moved;
            try {
                moved = from.getFrame(memory.address(frame) + inPage, count);
            } finally {
                memory.release(frame);
            }
            at += moved;
            if (at > size) {
                size = at;
            }
            if (moved < count) {
                break;
            }
        }
        return from.transferred() - before;
    }

    // ---- size and holes; the file's write lock is held ----

    void truncate(long newSize) {
        long old = size;
        size = newSize;
        if (newSize < old) {
            long firstGone = (newSize + MASK) >>> SHIFT;
            removeFrames(firstGone, Long.MAX_VALUE >>> SHIFT);
            zero(newSize, (firstGone << SHIFT) - newSize);
        }
    }

    private void removeFrames(long first, long last) {
        synchronized (this) {
            frames.removeRange(first, last, fileSystem::free);
        }
    }

    /** Zeroes bytes inside one page, if it has a frame. */
    private void zero(long offset, long lengthBytes) {
        if (lengthBytes <= 0) {
            return;
        }
        int frame = retained(offset >>> SHIFT);
        if (frame != 0) {
            RAW.fill(memory.address(frame) + (offset & MASK), lengthBytes, (byte) 0);
            memory.release(frame);
        }
    }

    int allocate(int flags, long offset, long lengthBytes) {
        return switch (flags) {
            case PUNCH_HOLE | KEEP_SIZE -> {
                punch(offset, offset + lengthBytes);
                yield 0;
            }
            case ZERO_RANGE, ZERO_RANGE | KEEP_SIZE -> {
                punch(offset, offset + lengthBytes);
                yield fill(offset, offset + lengthBytes, flags & KEEP_SIZE);
            }
            case 0, KEEP_SIZE -> fill(offset, offset + lengthBytes, flags);
            default -> -Errno.EOPNOTSUPP;
        };
    }

    private void punch(long from, long end) {
        long firstWhole = (from + MASK) >>> SHIFT;
        long endWhole = end >>> SHIFT;
        if (firstWhole > endWhole) { // inside one page
            zero(from, end - from);
            return;
        }
        zero(from, (firstWhole << SHIFT) - from);
        zero(endWhole << SHIFT, end - (endWhole << SHIFT));
        removeFrames(firstWhole, endWhole - 1);
    }

    private int fill(long from, long end, int keepSize) {
        long last = (end - 1) >>> SHIFT;
        long first = from >>> SHIFT;
        if (last - first >= fileSystem.statistics().blocks()) {
            return -Errno.ENOSPC;
        }
        for (long index = first; index <= last; index++) {
            int frame = retainedOrNew(index);
            if (frame == 0) {
                return -Errno.ENOSPC;
            }
            memory.release(frame);
        }
        if (keepSize == 0 && end > size) {
            size = end;
        }
        return 0;
    }

    synchronized long nextData(long offset) {
        if (offset >= size) {
            return -Errno.ENXIO;
        }
        long index = frames.nextUsed(offset >>> SHIFT);
        if (index < 0 || index << SHIFT >= size) {
            return -Errno.ENXIO;
        }
        return Math.max(offset, index << SHIFT);
    }

    synchronized long nextHole(long offset) {
        if (offset >= size) {
            return -Errno.ENXIO;
        }
        long index = offset >>> SHIFT;
        long start = index;
        while (index << SHIFT < size && frames.get(index) != 0) {
            index++;
        }
        return index == start ? offset : Math.min(index << SHIFT, size);
    }

    void freeAll() {
        removeFrames(0, Long.MAX_VALUE >>> SHIFT);
    }

    // ---- mappings ----

    @Override
    public int page(long index) {
        synchronized (this) {
            if (index < 0 || index > size - 1 >>> SHIFT || size == 0) {
                return BEYOND_END;
            }
            int frame = retainedOrNew(index);
            return frame == 0 ? -Errno.ENOMEM : frame;
        }
    }

    @Override
    public void willWrite(long index, int frame) {
        inode.mappedWrite();
    }

    @Override
    public int writeBack(long firstIndex, long count) {
        return 0;
    }

    @Override
    public void mapped(AddressSpace space, long firstIndex, long count) {
        inode.opened(1);
    }

    @Override
    public void unmapped(AddressSpace space, long firstIndex, long count) {
        inode.opened(-1);
    }
}
