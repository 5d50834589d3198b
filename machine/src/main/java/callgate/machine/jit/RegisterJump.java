package callgate.machine.jit;

import callgate.machine.hart.Hart;
import callgate.machine.interpreter.GuestCode;
import callgate.machine.interpreter.JumpTargets;
import java.lang.invoke.CallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MutableCallSite;

/**
 * A jump or call to an address in a register, at one place of one unit. Goes on in the translation
 * of the target, if there is one; counts targets of jumps, so that the next translation of the unit
 * contains them. Thread-safe: races lose counts, nothing else.
 */
public final class RegisterJump {
    /** So many calls of one target in a row make it the expected one. */
    private static final int LINKED_AFTER = 1000;

    /** No target: they are even. */
    private static final MethodHandle NOTHING_EXPECTED = MethodHandles.constant(long.class, -1L);

    private final UnitContext unit;
    private final JumpTargets targets;
    private int patience;
    private int missesLeft;

    // of calls: the target that is called without looking anything up, which never changes again;
    // the JVM takes it for a constant. The call of it is there before anybody can see it.
    private final CallSite expected = new MutableCallSite(NOTHING_EXPECTED);
    private UnitCall expectedCall; // guarded by this
    private int callsOfKnown;

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

    /** The call site whose value is the target that {@link #expectedCall} calls, or no address. */
    CallSite expected() {
        return expected;
    }

    /** The call site that calls the expected target; only if there is one. */
    synchronized CallSite expectedCall() {
        return expectedCall;
    }

    /**
     * Calls {@code target}, which is not the expected one; returns as a unit does. All registers
     * are in the hart.
     */
    public long call(Hart hart, int depth, long target) {
        KnownUnit last = known;
        if (last.isGoodFor(target, hart) && ++callsOfKnown == LINKED_AFTER) {
            expect(last);
        }
        return go(hart, depth, target);
    }

    private synchronized void expect(KnownUnit callee) {
        if (expectedCall == null && unit.region().unite(callee.region())) {
            UnitCall call = new UnitCall(unit, callee.pc());
            callee.unit().link(call);
            expectedCall = call;
            expected.setTarget(MethodHandles.constant(long.class, callee.pc()));
        }
    }

    private long go(Hart hart, int depth, long target) {
        KnownUnit last = known;
        if (last.isGoodFor(target, hart)) {
            return last.unit().run(hart, depth);
        }
        KnownUnit found = depth > UnitContext.DEPTH_LIMIT ? null : KnownUnit.lookUp(hart, target);
        if (found == null) {
            return target;
        }
        known = found;
        callsOfKnown = 0;
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
        return depth > UnitContext.DEPTH_LIMIT ? target : go(hart, depth, target);
    }
}
