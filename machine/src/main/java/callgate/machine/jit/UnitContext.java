package callgate.machine.jit;

import callgate.machine.interpreter.Block;
import callgate.machine.interpreter.CodeRegion;
import callgate.machine.interpreter.GuestCode;
import java.lang.invoke.CallSite;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the code of one unit is linked with; the class data of its class. Thread-safe. */
public final class UnitContext {
    /**
     * Guest calls that may be nested on the host's stack; see docs/TRANSLATOR.md for the stack that
     * needs.
     */
    static final int DEPTH_LIMIT = 200;

    /**
     * Misses of a register jump before its unit is translated again, eight times as many each time.
     */
    private static final int FIRST_PATIENCE = 100;

    private static final int GENERATION_LIMIT = 5;

    private final Translator translator;
    private final Block block;
    private final CodeRegion region;
    private final int generation;
    private final Map<Long, RegisterJump> jumps = new ConcurrentHashMap<>();

    /**
     * @param generation how often the unit was translated before
     */
    UnitContext(Translator translator, Block block, CodeRegion region, int generation) {
        this.generation = generation;
        this.translator = translator;
        this.block = block;
        this.region = region;
    }

    /** Bootstrap method of a call of guest address {@code pc}. */
    public static CallSite call(MethodHandles.Lookup lookup, String name, MethodType type, long pc)
            throws IllegalAccessException {
        return new UnitCall(MethodHandles.classData(lookup, "_", UnitContext.class), pc);
    }

    /** Bootstrap method of the constant that stands for the register jump or call at {@code pc}. */
    public static RegisterJump jump(
            MethodHandles.Lookup lookup, String name, Class<?> type, long pc)
            throws IllegalAccessException {
        return MethodHandles.classData(lookup, "_", UnitContext.class).jump(pc);
    }

    /**
     * Bootstrap method of the constant that stands for the unit's exits to code that had not run.
     */
    public static ColdExit exit(MethodHandles.Lookup lookup, String name, Class<?> type) {
        return new ColdExit();
    }

    RegisterJump jump(long pc) {
        return jumps.computeIfAbsent(
                pc, _ -> new RegisterJump(this, translator.targetsOf(region, pc), patience()));
    }

    private int patience() {
        return generation < GENERATION_LIMIT ? FIRST_PATIENCE << 3 * generation : Integer.MAX_VALUE;
    }

    int generation() {
        return generation;
    }

    CodeRegion region() {
        return region.current();
    }

    /** Asks for the unit to be translated again, with what its register jumps have seen. */
    void requestAgain(GuestCode space) {
        translator.requestAgain(space, block, this);
    }
}
