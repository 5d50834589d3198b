package callgate.machine.jit;

import callgate.machine.hart.Hart;
import callgate.machine.interpreter.CodeRegion;
import callgate.machine.interpreter.GuestCode;
import callgate.machine.interpreter.Translation;

/** What was found at a guest address when it was last looked up: an entry of caches. */
record KnownUnit(long pc, CodeRegion region, TranslatedUnit unit) {
    /** Nothing. */
    static final KnownUnit NONE = new KnownUnit(-1, null, null);

    /** The translation at {@code pc} that {@code hart} may run; null if there is none. */
    static KnownUnit lookUp(Hart hart, long pc) {
        Translation translation = ((GuestCode) hart.code).translation(hart, pc);
        return translation == null
                ? null
                : new KnownUnit(pc, translation.region(), (TranslatedUnit) translation.code());
    }

    /** True if {@code hart} may run it for code at {@code wanted}. */
    boolean isGoodFor(long wanted, Hart hart) {
        return pc == wanted && region.isKnownValidIn((GuestCode) hart.code) && !unit.isReplaced();
    }
}
