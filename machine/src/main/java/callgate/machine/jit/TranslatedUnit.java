package callgate.machine.jit;

import callgate.machine.interpreter.CompiledCode;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * The superclass of generated classes: a unit of translated guest code, and who calls it without
 * looking it up.
 */
public abstract class TranslatedUnit implements CompiledCode {
    private MethodHandle direct;
    private List<UnitCall> callers = new ArrayList<>();
    private volatile TranslatedUnit successor;

    /** For generated classes. */
    protected TranslatedUnit() {}

    /** Tells the unit the handle of its own method; once, before anybody calls it. */
    void setDirect(MethodHandle handle) {
        direct = handle;
    }

    /** Makes {@code call} go straight to this unit, or to the one that replaced it. */
    synchronized void link(UnitCall call) {
        if (successor != null) {
            successor.link(call);
        } else {
            callers.add(call);
            call.setTarget(direct);
        }
    }

    /** True if there is a better one now. */
    final boolean isReplaced() {
        return successor != null;
    }

    /** Sends everybody who calls this unit to a better one of the same guest code. */
    synchronized void replaceBy(TranslatedUnit better) {
        successor = better;
        callers.forEach(better::link);
        callers = List.of();
    }
}
