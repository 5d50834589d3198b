package callgate.machine.memory;

import callgate.bench.inner.Mechanism;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** What a page's word tells: its delta, and how far its run reaches. */
public class DeltaColumnBenchmark extends Mechanism {
    private static final int PAGES = 1024;
    private static final long FIRST = 1L << 16;

    private PageTable.Pool pool;
    private PageTable table;
    private DeltaColumn column;

    @Setup
    public void map() {
        pool = new PageTable.Pool();
        table = pool.take();
        table.map(FIRST, PAGES, 1L << 40, true);
        column = new DeltaColumn(table.base());
    }

    @TearDown
    public void close() {
        table.close();
        pool.close();
    }

    @Benchmark
    @OperationsPerInvocation(PAGES)
    public long delta() {
        long sum = 0;
        for (int i = 0; i < PAGES; i++) {
            sum += column.delta(FIRST + i);
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(PAGES)
    public long reach() {
        long sum = 0;
        for (int i = 0; i < PAGES; i++) {
            sum += column.forward(FIRST + i) + column.back(FIRST + i);
        }
        return sum;
    }

    /** A page in the middle of a long run changes: a copy of a page, say. The worst case. */
    @Benchmark
    public void splitAndJoinRun() {
        table.unmap(FIRST + PAGES / 2, 1);
        table.map(FIRST + PAGES / 2, (1L << 40) + PAGES / 2 * 4096L, true);
    }
}
