package callgate.machine.memory;

import static callgate.machine.memory.RawMemory.RAW;
import static org.assertj.core.api.Assertions.assertThat;

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
}
