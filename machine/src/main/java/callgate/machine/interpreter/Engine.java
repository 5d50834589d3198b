package callgate.machine.interpreter;

import callgate.machine.hart.Cause;
import callgate.machine.hart.CodeSpace;
import callgate.machine.hart.Hart;
import callgate.machine.hart.Tier;
import callgate.machine.memory.PhysMem;

/**
 * Runs harts: looks up blocks, and runs each by its translation or by the interpreter. Thread-safe.
 */
public final class Engine {
    /**
     * Entries of a block before its translation is asked for. Interpreting a block so often takes
     * two milliseconds; to make host code of its unit takes the JVM's compilers 10 to 40. Measured
     * with imports of Python modules: 20,000 costs a fifth more processor time than 50,000, and no
     * less real time; loops of a second lose nothing.
     */
    private static final int HOT = 50_000;

    /** Entries between two looks at a block that was asked for. */
    private static final int HOT_AGAIN = 10_000;

    private final Tier tier;
    private final HotCode hotCode;
    private final CodeCache cache;

    public Engine(PhysMem memory, Tier tier, HotCode hotCode) {
        this.tier = tier;
        this.hotCode = hotCode;
        cache = new CodeCache(memory, firstHeat(tier));
    }

    private static int firstHeat(Tier tier) {
        return switch (tier) {
            case INTERPRET -> Integer.MAX_VALUE;
            case TRANSLATE -> 0;
            case MIXED -> HOT;
        };
    }

    private int nextHeat() {
        return switch (tier) {
            case INTERPRET -> Integer.MAX_VALUE;
            case TRANSLATE -> 1;
            case MIXED -> HOT_AGAIN;
        };
    }

    /** The code of a new, empty address space. */
    public CodeSpace newCodeSpace() {
        return new GuestCode(cache);
    }

    /** See {@link callgate.machine.link.Machine#run}. */
    public Cause run(Hart hart) {
        boolean goesOn;
        do {
            GuestCode space = (GuestCode) hart.code;
            space.enter(hart);
            try {
                goesOn = runIn(space, hart);
            } finally {
                space.leave(hart);
            }
        } while (goesOn);
        return hart.cause;
    }

    /** False if the hart is to stop with its cause; true if it changed to another address space. */
    private boolean runIn(GuestCode space, Hart hart) {
        while (hart.code == space) {
            if (hart.pending != 0 && (hart.takePending() & Hart.INTERRUPTED) != 0) {
                hart.cause = Cause.INTERRUPT;
                return false;
            }
            Block block = space.block(hart, hart.pc);
            if (block == null) {
                return false;
            }
            Translation translation = translation(space, hart, block);
            if (translation == null) {
                if (!Interpreter.run(hart, space, block)) {
                    return false;
                }
            } else {
                long next = translation.code().run(hart, 0);
                if (next == CompiledCode.EXIT) {
                    hart.clearReservation();
                    return false;
                }
                hart.pc = next;
            }
        }
        return true;
    }

    /** What to run instead of the interpreter, or null. */
    private Translation translation(GuestCode space, Hart hart, Block block) {
        Translation translation = block.translation();
        if (translation == null && --block.heat <= 0 && tier != Tier.INTERPRET) {
            hotCode.request(space, block);
            translation = block.translation();
        }
        if (translation != null && translation.region().isValidIn(space, hart)) {
            block.heat = 0;
            return translation;
        }
        if (block.heat <= 0) {
            block.reheat(nextHeat(), firstHeat(tier));
        }
        return null;
    }
}
