package callgate.machine.memory;

import static callgate.machine.memory.RawMemory.RAW;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PageTableTest {
    private static final long LAST_PAGE = (PageTable.ADDRESS_LIMIT >>> PhysMem.PAGE_SHIFT) - 1;

    private final PageTable.Pool pool = new PageTable.Pool();

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void anEntryHoldsTheDistanceFromGuestToHost() {
        PageTable table = pool.take();
        long host = 0x7000_1234_5000L;
        for (long page : new long[] {0, 16, 0x12345, LAST_PAGE}) {
            table.map(page, host, false);
            assertThat((page << 12) + table.readDelta(page)).isEqualTo(host);
            assertThat(table.writeDelta(page)).isZero();
            table.map(page, host, true);
            assertThat((page << 12) + table.writeDelta(page)).isEqualTo(host);
            assertThat(RAW.getLong(table.base() + (page << PageTable.ENTRY_SHIFT)))
                    .isEqualTo(table.readDelta(page));
        }
        table.close();
    }

    @Test
    void rangesLoseAllRightsOrOnlyStores() {
        PageTable table = pool.take();
        for (long page = 1000; page < 2000; page++) {
            table.map(page, 0x10_0000_0000L, true);
        }
        table.writeProtect(1100, 300);
        table.unmap(1300, 500);
        for (long page = 1000; page < 2000; page++) {
            assertThat(table.readDelta(page) != 0).isEqualTo(page < 1300 || page >= 1800);
            assertThat(table.writeDelta(page) != 0).isEqualTo(page < 1100 || page >= 1800);
        }
        table.unmap(0, LAST_PAGE + 1);
        assertThat(table.readDelta(1000)).isZero();
        table.close();
    }

    @Test
    void aTableFromThePoolIsEmpty() {
        PageTable table = pool.take();
        for (long page = 0;
                page < LAST_PAGE;
                page += LAST_PAGE / 1000) { // more than the pool keeps touched
            table.map(page, 0x10_0000_0000L, true);
        }
        long base = table.base();
        table.close();
        PageTable again = pool.take();
        assertThat(again.base()).isEqualTo(base);
        for (long page = 0; page < LAST_PAGE; page += LAST_PAGE / 1000) {
            assertThat(again.readDelta(page)).isZero();
            assertThat(again.writeDelta(page)).isZero();
        }
        again.close();
    }

    @Test
    void whoStoresToANewFrameLoadsFromItToo() throws Exception {
        PageTable table = pool.take();
        AtomicBoolean stop = new AtomicBoolean();
        Thread owner =
                new Thread(
                        () -> {
                            for (long address = 4096; !stop.get(); address += 4096) {
                                table.map(0, address, true);
                                table.writeProtect(0, 1);
                            }
                        });
        owner.start();
        try {
            long end = System.nanoTime() + 300_000_000L;
            while (System.nanoTime() < end) {
                for (int i = 0; i < 1000; i++) {
                    long store = table.writeDelta(0);
                    long load = table.readDelta(0);
                    if (load != 0 && load < store) { // 0 asks the kernel
                        throw new AssertionError("stores to " + store + ", loads " + load);
                    }
                }
            }
        } finally {
            stop.set(true);
            owner.join();
        }
        table.close();
    }

    /** Random changes against arrays of deltas; and what each word says of its run must be true. */
    @Test
    void runsNeverClaimAPageThatHasAnotherDelta() {
        int pages = 1024;
        for (int seed = 0; seed < 30; seed++) {
            PageTable table = pool.take();
            Random random = new Random(seed);
            long[] reads = new long[pages];
            long[] writes = new long[pages];
            for (int step = 0; step < 300; step++) {
                int first = random.nextInt(pages);
                int count =
                        1 + random.nextInt(Math.min(pages - first, 1 << 1 + random.nextInt(10)));
                long delta = (1L + random.nextInt(2)) << 30;
                boolean writable = random.nextBoolean();
                switch (random.nextInt(5)) {
                    case 0 -> {
                        table.unmap(first, count);
                        Arrays.fill(reads, first, first + count, 0);
                        Arrays.fill(writes, first, first + count, 0);
                    }
                    case 1 -> {
                        table.writeProtect(first, count);
                        Arrays.fill(writes, first, first + count, 0);
                    }
                    case 2 -> {
                        table.map(first, delta + first * 4096L, writable);
                        reads[first] = delta;
                        writes[first] = writable ? delta : 0;
                    }
                    default -> {
                        table.map(first, count, delta + first * 4096L, writable);
                        Arrays.fill(reads, first, first + count, delta);
                        Arrays.fill(writes, first, first + count, writable ? delta : 0);
                    }
                }
                checkColumn(table.base(), reads);
                checkColumn(table.base() + PageTable.WRITE_DELTA, writes);
            }
            table.close();
        }
    }

    private static void checkColumn(long column, long[] deltas) {
        for (int page = 0; page < deltas.length; page++) {
            long word = RAW.getLong(column + ((long) page << PageTable.ENTRY_SHIFT));
            if ((word & PageTable.DELTA_MASK) != deltas[page]) {
                throw new AssertionError("page " + page + " has " + Long.toHexString(word));
            }
            int back = DeltaColumn.decode((int) word >> PageTable.BACK_SHIFT & 63);
            int forward = DeltaColumn.decode((int) word & 63);
            for (int other = page - back; other <= page + forward; other++) {
                if (deltas[other] != deltas[page]) {
                    throw new AssertionError("pages " + page + " and " + other + " differ");
                }
            }
        }
    }

    @Test
    void pagesMappedTogetherAreRunsAsLargeAsOneByOne() {
        PageTable table = pool.take();
        table.map(256, 100, 0x10_0000_0000L + 256 * 4096, true);
        table.map(356, 156, 0x10_0000_0000L + 356 * 4096, true);
        for (int page = 256; page < 512; page++) {
            long entry = table.base() + ((long) page << PageTable.ENTRY_SHIFT);
            int reaches =
                    DeltaColumn.encode(page - 256) << PageTable.BACK_SHIFT
                            | DeltaColumn.encode(511 - page);
            assertThat(RAW.getLong(entry)).isEqualTo(0x10_0000_0000L | reaches);
            assertThat(RAW.getLong(entry + PageTable.WRITE_DELTA)).isEqualTo(RAW.getLong(entry));
        }
        table.close();
    }
}
