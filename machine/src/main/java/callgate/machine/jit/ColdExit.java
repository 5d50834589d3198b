package callgate.machine.jit;

import callgate.machine.hart.Hart;

/**
 * Where a unit goes on when it comes to code that had not run when the unit was translated.
 * Thread-safe: a cache that may lose entries.
 */
public final class ColdExit {
    private static final int SLOTS = 4;

    private final KnownUnit[] known = new KnownUnit[SLOTS];

    ColdExit() {}

    /** Goes on at {@code pc}; returns as a unit does. All registers are in the hart. */
    public long goOn(Hart hart, int depth, long pc) {
        if (depth > UnitContext.DEPTH_LIMIT) {
            return pc;
        }
        int slot = (int) (pc >>> 1) & SLOTS - 1;
        KnownUnit last = known[slot];
        if (last == null || !last.isGoodFor(pc, hart)) {
            last = KnownUnit.lookUp(hart, pc);
            if (last == null) {
                return pc;
            }
            known[slot] = last;
        }
        return last.unit().run(hart, depth);
    }
}
