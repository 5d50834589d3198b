package callgate.machine.interpreter;

import callgate.bench.inner.FlatGuest;
import callgate.bench.inner.Mechanism;
import callgate.machine.hart.Hart;
import callgate.machine.hart.Tier;
import callgate.machine.isa.Op;
import callgate.machine.memory.PhysMem;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Finding code: what a jump costs that nothing remembers, and what a change of code costs. */
public class CodeLookUpBenchmark extends Mechanism {
    private static final long OTHER = FlatGuest.BASE + 3L * PhysMem.PAGE_SIZE;

    private FlatGuest guest;
    private Hart hart;
    private GuestCode space;
    private CodeRegion region;

    @Setup
    public void translate() {
        guest = new FlatGuest(Tier.TRANSLATE, Op.EBREAK.match());
        guest.write(OTHER, FlatGuest.immediate(Op.ADDI, 10, 10, 1), Op.EBREAK.match());
        hart = guest.hart();
        space = (GuestCode) hart.code;
        guest.run(OTHER);
        guest.run(OTHER);
        Translation translation = space.translation(hart, OTHER);
        if (translation == null) {
            throw new IllegalStateException("the code was not translated");
        }
        region = translation.region();
    }

    @TearDown
    public void close() {
        guest.close();
    }

    /** From an address to its decoded block. */
    @Benchmark
    public Block findBlock() {
        return space.find(OTHER);
    }

    /** From an address to its translation, with the check that it is good here. */
    @Benchmark
    public Translation findTranslation() {
        return space.translation(hart, OTHER);
    }

    /** The check alone: has this address space the region's pages? */
    @Benchmark
    public boolean checkRegion() {
        return region.isValidIn(space, hart);
    }

    /** fork and the child's end, as far as code goes. */
    @Benchmark
    public void forkCode() {
        GuestCode child = (GuestCode) space.fork();
        region.isValidIn(child, hart);
        child.close();
    }

    /** munmap of a page without code. */
    @Benchmark
    public void invalidateOtherPages() {
        space.invalidate(1L << 20, 16);
    }
}
