package callgate.machine.jit;

import java.util.List;

/**
 * Finds which registers must be loaded into locals and which must be stored back, per block.
 *
 * <p>Forwards: a register is <em>dirty</em> where its local may be newer than the hart's copy.
 * Backwards: it is <em>live</em> where its local will be read: by an instruction, or by a place
 * that stores all dirty registers (an exit, a call, or an access that may fault). A register that
 * is dirty on one path only is thereby loaded on the other, so that storing it is right on both.
 * Calls, system calls and inner loops leave nothing dirty and nothing live: everything is in the
 * hart there.
 */
final class Dataflow {
    private Dataflow() {}

    /** Solves for the blocks of a unit, and for those of its inner loops. */
    static void solve(List<UnitBlock> blocks) {
        blocks.stream()
                .filter(block -> block.loop != null)
                .forEach(block -> solve(block.loop.blocks()));
        boolean changed = true;
        while (changed) {
            changed = false;
            for (UnitBlock block : blocks) {
                changed |= flowForward(block);
            }
        }
        changed = true;
        while (changed) {
            changed = false;
            for (UnitBlock block : blocks.reversed()) {
                long live = liveAtStart(block);
                changed |= live != block.liveIn;
                block.liveIn = live;
            }
        }
    }

    private static boolean flowForward(UnitBlock block) {
        long dirty = block.dirtyIn;
        for (Step step : block.steps) {
            dirty |= step.writes();
        }
        boolean changed = dirty != block.dirtyOut;
        block.dirtyOut = dirty;
        if (block.handsOverRegisters()) {
            return changed;
        }
        for (UnitBlock successor : block.successors()) {
            long merged = successor.dirtyIn | dirty;
            changed |= merged != successor.dirtyIn;
            successor.dirtyIn = merged;
        }
        return changed;
    }

    private static long liveAtStart(UnitBlock block) {
        long live = 0;
        if (!block.handsOverRegisters()) {
            for (UnitBlock successor : block.successors()) {
                live |= successor.liveIn;
            }
        }
        if (block.canExit()) {
            live |= block.dirtyOut;
        }
        return backwards(block, live);
    }

    private static long backwards(UnitBlock block, long liveOut) {
        long live = liveOut;
        long[] dirtyBefore = dirtyBefore(block);
        for (int i = block.steps.size() - 1; i >= 0; i--) {
            Step step = block.steps.get(i);
            live = live & ~step.writes() | step.reads();
            if (step.mayFault()) {
                live |= dirtyBefore[i];
            }
        }
        return live;
    }

    private static long[] dirtyBefore(UnitBlock block) {
        long[] result = new long[block.steps.size()];
        long dirty = block.dirtyIn;
        for (int i = 0; i < result.length; i++) {
            result[i] = dirty;
            dirty |= block.steps.get(i).writes();
        }
        return result;
    }
}
