package callgate.kernel.mm;

import static callgate.kernel.mm.MemoryFixture.ANONYMOUS;
import static callgate.kernel.mm.MemoryFixture.PAGE;
import static callgate.kernel.mm.MemoryFixture.RW;
import static org.assertj.core.api.Assertions.assertThat;

import callgate.kernel.abi.Mman;
import callgate.machine.hart.Access;
import callgate.machine.hart.Hart;
import callgate.machine.memory.PageTable;
import callgate.machine.memory.PhysMem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages beside each other have frames beside each other, whatever the order they come in. */
class PlacementTest {
    private static final long A = 0x1000_0000L;
    private static final int MIB_PAGES = 256;

    private static void map(AddressSpace space, long address, long pages) {
        long result = space.map(address, pages * PAGE, RW, ANONYMOUS | Mman.MAP_FIXED, null, 0);
        assertThat(result).isEqualTo(address);
    }

    private static void touch(AddressSpace space, long address, List<Integer> order) {
        for (int page : order) {
            assertThat(space.resolve(address + page * PAGE, Access.STORE))
                    .isEqualTo(Fault.RESOLVED);
        }
    }

    private static List<Integer> shuffled(int count, long seed) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            order.add(i);
        }
        Collections.shuffle(order, new Random(seed));
        return order;
    }

    /** How many runs of pages with one delta there are; every page must be mapped. */
    private static int runs(PageTable table, long address, int pages) {
        int runs = 0;
        long last = 0;
        for (long page = address / PAGE; page < address / PAGE + pages; page++) {
            long delta = table.readDelta(page);
            assertThat(delta).isNotZero();
            runs += delta == last ? 0 : 1;
            last = delta;
        }
        return runs;
    }

    private static AddressSpace space(MemoryFixture fixture, Hart hart) {
        AddressSpace space = fixture.space();
        space.attach(hart);
        return space;
    }

    @Test
    void aMappingTouchedInAnyOrderIsOneRun() {
        try (MemoryFixture fixture = new MemoryFixture(256 << 20)) {
            for (int seed = 0; seed < 5; seed++) {
                Hart hart = new Hart(null);
                AddressSpace space = space(fixture, hart);
                long address = A + seed * 37 * PAGE;
                int pages = MIB_PAGES << (seed + 1);
                map(space, address, pages);
                touch(space, address, shuffled(pages, seed));
                assertThat(runs(space.table(), address, pages)).isEqualTo(1);
                space.detach(hart);
            }
        }
    }

    @Test
    void aGrowingHeapHasFewRuns() {
        try (MemoryFixture fixture = new MemoryFixture(256 << 20)) {
            Hart hart = new Hart(null);
            AddressSpace space = space(fixture, hart);
            space.layout().breakStart = A;
            space.layout().breakEnd = A;
            int pages = 64 * MIB_PAGES;
            for (int page = 0; page < pages; page += 33) {
                space.moveBreak(A + Math.min(page + 33, pages) * PAGE);
                for (int i = page; i < Math.min(page + 33, pages); i++) {
                    touch(space, A, List.of(i));
                }
                if (page % 330 == 0) {
                    map(space, 0x2000_0000L + page * 2 * PAGE, 1); // others take frames meanwhile
                    touch(space, 0x2000_0000L + page * 2 * PAGE, List.of(0));
                }
            }
            assertThat(runs(space.table(), A, pages)).isLessThan(12);
            space.detach(hart);
        }
    }

    @Test
    void memoryThatComesAndGoesUsesTheSameFrames() {
        try (MemoryFixture fixture = new MemoryFixture(64 << 20)) {
            Hart hart = new Hart(null);
            AddressSpace space = space(fixture, hart);
            long delta = 0;
            for (int round = 0; round < 10; round++) {
                map(space, A, 16);
                touch(space, A, List.of(3));
                long now = space.table().writeDelta(A / PAGE + 3);
                assertThat(round == 0 || now == delta).isTrue();
                delta = now;
                space.unmap(A, 16 * PAGE);
            }
            space.detach(hart);
        }
    }

    @Test
    void afterForkBothSidesKeepTheirOwnAndStayInRuns() {
        try (MemoryFixture fixture = new MemoryFixture(256 << 20)) {
            Hart hart = new Hart(null);
            Hart childHart = new Hart(null);
            AddressSpace parent = space(fixture, hart);
            map(parent, A, MIB_PAGES);
            for (int round = 0; round < 6; round++) {
                for (int i = 0; i < MIB_PAGES; i++) {
                    parent.user().writeInt(A + i * PAGE, round * 1000 + i);
                }
                AddressSpace child = parent.fork(fixture.tables.take());
                child.attach(childHart);
                for (int i = 0; i < MIB_PAGES; i++) {
                    parent.user().writeInt(A + i * PAGE, -i);
                }
                touch(child, A, shuffled(MIB_PAGES, round));
                for (int i = 0; i < MIB_PAGES; i++) {
                    assertThat(child.user().readInt(A + i * PAGE)).isEqualTo(round * 1000 + i);
                    assertThat(parent.user().readInt(A + i * PAGE)).isEqualTo(-i);
                }
                assertThat(runs(parent.table(), A, MIB_PAGES)).as("parent").isEqualTo(1);
                assertThat(runs(child.table(), A, MIB_PAGES)).as("child").isEqualTo(1);
                child.detach(childHart);
            }
            parent.detach(hart);
        }
    }

    @Test
    void pagesOfAFileAreOneRun() {
        try (MemoryFixture fixture = new MemoryFixture(64 << 20)) {
            Hart hart = new Hart(null);
            AddressSpace space = space(fixture, hart);
            TestFile file = new TestFile(fixture.frames, new byte[4 * MIB_PAGES * (int) PAGE]);
            space.map(
                    A,
                    4 * MIB_PAGES * PAGE,
                    Mman.PROT_READ,
                    Mman.MAP_PRIVATE | Mman.MAP_FIXED,
                    file,
                    0);
            for (int page : shuffled(4 * MIB_PAGES, 1)) {
                assertThat(space.fault(A + page * PAGE, Access.LOAD)).isTrue();
            }
            assertThat(runs(space.table(), A, 4 * MIB_PAGES)).isEqualTo(1);
            space.detach(hart);
            file.cache.close();
        }
    }

    @Test
    void manySmallProcessesFillMemoryToTheLastFrame() {
        try (MemoryFixture fixture = new MemoryFixture(32 << 20)) {
            List<Hart> harts = new ArrayList<>();
            List<AddressSpace> spaces = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                harts.add(new Hart(null));
                spaces.add(space(fixture, harts.get(i)));
                for (int leaf = 0; leaf < 15; leaf++) {
                    map(spaces.get(i), A + leaf * 512 * PAGE, 512);
                    touch(spaces.get(i), A + leaf * 512 * PAGE, List.of(leaf, 200 + i));
                }
            }
            int page = 0;
            AddressSpace last = spaces.getLast();
            while (last.resolve(A + page * PAGE, Access.STORE) == Fault.RESOLVED) {
                page++;
            }
            assertThat(fixture.memory.usedFrames()).isEqualTo(fixture.memory.totalFrames());
            for (int i = 0; i < 40; i++) {
                spaces.get(i).detach(harts.get(i));
            }
        }
    }

    @Test
    void framesAreGivenBackAtOnceWhileNoHartIsInside() {
        try (MemoryFixture fixture = new MemoryFixture(64 << 20)) {
            Hart hart = new Hart(null);
            Hart other = new Hart(null);
            AddressSpace space = space(fixture, hart);
            space.attach(other);
            map(space, A, 16);
            touch(space, A, List.of(0));
            int used = fixture.used();
            space.advise(A, PAGE, Mman.MADV_DONTNEED);
            assertThat(fixture.used()).as("nobody is inside").isEqualTo(used - 1);
            space.detach(other);
            space.detach(hart);
        }
    }

    @Test
    void memoryThatWasUnmappedGoesBackToTheHost(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("physmem");
        int pages = 64 * MIB_PAGES;
        try (PhysMem memory = PhysMem.kept(file, 128L << 20);
                PageTable.Pool tables = new PageTable.Pool();
                MemoryFixture code = new MemoryFixture(PAGE)) {
            FramePool frames = new FramePool(memory);
            AddressSpace space = new AddressSpace(frames, tables.take(), code.code());
            Hart hart = new Hart(null);
            space.attach(hart);
            map(space, A, pages);
            touch(space, A, shuffled(pages, 3));
            for (int page = 0; page < pages; page++) {
                space.user().writeLong(A + page * PAGE, page);
            }
            long full = blocks(file);
            assertThat(full).isGreaterThanOrEqualTo(pages * PAGE / 512);
            space.unmap(A, pages * PAGE);
            Assumptions.assumeTrue(blocks(file) < full, "the host takes memory back");
            assertThat(blocks(file)).isLessThan(full / 3);
            while (memory.trim()) {
                assertThat(space.residentBytes()).isZero();
            }
            assertThat(blocks(file)).isLessThan(full / 30);
            space.detach(hart);
        }
    }

    private static long blocks(Path file) throws Exception {
        Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
        return Long.parseLong(new String(stat.getInputStream().readAllBytes()).trim());
    }

    // ---- pages brought in ahead ----

    /** Stores to pages in this order; how many of them faulted. */
    private static int faults(AddressSpace space, long address, int from, int to, int step) {
        int faults = 0;
        for (int i = from; i < to; i += step) {
            if (space.table().writeDelta(address / PAGE + i) == 0) {
                touch(space, address, List.of(i));
                faults++;
            }
        }
        return faults;
    }

    @Test
    void storesThatGoOnFromPageToPageFaultSeldom() {
        try (MemoryFixture fixture = new MemoryFixture(64 << 20)) {
            Hart hart = new Hart(null);
            AddressSpace space = space(fixture, hart);
            map(space, A, 4096);
            assertThat(faults(space, A, 0, 2048, 1)).isLessThan(2048 / 8);
            assertThat(space.residentBytes())
                    .isLessThanOrEqualTo((2048 + Streams.MOST_PAGES) * PAGE);
            for (int i = 0; i < 2048; i++) {
                assertThat(space.user().readLong(A + i * PAGE)).isZero();
            }
            assertThat(runs(space.table(), A, 2048)).isEqualTo(1);
            space.detach(hart);
        }
    }

    @Test
    void storesFarApartBringInNothingElse() {
        try (MemoryFixture fixture = new MemoryFixture(64 << 20)) {
            Hart hart = new Hart(null);
            AddressSpace space = space(fixture, hart);
            map(space, A, 8192);
            assertThat(faults(space, A, 0, 8192, 512)).isEqualTo(16);
            assertThat(faults(space, A, 5, 8192, 64)).isEqualTo(128);
            assertThat(space.residentBytes()).isEqualTo((16 + 128) * PAGE);
            space.detach(hart);
        }
    }

    @Test
    void pagesAreBroughtInAheadOnlyInsideTheirRegionAndWhileMemoryIsPlentiful() {
        try (MemoryFixture fixture = new MemoryFixture(4 << 20)) {
            Hart hart = new Hart(null);
            AddressSpace space = space(fixture, hart);
            map(space, A, 2048);
            space.protect(A + 100 * PAGE, PAGE, Mman.PROT_READ);
            faults(space, A, 0, 100, 1);
            assertThat(space.table().readDelta(A / PAGE + 100)).isZero();
            assertThat(space.residentBytes()).isEqualTo(100 * PAGE);
            int total = fixture.memory.totalFrames();
            int page = 101;
            while (fixture.memory.usedFrames() < total / 8 * 7) {
                faults(space, A, page, ++page, 1);
            }
            int end = page + Streams.MOST_PAGES;
            faults(space, A, page, end, 1);
            int faults = faults(space, A, end, end + 20, 1);
            assertThat(faults).as("each page by itself").isEqualTo(20);
            space.detach(hart);
        }
    }

    @Test
    void whatWasBroughtInAheadIsGivenUpAsAnyOther() {
        try (MemoryFixture fixture = new MemoryFixture(64 << 20)) {
            Hart hart = new Hart(null);
            AddressSpace space = space(fixture, hart);
            map(space, A, 256);
            faults(space, A, 0, 200, 1);
            space.user().writeLong(A + 205 * PAGE, 7);
            assertThat(space.advise(A, 256 * PAGE, Mman.MADV_DONTNEED)).isZero();
            assertThat(space.residentBytes()).isZero();
            assertThat(space.user().readLong(A + 205 * PAGE)).isZero();
            space.detach(hart);
        }
    }
}
