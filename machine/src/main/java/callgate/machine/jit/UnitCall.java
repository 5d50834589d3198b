package callgate.machine.jit;

import callgate.machine.hart.Hart;
import callgate.machine.interpreter.GuestCode;
import callgate.machine.interpreter.Translation;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.MutableCallSite;

/**
 * A call (or jump) from a unit to a known guest address outside of it. Until the callee is
 * translated it returns the callee's address, so that everything unwinds to the engine, which runs
 * the callee; then it is linked to the callee's method, and the JVM may inline through it.
 */
final class UnitCall extends MutableCallSite {
    static final MethodType TYPE =
            MethodType.methodType(long.class, Hart.class, long[].class, long.class, int.class);

    private static final MethodHandle UNLINKED;

    static {
        try {
            UNLINKED = MethodHandles.lookup().findVirtual(UnitCall.class, "unlinked", TYPE);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final UnitContext caller;
    private final long pc;

    UnitCall(UnitContext caller, long pc) {
        super(TYPE);
        this.caller = caller;
        this.pc = pc;
        setTarget(UNLINKED.bindTo(this));
    }

    private long unlinked(Hart hart, long[] x, long table, int depth) {
        GuestCode space = (GuestCode) hart.code;
        Translation callee = space.translation(hart, pc);
        if (callee == null || depth > UnitContext.DEPTH_LIMIT) {
            return pc;
        }
        if (caller.region().unite(callee.region())) {
            ((TranslatedUnit) callee.code()).link(this);
        }
        return callee.code().run(hart, depth);
    }
}
