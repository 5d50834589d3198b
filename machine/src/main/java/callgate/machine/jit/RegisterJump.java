package callgate.machine.jit;

import callgate.machine.hart.Hart;
import callgate.machine.interpreter.GuestCode;
import callgate.machine.interpreter.Translation;
import java.util.Arrays;

/**
 * A jump or call to an address in a register, at one place of one unit. Goes on in the translation of the target, if there is one; remembers
 * targets of jumps, so that the next translation of the unit contains them. Thread-safe: races lose counts, nothing else.
 */
public final class RegisterJump {
    /** Most targets remembered: what a switch in a unit can be made of. */
    static final int TARGET_LIMIT = 128;

    /** Misses before the unit is translated anew; doubled each time. */
    private static final int FIRST_PATIENCE = 200;

    private static final int LAST_PATIENCE = FIRST_PATIENCE << 8;

    private final UnitContext unit;
    private volatile long[] targets = {};
    private int missesLeft = FIRST_PATIENCE;
    private int patience = FIRST_PATIENCE;

    // the last target that was translated
    private volatile Known known = new Known(-1, null);

    private record Known(long target, Translation translation) {}

    RegisterJump(UnitContext unit) {
        this.unit = unit;
    }

    /** Takes over what the same jump saw in an older translation of the unit. */
    void inherit(RegisterJump older) {
        targets = older.targets;
        patience = older.patience;
        missesLeft = patience;
    }

    long[] targets() {
        return targets;
    }

    /** Calls {@code target}; returns as a unit does. All registers are in the hart. */
    public long call(Hart hart, int depth, long target) {
        Known last = known;
        if (last.target == target && last.translation.region().isKnownValidIn((GuestCode) hart.code)) {
            return last.translation.code().run(hart, depth);
        }
        return lookUp(hart, depth, target);
    }

    private long lookUp(Hart hart, int depth, long target) {
        Translation translation = ((GuestCode) hart.code).translation(hart, target);
        if (translation == null || depth > UnitContext.DEPTH_LIMIT) {
            return target;
        }
        known = new Known(target, translation);
        return translation.code().run(hart, depth);
    }

    /** Jumps to {@code target}, which the unit does not contain; returns as a unit does. All registers are in the hart. */
    public long jump(Hart hart, int depth, long target) {
        remember(target);
        if (--missesLeft < 0 && patience < LAST_PATIENCE) {
            patience *= 2;
            missesLeft = patience;
            unit.requestAgain((GuestCode) hart.code);
        }
        return depth > UnitContext.DEPTH_LIMIT ? target : call(hart, depth, target);
    }

    private void remember(long target) {
        long[] seen = targets;
        for (long one : seen) {
            if (one == target) {
                return;
            }
        }
        if (seen.length < TARGET_LIMIT) {
            long[] more = Arrays.copyOf(seen, seen.length + 1);
            more[seen.length] = target;
            targets = more;
        }
    }
}
