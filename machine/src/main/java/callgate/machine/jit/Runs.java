package callgate.machine.jit;

import static callgate.machine.memory.RawMemory.RAW;

import callgate.machine.hart.Hart;
import callgate.machine.memory.PageTable;
import callgate.machine.memory.PhysMem;

/**
 * Finds the run of pages around an address: neighbours with the same delta in the page table. What
 * is found holds as long as one look at the table does, see {@link PageTable}.
 *
 * <p>Mostly only the page itself is looked at. One time in {@link #PATIENCE} its neighbours are
 * looked at too, so that a loop whose accesses never stay where the last ones were loses little.
 */
public final class Runs {
    /** Looks until one of them is at the neighbours too. */
    private static final int PATIENCE = 16;

    /** Most pages that are looked at to either side. */
    private static final int REACH = 256;

    private static final long RANGE = -PageTable.ADDRESS_LIMIT;
    private static final long PAGE_MASK = -PhysMem.PAGE_SIZE;

    private Runs() {}

    /**
     * The delta for loads of {@code bytes} at {@code address}, with the run in {@link
     * Hart#runStart} and {@link Hart#runBytes}; 0 if any part is not mapped, or parts are mapped to
     * different places.
     */
    public static long forLoads(Hart hart, long address, int bytes) {
        return find(hart, hart.table, address, bytes);
    }

    /** As {@link #forLoads}, for stores. */
    public static long forStores(Hart hart, long address, int bytes) {
        return find(hart, hart.table + PageTable.WRITE_DELTA, address, bytes);
    }

    private static long find(Hart hart, long table, long address, int bytes) {
        if ((address & RANGE) != 0) {
            return 0;
        }
        long entry = entry(table, address);
        long delta = RAW.getLong(entry);
        if (--hart.runPatience < 0 || ((address ^ address + bytes - 1) & PAGE_MASK) != 0) {
            return delta == 0 ? 0 : findWide(hart, table, address, bytes, delta);
        }
        hart.runStart = address & PAGE_MASK;
        hart.runBytes = PhysMem.PAGE_SIZE;
        return delta;
    }

    private static long findWide(Hart hart, long table, long address, int bytes, long delta) {
        hart.runPatience = PATIENCE;
        long lowest = entry(table, Math.max(0, address - ((long) REACH << PhysMem.PAGE_SHIFT)));
        long highest =
                entry(
                        table,
                        Math.min(
                                PageTable.ADDRESS_LIMIT - 1,
                                address + ((long) REACH << PhysMem.PAGE_SHIFT)));
        long entry = entry(table, address);
        long first = entry;
        long last = entry;
        long step = 1L << PageTable.ENTRY_SHIFT;
        while (first > lowest && RAW.getLong(first - step) == delta) {
            first -= step;
        }
        while (last < highest && RAW.getLong(last + step) == delta) {
            last += step;
        }
        hart.runStart = pageOf(table, first) << PhysMem.PAGE_SHIFT;
        hart.runBytes = (pageOf(table, last) + 1 << PhysMem.PAGE_SHIFT) - hart.runStart;
        return address + bytes > hart.runStart + hart.runBytes ? 0 : delta;
    }

    private static long entry(long table, long address) {
        return table + (address >>> PhysMem.PAGE_SHIFT << PageTable.ENTRY_SHIFT);
    }

    private static long pageOf(long table, long entry) {
        return entry - table >>> PageTable.ENTRY_SHIFT;
    }
}
