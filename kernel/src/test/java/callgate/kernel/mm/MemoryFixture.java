package callgate.kernel.mm;

import static org.assertj.core.api.Assertions.assertThat;

import callgate.kernel.abi.Mman;
import callgate.machine.hart.CodeSpace;
import callgate.machine.memory.PageTable;
import callgate.machine.memory.PhysMem;
import java.util.concurrent.atomic.AtomicInteger;

/** Physmem with address spaces that run no code; closing it checks that every frame came back. */
public final class MemoryFixture implements AutoCloseable {
    public static final int ANONYMOUS = Mman.MAP_PRIVATE | Mman.MAP_ANONYMOUS;
    public static final int SHARED_ANONYMOUS = Mman.MAP_SHARED | Mman.MAP_ANONYMOUS;
    public static final int RW = Mman.PROT_READ | Mman.PROT_WRITE;
    public static final long PAGE = 4096;

    public final PhysMem memory;
    public final FramePool frames;
    public final PageTable.Pool tables = new PageTable.Pool();
    public final AtomicInteger invalidations = new AtomicInteger();
    private final int usedAtStart;

    public MemoryFixture(long bytes) {
        memory = PhysMem.temporary(bytes);
        frames = new FramePool(memory);
        usedAtStart = memory.usedFrames();
    }

    public AddressSpace space() {
        return new AddressSpace(frames, tables.take(), code());
    }

    public CodeSpace code() {
        return new CodeSpace() {
            @Override
            public void invalidate(long firstPage, long pageCount) {
                invalidations.incrementAndGet();
            }

            @Override
            public void synchronize() {}

            @Override
            public CodeSpace fork() {
                return this;
            }

            @Override
            public void close() {}
        };
    }

    /** Frames in use beyond those that an empty fixture has. */
    public int used() {
        return memory.usedFrames() - usedAtStart;
    }

    @Override
    public void close() {
        assertThat(used()).as("frames still in use").isZero();
        tables.close();
        memory.close();
    }
}
