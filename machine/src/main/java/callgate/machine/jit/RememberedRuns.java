package callgate.machine.jit;

import callgate.machine.isa.Op;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which accesses in loops keep what the page table said from one round to the next: most next
 * accesses are in the same <em>run</em>, pages that lie side by side in guest and host alike.
 *
 * <p>Accesses off a register that walks through memory (in the loop it changes by additions to
 * itself only, or not at all) share what is remembered; others have a memory of their own.
 */
final class RememberedRuns {
    /**
     * Most memories a unit: each takes three locals, which the JVM keeps in registers or spills.
     */
    private static final int LIMIT = 8;

    /**
     * The local variables of one memory: a run's first guest address, how many places in it an
     * access may begin at (0 if nothing is remembered), and host minus guest address.
     */
    static final class Memory {
        final int start;
        final int room;
        final int delta;
        final boolean isStore;
        private int span;

        private Memory(Locals locals, boolean isStore) {
            start = locals.reserve();
            room = locals.reserve();
            delta = locals.reserve();
            this.isStore = isStore;
        }

        /** Bytes of the longest access that uses it: they lie in the run if the first does. */
        int span() {
            return span;
        }
    }

    /** What shares a memory within a loop. */
    private record Key(Object registerOrSite, boolean isStore) {}

    private final Map<AccessSpan, Memory> memories = new HashMap<>();
    private final List<Memory> all = new ArrayList<>();
    private final Locals locals;

    /**
     * @param spans all accesses of each block
     */
    RememberedRuns(List<UnitBlock> blocks, Map<UnitBlock, List<AccessSpan>> spans, Locals locals) {
        this.locals = locals;
        List<List<UnitBlock>> loops = new ArrayList<>();
        for (int end = 0; end < blocks.size(); end++) {
            UnitBlock last = blocks.get(end);
            for (UnitBlock head : last.successors()) {
                if (last.isBackEdge(head) && !last.handsOverRegisters()) {
                    loops.add(blocks.subList(blocks.indexOf(head), end + 1));
                }
            }
        }
        loops.removeIf(loop -> !loop.stream().allMatch(RememberedRuns::staysInside));
        loops.sort(Comparator.comparingInt(RememberedRuns::steps)); // inner ones first
        loops.forEach(loop -> addLoop(loop, spans));
    }

    /** The memory that an access uses, or null. */
    Memory of(AccessSpan span) {
        return memories.get(span);
    }

    /** All of the unit. */
    List<Memory> all() {
        return all;
    }

    /** A loop, taken to be all that stands between its head and its end. */
    private void addLoop(List<UnitBlock> loop, Map<UnitBlock, List<AccessSpan>> spans) {
        long changed = 0;
        for (UnitBlock block : loop) {
            for (Step step : block.steps) {
                changed |= isWalk(step) ? 0 : step.writes();
            }
        }
        Map<Key, Memory> ofLoop = new HashMap<>();
        for (UnitBlock block : loop) {
            for (AccessSpan span : spans.get(block)) {
                if (memories.containsKey(span)) {
                    continue;
                }
                boolean walks = (changed & Registers.integer(span.base())) == 0;
                Key key = new Key(walks ? (Object) span.base() : span, span.isStore());
                Memory memory = ofLoop.get(key);
                if (memory == null) {
                    if (all.size() == LIMIT) {
                        continue;
                    }
                    memory = new Memory(locals, span.isStore());
                    all.add(memory);
                    ofLoop.put(key, memory);
                }
                memory.span = Math.max(memory.span, span.bytes());
                memories.put(span, memory);
            }
        }
    }

    private static int steps(List<UnitBlock> loop) {
        return loop.stream().mapToInt(block -> block.steps.size()).sum();
    }

    /** True unless the loop is left for the supervisor or other units in every round. */
    private static boolean staysInside(UnitBlock block) {
        return switch (block.end) {
            case FALL, BRANCH, JUMP -> block.steps.stream().noneMatch(step -> step.op().isAtomic());
            case CALL, CALL_REGISTER, RETURN, INDIRECT, ECALL, LEAVE -> false;
        };
    }

    private static boolean isWalk(Step step) {
        return step.op() == Op.ADDI && step.rd() == step.rs1()
                || step.op() == Op.ADD
                        && (step.rd() == step.rs1() || step.rd() == step.instruction().rs2());
    }
}
