package callgate.machine.jit;

import callgate.machine.hart.Tier;
import callgate.machine.interpreter.Block;
import callgate.machine.interpreter.CodePage;
import callgate.machine.interpreter.CodeRegion;
import callgate.machine.interpreter.GuestCode;
import callgate.machine.interpreter.HotCode;
import callgate.machine.interpreter.JumpTargets;
import callgate.machine.interpreter.Translation;
import callgate.machine.memory.PhysMem;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * Translates hot guest code to JVM bytecode: at once, or on a background thread of its own. One per
 * machine; thread-safe.
 *
 * <p>Whatever goes wrong with a unit (a bug of ours, memory) leaves its code to the interpreter.
 */
public final class Translator implements HotCode, AutoCloseable {
    /** Estimated bytes of bytecode per unit; the estimate is a little high. */
    private static final int BUDGET_BYTES = 4_500;

    private static final int LEAST_BUDGET_BYTES = 250;

    private static final System.Logger LOG = System.getLogger(Translator.class.getName());

    /** Made with the first unit: most sandboxes never have one. Guarded by this. */
    private Meanings meanings;

    private final UnitCompiler compiler = new UnitCompiler();
    private final Object regionLock = new Object();
    private final TranslationQueue queue;

    /** Blocks that a translation failed for. */
    private final Set<Block> refused =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    private volatile boolean isDisabled;
    private final CodeSource.Scope scope;

    private synchronized Meanings meanings() {
        if (meanings == null) {
            meanings = new Meanings();
        }
        return meanings;
    }

    /** A translator for a machine of that tier. */
    public Translator(Tier tier) {
        queue = tier == Tier.MIXED ? new TranslationQueue() : null;
        scope = tier == Tier.MIXED ? CodeSource.Scope.HAS_RUN : CodeSource.Scope.REACHABLE;
    }

    @Override
    public void request(GuestCode space, Block block) {
        if (queue == null) {
            translate(space, block, null);
        } else {
            queue.add(block, () -> translate(space, block, null));
        }
    }

    void requestAgain(GuestCode space, Block block, UnitContext older) {
        if (queue == null) {
            translate(space, block, older);
        } else {
            queue.add(block, () -> translate(space, block, older));
        }
    }

    JumpTargets targetsOf(CodeRegion region, long pc) {
        CodePage page = region.page(pc >>> PhysMem.PAGE_SHIFT);
        return page == null ? new JumpTargets() : page.jumpTargets(pc);
    }

    /** Stops the background thread. */
    @Override
    public void close() {
        if (queue != null) {
            queue.close();
        }
    }

    private void translate(GuestCode space, Block block, UnitContext older) {
        if (isDisabled || refused.contains(block)) {
            return;
        }
        try {
            translateOrFail(space, block, older);
        } catch (OutOfMemoryError e) {
            isDisabled = true; // no room for classes: the interpreter needs none
            LOG.log(
                    System.Logger.Level.WARNING,
                    "no memory for translated code: guest code is interpreted from now on",
                    e);
        } catch (RuntimeException | LinkageError e) {
            refused.add(block);
            LOG.log(
                    System.Logger.Level.WARNING,
                    "guest code at 0x" + Long.toHexString(block.pc()) + " can't be translated",
                    e);
            assert false : e;
        }
    }

    private void translateOrFail(GuestCode space, Block block, UnitContext older) {
        if (older == null && isNeedless(space, block)) {
            return;
        }
        CodeSource source = new CodeSource(space, meanings(), scope);
        for (int budget = BUDGET_BYTES; budget >= LEAST_BUDGET_BYTES; budget /= 2) {
            List<UnitBlock> blocks = UnitPlanner.plan(block.pc(), source, budget);
            Set<Long> jumpTargets = UnitPlanner.jumpTargets(blocks);
            if (blocks.isEmpty() || older != null && older.hasAll(jumpTargets)) {
                return;
            }
            List<Long> starts = blocks.stream().map(it -> it.start).toList();
            blocks = InnerLoop.extract(blocks, block.pc(), source);
            blocks = InlinedCalls.in(blocks, source, budget);
            Dataflow.solve(blocks);
            byte[] classFile = compiler.classFile(block.pc(), blocks, source);
            if (classFile != null) {
                install(space, block, older, jumpTargets, source.pages(), classFile);
                starts.forEach(space::cover);
                return;
            }
        }
    }

    /**
     * True if the block got a translation meanwhile, or (in the background) another unit has it.
     */
    private boolean isNeedless(GuestCode space, Block block) {
        Translation before = block.translation();
        if (before != null) {
            return before.region().mayBecomeValidIn(space); // made for another address space
        }
        return queue != null && !block.stillNeedsUnit();
    }

    private void install(
            GuestCode space,
            Block block,
            UnitContext older,
            Set<Long> jumpTargets,
            List<CodePage> pages,
            byte[] classFile) {
        CodeRegion region = older == null ? new CodeRegion(regionLock) : older.region();
        if (!region.add(space, pages)) {
            return; // the code has changed meanwhile
        }
        int generation = older == null ? 0 : older.generation() + 1;
        UnitContext context = new UnitContext(this, block, region, generation, jumpTargets);
        TranslatedUnit unit = compiler.load(classFile, context);
        Translation before = block.translation();
        block.install(new Translation(block.pc(), unit, region, pages));
        if (older != null && before != null) {
            ((TranslatedUnit) before.code()).replaceBy(unit);
        }
    }
}
