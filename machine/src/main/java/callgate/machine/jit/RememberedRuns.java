package callgate.machine.jit;

import callgate.machine.isa.Op;
import callgate.machine.isa.Operand;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which accesses in an inner loop keep what the page table said from one round to the next: most
 * next accesses are in the same <em>run</em>, pages that lie side by side in guest and host alike.
 *
 * <p>Accesses off a register that walks through memory (in the loop it changes by additions to
 * itself only, or not at all) share what is remembered; others have a memory of their own.
 */
final class RememberedRuns {
    /**
     * Most memories a loop: each takes three locals, which the JVM keeps in registers or spills.
     */
    private static final int LIMIT = 6;

    /**
     * The local variables of one memory: a run's first guest address, how many places in it an
     * access may begin at (0 if nothing is remembered), and host minus guest address.
     */
    static final class Memory {
        final int start;
        final int room;
        final int delta;
        private int span;
        private int nextDelta;

        // if accesses are guarded: the base register; all bytes accessed in all copies, relative to
        // its value before the first copy; and how many places that value may have in the run
        private int base;
        private long lowest;
        private long end;
        private int guardRoom;

        private Memory(Locals locals) {
            start = locals.reserve();
            room = locals.reserve();
            delta = locals.reserve();
        }

        /** Bytes of the longest access that uses it: they lie in the run if the first does. */
        int span() {
            return span;
        }

        /**
         * The local variable of the delta plus one, or 0 if there is none. To the JVM's compiler it
         * has nothing to do with the delta: the sum of it and a pointer has a single use and is
         * folded into that, see {@link NarrowPointers}.
         */
        int nextDelta() {
            return nextDelta;
        }

        private void follow(Locals locals) {
            nextDelta = nextDelta == 0 ? locals.reserve() : nextDelta;
        }

        boolean isGuarded() {
            return guardRoom != 0;
        }

        int base() {
            return base;
        }

        /** Where the guarded bytes begin, relative to the base register before the first copy. */
        long lowest() {
            return lowest;
        }

        /** How many bytes are guarded. */
        long guardedBytes() {
            return end - lowest;
        }

        /** The local variable of how many places in the run the guarded bytes may begin at. */
        int guardRoom() {
            return guardRoom;
        }

        private void guard(Locals locals, int base, long from, long to) {
            if (guardRoom == 0) {
                guardRoom = locals.reserve();
                this.base = base;
                lowest = from;
                end = to;
            }
            lowest = Math.min(lowest, from);
            end = Math.max(end, to);
        }
    }

    /** What shares a memory. */
    private record Key(Object registerOrSite, boolean isStore) {}

    private final Map<Key, Memory> memories = new LinkedHashMap<>();
    private final Map<AccessSpan, Memory> bySpan = new HashMap<>();

    private final long changed;

    /** Nothing is remembered. */
    RememberedRuns() {
        changed = -1L;
    }

    /**
     * @param blocks of an inner loop
     * @param spans all accesses in them
     */
    RememberedRuns(
            List<UnitBlock> blocks,
            List<AccessSpan> spans,
            NarrowPointers pointers,
            Locals locals) {
        long changed = 0;
        long walking = 0;
        for (UnitBlock block : blocks) {
            for (Step step : block.steps) {
                changed |= isWalk(step) ? 0 : step.writes();
                walking |= isWalk(step) ? step.writes() : 0;
            }
        }
        this.changed = changed | walking;
        for (AccessSpan span : spans) {
            boolean walks = (changed & Registers.integer(span.base())) == 0;
            Key key = new Key(walks ? (Object) span.base() : span, span.isStore());
            if (memories.size() < LIMIT || memories.containsKey(key)) {
                Memory memory = memories.computeIfAbsent(key, _ -> new Memory(locals));
                memory.span = Math.max(memory.span, span.bytes());
                bySpan.put(span, memory);
                if ((pointers.compared() & Registers.integer(span.base())) != 0) {
                    memory.follow(locals);
                }
            }
        }
        guard(blocks, locals);
    }

    // ---- guards ----

    /** True if one test can do for accesses in several copies of the block. */
    static boolean canGuard(UnitBlock block) {
        long walking = walking(block);
        return !forgets(block)
                && (!BoundedSums.of(block).isEmpty()
                        || block.steps.stream()
                                .anyMatch(
                                        step ->
                                                step.meaning().access != null
                                                        && (walking & Registers.integer(step.rs1()))
                                                                != 0));
    }

    /** True if what is remembered is forgotten in each round of the block. */
    static boolean forgets(UnitBlock block) {
        return block.steps.stream()
                .anyMatch(
                        step ->
                                step.op() == Op.FENCE
                                        || step.meaning().operands.contains(Operand.CSR)
                                                && !FloatStateEmitter.isFloatState(step));
    }

    /** Registers that only additions of constants to themselves change. */
    private static long walking(UnitBlock block) {
        long changed = 0;
        for (Step step : block.steps) {
            changed |= isConstantWalk(step) ? 0 : step.writes();
        }
        return ~changed;
    }

    private static boolean isConstantWalk(Step step) {
        return step.op() == Op.ADDI && step.rd() == step.rs1();
    }

    /**
     * Finds what accesses off walking registers reach in all guarded copies, and look-ups in
     * tables.
     */
    private void guard(List<UnitBlock> blocks, Locals locals) {
        long[] moved = new long[Registers.FLOAT];
        for (UnitBlock block : blocks) {
            if (!block.isGuarded) {
                return;
            }
            long walking = walking(block);
            Map<Step, BoundedSums.Bound> bounds = BoundedSums.of(block);
            for (Step step : block.steps) {
                if (isConstantWalk(step)) {
                    moved[step.rd()] += step.instruction().imm();
                }
                for (AccessSpan span : bySpan.keySet()) {
                    int base = span.base();
                    if (span.first() != step) {
                        continue;
                    }
                    BoundedSums.Bound bound = bounds.get(step);
                    if (block.counted != null && isBeforeWalk(block, step)) {
                        long from = span.anchor();
                        bySpan.get(span).guard(locals, base, from, from + span.bytes());
                    } else if ((walking & Registers.integer(base)) != 0) {
                        long from = moved[base] + span.anchor();
                        bySpan.get(span).guard(locals, base, from, from + span.bytes());
                    } else if (bound != null) {
                        long end = bound.highest() + span.anchor() + span.bytes();
                        bySpan.get(span).guard(locals, bound.constant(), span.anchor(), end);
                    }
                }
            }
        }
    }

    /**
     * True if an access's base walks by a register, later in the block than all accesses off it:
     * they share a memory, and no other may change it while they rely on it.
     */
    private static boolean isBeforeWalk(UnitBlock block, Step access) {
        int base = access.rs1();
        Walk walk = Walk.of(block, base);
        return walk != null
                && walk.register() != 0
                && block.steps.stream()
                        .dropWhile(step -> (step.writes() & Registers.integer(base)) == 0)
                        .noneMatch(step -> step.meaning().access != null && step.rs1() == base);
    }

    /** The memory that an access uses, or null. */
    Memory of(AccessSpan span) {
        return bySpan.get(span);
    }

    /** True if a loop's instructions do not write the integer register. */
    boolean isConstant(int register) {
        return register != 0 && (changed & Registers.integer(register)) == 0;
    }

    Collection<Memory> all() {
        return memories.values();
    }

    private static boolean isWalk(Step step) {
        return step.op() == Op.ADDI && step.rd() == step.rs1()
                || step.op() == Op.ADD
                        && (step.rd() == step.rs1() || step.rd() == step.instruction().rs2());
    }
}
