package callgate.machine.memory;

import callgate.bench.inner.FlatGuest;
import callgate.bench.inner.Mechanism;
import callgate.machine.hart.Hart;
import callgate.machine.hart.Tier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** What an access costs that looks its page up, and what it costs to change pages. */
public class PageTableBenchmark extends Mechanism {
    private static final int ACCESSES = 1024;
    private static final int RUN_PAGES = 64;

    /** Pages far from the guest's, for those that come and go. */
    private static final long FREE_PAGE = 1L << 20;

    /** Where they would lie on the host; nothing is ever touched there. */
    private static final long HOST = 1L << 40;

    private FlatGuest guest;
    private Hart hart;
    private PageTable.Pool pool;
    private PageTable table;

    /** One a page, in no order that a prefetcher knows. */
    private long[] addresses;

    @Setup
    public void map() {
        guest = new FlatGuest(Tier.INTERPRET);
        hart = guest.hart();
        pool = new PageTable.Pool();
        table = pool.take();
        addresses = new long[ACCESSES];
        for (int i = 0; i < ACCESSES; i++) {
            int page = i * 397 & FlatGuest.PAGES - 1;
            addresses[i] = FlatGuest.BASE + (long) page * PhysMem.PAGE_SIZE + i % 500 * 8;
        }
    }

    @TearDown
    public void close() {
        guest.close();
        table.close();
        pool.close();
    }

    /** A load by the interpreter's path: look the page up, test, add, load. */
    @Benchmark
    @OperationsPerInvocation(ACCESSES)
    public long load() {
        long sum = 0;
        for (long address : addresses) {
            sum += hart.load64(address);
        }
        return sum;
    }

    @Benchmark
    @OperationsPerInvocation(ACCESSES)
    public void store() {
        for (long address : addresses) {
            hart.store64(address, address);
        }
    }

    /** A page appears alone, and goes again. */
    @Benchmark
    public void mapAndUnmapPage() {
        table.map(FREE_PAGE, HOST, true);
        table.unmap(FREE_PAGE, 1);
    }

    /** Neighbours appear one after the other, as faults bring them: each makes the run longer. */
    @Benchmark
    @OperationsPerInvocation(RUN_PAGES)
    public void growRunPageByPage() {
        for (int i = 0; i < RUN_PAGES; i++) {
            table.map(FREE_PAGE + i, HOST + (long) i * PhysMem.PAGE_SIZE, true);
        }
        table.unmap(FREE_PAGE, RUN_PAGES);
    }

    /** The same pages at once, as mapping ahead does. */
    @Benchmark
    @OperationsPerInvocation(RUN_PAGES)
    public void mapRun() {
        table.map(FREE_PAGE, RUN_PAGES, HOST, true);
        table.unmap(FREE_PAGE, RUN_PAGES);
    }
}
