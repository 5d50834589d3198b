package callgate.machine.jit;

import callgate.machine.interpreter.Block;
import callgate.machine.interpreter.CodeRegion;
import callgate.machine.interpreter.GuestCode;
import java.lang.invoke.CallSite;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What the code of one unit is linked with; the class data of its class. Thread-safe. */
public final class UnitContext {
    /**
     * Guest calls that may be nested on the host's stack; see docs/TRANSLATOR.md for the stack that
     * needs.
     */
    static final int DEPTH_LIMIT = 200;

    /** Misses of a register jump before its unit is first translated again, if that helps. */
    private static final int FIRST_PATIENCE = 500;

    /** How much longer it waits each further time. */
    static final int GROWTH = 8;

    private static final int GENERATION_LIMIT = 5;

    private final Translator translator;
    private final Block block;
    private final CodeRegion region;
    private final int generation;
    private final Set<Long> jumpTargets;
    private final Map<Long, RegisterJump> jumps = new ConcurrentHashMap<>();

    /**
     * @param generation how often the unit was translated before
     * @param jumpTargets what its register jumps have cases for
     */
    UnitContext(
            Translator translator,
            Block block,
            CodeRegion region,
            int generation,
            Set<Long> jumpTargets) {
        this.generation = generation;
        this.jumpTargets = Set.copyOf(jumpTargets);
        this.translator = translator;
        this.block = block;
        this.region = region;
    }

    /** Bootstrap method of a call of guest address {@code pc}. */
    public static CallSite call(MethodHandles.Lookup lookup, String name, MethodType type, long pc)
            throws IllegalAccessException {
        return new UnitCall(MethodHandles.classData(lookup, "_", UnitContext.class), pc);
    }

    /** Bootstrap method of the value that is the expected target of the call at {@code pc}. */
    public static CallSite expected(
            MethodHandles.Lookup lookup, String name, MethodType type, long pc)
            throws IllegalAccessException {
        return jump(lookup, name, RegisterJump.class, pc).expected();
    }

    /** Bootstrap method of the call of the expected target at {@code pc}. */
    public static CallSite expectedCall(
            MethodHandles.Lookup lookup, String name, MethodType type, long pc)
            throws IllegalAccessException {
        return jump(lookup, name, RegisterJump.class, pc).expectedCall();
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
        int patience = FIRST_PATIENCE;
        for (int i = 0; i < generation; i++) {
            patience *= GROWTH;
        }
        return generation < GENERATION_LIMIT ? patience : Integer.MAX_VALUE;
    }

    /** True if the unit's register jumps have cases for all of these targets. */
    boolean hasAll(Set<Long> targets) {
        return jumpTargets.containsAll(targets);
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
