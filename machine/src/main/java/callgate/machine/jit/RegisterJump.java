package callgate.machine.jit;

import callgate.machine.hart.Hart;
import callgate.machine.interpreter.GuestCode;
import callgate.machine.interpreter.JumpTargets;

/**
 * A jump or call to an address in a register, at one place of one unit. Goes on in the translation
 * of the target, if there is one; counts targets of jumps, so that the next translation of the unit
 * contains them. Thread-safe: races lose counts, nothing else.
 */
public final class RegisterJump {
    private final UnitContext unit;
    private final JumpTargets targets;
    private int patience;
    private int missesLeft;

    // the last target that was translated
    private volatile KnownUnit known = KnownUnit.NONE;

    /**
     * @param patience how many misses to wait for before the unit is translated again
     */
    RegisterJump(UnitContext unit, JumpTargets targets, int patience) {
        this.unit = unit;
        this.targets = targets;
        this.patience = patience;
        missesLeft = patience;
    }

    /** Calls {@code target}; returns as a unit does. All registers are in the hart. */
    public long call(Hart hart, int depth, long target) {
        KnownUnit last = known;
        if (last.isGoodFor(target, hart)) {
            return last.unit().run(hart, depth);
        }
        KnownUnit found = depth > UnitContext.DEPTH_LIMIT ? null : KnownUnit.lookUp(hart, target);
        if (found == null) {
            return target;
        }
        known = found;
        return found.unit().run(hart, depth);
    }

    /**
     * Jumps to {@code target}, which the unit does not contain; returns as a unit does. All
     * registers are in the hart.
     */
    public long jump(Hart hart, int depth, long target) {
        targets.count(target);
        if (--missesLeft < 0) {
            patience = (int) Math.min(Integer.MAX_VALUE, (long) patience * UnitContext.GROWTH);
            missesLeft = patience;
            unit.requestAgain((GuestCode) hart.code);
        }
        return depth > UnitContext.DEPTH_LIMIT ? target : call(hart, depth, target);
    }
}
