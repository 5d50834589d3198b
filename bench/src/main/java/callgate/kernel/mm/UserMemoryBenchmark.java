package callgate.kernel.mm;

import callgate.bench.inner.Mechanism;
import callgate.kernel.abi.Mman;
import callgate.machine.hart.Access;
import callgate.machine.hart.CodeSpace;
import callgate.machine.hart.Hart;
import callgate.machine.memory.PageTable;
import callgate.machine.memory.PhysMem;
import java.nio.charset.StandardCharsets;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** The kernel's way to guest memory: arguments of system calls, buffers, paths; and page faults. */
public class UserMemoryBenchmark extends Mechanism {
    private static final int BLOCK = 4096;
    private static final int PAGES = 64;

    private final PhysMem memory = PhysMem.temporary(64 << 20);
    private final PageTable.Pool tables = new PageTable.Pool();
    private final byte[] bytes = new byte[BLOCK];
    private final Hart hart = new Hart(null);
    private AddressSpace space;
    private UserMemory user;
    private long address;
    private long path;

    @Setup
    public void map() {
        space = new AddressSpace(new FramePool(memory), tables.take(), new NoCode());
        space.attach(hart);
        user = space.user();
        address = map(PAGES);
        path = address + 5L * BLOCK;
        user.write(address, new byte[PAGES * BLOCK]);
        user.write(path, "/usr/lib/python3.13\0".getBytes(StandardCharsets.US_ASCII));
    }

    private long map(int pages) {
        return space.map(
                0,
                (long) pages * BLOCK,
                Mman.PROT_READ | Mman.PROT_WRITE,
                Mman.MAP_PRIVATE | Mman.MAP_ANONYMOUS,
                null,
                0);
    }

    @TearDown
    public void close() {
        space.detach(hart);
        tables.close();
        memory.close();
    }

    @Benchmark
    public long readLong() {
        return user.readLong(address + 64);
    }

    @Benchmark
    public void writeLong() {
        user.writeLong(address + 64, 42);
    }

    /** A page that is not aligned: two pages of the guest. */
    @Benchmark
    public byte[] copyOut4k() {
        user.read(address + 100, bytes, 0, BLOCK);
        return bytes;
    }

    @Benchmark
    public void copyIn4k() {
        user.write(address + 100, bytes, 0, BLOCK);
    }

    @Benchmark
    public String readPath() {
        return user.readPath(path);
    }

    /** What read(2) does with a page of the page cache. */
    @Benchmark
    public int putIntoBuffer() {
        return user.buffer(address + 100, BLOCK).put(bytes, 0, BLOCK);
    }

    /** mmap, the first touch of one page, munmap. */
    @Benchmark
    public void mapTouchUnmap() {
        long at = map(1);
        if (!space.fault(at, Access.STORE)) {
            throw new IllegalStateException("the page was not given");
        }
        space.unmap(at, BLOCK);
    }

    /** Code that never runs. */
    private static final class NoCode implements CodeSpace {
        @Override
        public void invalidate(long firstPage, long pageCount) {}

        @Override
        public void synchronize() {}

        @Override
        public CodeSpace fork() {
            return this;
        }

        @Override
        public void close() {}
    }
}
