package callgate.machine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeltaColumnTest {
    private static final int PAGES = 3000;
    private static final long SEED = 4711;

    private final PageTable.Pool pool = new PageTable.Pool();
    private final PageTable table = pool.take();
    private final DeltaColumn column = new DeltaColumn(table.base());
    private final long[] model = new long[PAGES];

    @AfterEach
    void close() {
        table.close();
        pool.close();
    }

    @Test
    void codesSayNeverTooMuchAndAtMostAQuarterTooLittle() {
        for (int reach = 0; reach <= DeltaColumn.REACH_LIMIT; reach++) {
            int decoded = DeltaColumn.decode(DeltaColumn.encode(reach));
            assertThat(decoded).isBetween(reach - reach / 4, reach);
        }
    }

    @Test
    void aReachNeverCoversAPageWithAnotherDelta() {
        Random random = new Random(SEED);
        for (int step = 0; step < 10_000; step++) {
            int page = random.nextInt(PAGES);
            int length = 1 + random.nextInt(random.nextInt(20) == 0 ? 600 : 5);
            int end = Math.min(PAGES, page + length);
            long delta = random.nextInt(4) * 4096L << 20;
            if (delta == 0) {
                table.unmap(page, end - page);
            }
            for (int at = page; at < end; at++) {
                model[at] = delta;
                if (delta != 0) {
                    table.map(at, delta + ((long) at << PhysMem.PAGE_SHIFT), true);
                }
            }
            if (step % 50 == 0) {
                checkAll("step " + step + " [" + page + "," + end + ") to " + delta);
            }
        }
    }

    private void checkAll(String when) {
        for (int page = 0; page < PAGES; page++) {
            assertThat(column.delta(page)).as("%s, page %d", when, page).isEqualTo(model[page]);
            if (model[page] == 0) {
                continue;
            }
            int back = column.back(page);
            int forward = column.forward(page);
            for (int at = page - back; at <= page + forward; at++) {
                if (model[at] != model[page]) {
                    throw new AssertionError(
                            "%s: page %d reaches %d back and %d forward, over page %d"
                                    .formatted(when, page, back, forward, at));
                }
            }
        }
    }

    @Test
    void pagesMappedOneByOneInAnyOrderAreOneRun() {
        Random random = new Random(SEED);
        int[] order = random.ints(0, 300).distinct().limit(300).toArray();
        for (int page : order) {
            column.put(page, 4096L << 20);
        }
        for (int page = 0; page < 300; page++) {
            assertThat(column.back(page)).isBetween(page - page / 4, page);
            int after = 299 - page;
            assertThat(column.forward(page)).isBetween(after - after / 4, after);
        }
    }
}
