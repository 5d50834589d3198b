package callgate.machine.jit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A basic block of a unit: steps, how it ends, and the register sets that {@link Dataflow} finds.
 */
final class UnitBlock {
    /** How control leaves a block. */
    enum End {
        /** To {@link #next}. */
        FALL,
        /** To {@link #target} or {@link #next}. */
        BRANCH,
        /** To {@link #target}, a call if it writes a register. */
        JUMP,
        /** Calls {@link #target}; then {@link #next}. */
        CALL,
        /** Calls the address in a register; then {@link #next}. */
        CALL_REGISTER,
        /**
         * To the address in a register, which is a return address: in a function that stands in its
         * caller's unit mostly {@link #next}, to {@link #nextBlock}.
         */
        RETURN,
        /** To the address in a register. */
        INDIRECT,
        /** A system call; then {@link #next}. */
        ECALL,
        /** To the engine, which goes on at {@link #next}. */
        LEAVE,
        /**
         * Runs {@link #loop}, a method of its own; then to one of {@link #jumpTargets}, with all
         * registers in the hart, or out of the unit.
         */
        LOOP
    }

    final long start;
    final List<Step> steps = new ArrayList<>();
    End end = End.FALL;
    long target;
    long next;

    /**
     * Blocks of the unit at {@link #target} and {@link #next}, if this end goes there; null if they
     * are not in the unit.
     */
    UnitBlock targetBlock;

    UnitBlock nextBlock;

    /**
     * Of an {@link End#INDIRECT} end: blocks that it was seen to go to. Of a {@link End#LOOP}:
     * those that it can go to.
     */
    final List<UnitBlock> jumpTargets = new ArrayList<>();

    /** Registers whose locals may be newer than the hart's copies, on entry and at the end. */
    long dirtyIn;

    long dirtyOut;

    /** Registers whose locals must hold their value on entry. */
    long liveIn;

    /** True if it belongs to a function that stands in its caller's unit. */
    boolean isInlined;

    /** Of copies of one block: which it is. */
    private int number;

    /**
     * Of the first of several copies that are guarded: the one that is not, for when that fails.
     */
    UnitBlock unguarded;

    /**
     * Of a block that does as many rounds of a loop as are sure to come before it goes on to {@link
     * #unguarded}: how they are counted.
     */
    CountedLoop counted;

    /**
     * Of a copy that uses shadows of registers: the copy that does not, see {@link NarrowPointers}.
     */
    UnitBlock unshadowed;

    /**
     * True if accesses off walking registers are sure to lie in the remembered run, which was
     * tested before the first of the copies.
     */
    boolean isGuarded;

    /**
     * Of a block with much floating-point arithmetic: its careful copy, which control comes to at
     * the instruction where a test failed, see {@link RangedFloats}.
     */
    UnitBlock careful;

    /** Of a careful copy: true. */
    boolean isCareful;

    /** Of a {@link End#LOOP} end, which has no instructions of its own. */
    InnerLoop loop;

    UnitBlock(long start) {
        this.start = start;
    }

    /** A block with the same instructions and ends, that follows {@code number - 1} others. */
    UnitBlock copy(int number) {
        UnitBlock copy = new UnitBlock(start);
        copy.steps.addAll(steps);
        copy.end = end;
        copy.target = target;
        copy.next = next;
        copy.targetBlock = targetBlock;
        copy.nextBlock = nextBlock;
        copy.number = number;
        return copy;
    }

    /** Makes the careful copy, when all else about this block is known. */
    UnitBlock makeCareful() {
        careful = copy(number);
        careful.isCareful = true;
        careful.jumpTargets.addAll(jumpTargets);
        careful.dirtyIn = dirtyIn;
        careful.dirtyOut = dirtyOut;
        careful.liveIn = liveIn;
        return careful;
    }

    /** A block with the instructions of this one and of {@code last}, and the end of that. */
    UnitBlock followedBy(UnitBlock last) {
        UnitBlock both = new UnitBlock(start);
        both.steps.addAll(steps);
        both.steps.addAll(last.steps);
        both.end = last.end;
        both.target = last.target;
        both.next = last.next;
        both.targetBlock = last.targetBlock;
        both.nextBlock = last.nextBlock;
        return both;
    }

    /** Replaces the blocks that it goes to; null is none. */
    void redirect(UnaryOperator<UnitBlock> replacement) {
        jumpTargets.replaceAll(replacement);
        targetBlock = targetBlock == null ? null : replacement.apply(targetBlock);
        nextBlock = nextBlock == null ? null : replacement.apply(nextBlock);
    }

    Step last() {
        return steps.getLast();
    }

    /** True if registers are in the hart, not in locals, when control arrives at {@link #next}. */
    boolean handsOverRegisters() {
        return switch (end) {
            case CALL, CALL_REGISTER, ECALL, LOOP -> true;
            case FALL, BRANCH, JUMP, RETURN, INDIRECT, LEAVE -> false;
        };
    }

    /** True if other units may run nested in this one after it. */
    boolean callsOut() {
        return switch (end) {
            case CALL, CALL_REGISTER, INDIRECT -> true;
            case FALL -> nextBlock == null;
            case BRANCH -> nextBlock == null || targetBlock == null;
            case JUMP -> targetBlock == null;
            case RETURN, ECALL, LEAVE, LOOP -> false;
        };
    }

    /**
     * True if an edge from the end of this block to {@code to} can close a loop, so that it must
     * poll.
     */
    boolean isBackEdge(UnitBlock to) {
        return to.number <= number && to.start <= (loop == null ? last().pc() : loop.lastPc());
    }

    /** The blocks of the unit that control can go to. */
    List<UnitBlock> successors() {
        List<UnitBlock> result = new ArrayList<>(jumpTargets);
        if (targetBlock != null) {
            result.add(targetBlock);
        }
        if (nextBlock != null) {
            result.add(nextBlock);
        }
        if (unguarded != null) {
            result.add(unguarded);
        }
        if (unshadowed != null) {
            result.add(unshadowed);
        }
        return result;
    }

    /** True if control may leave the unit at the end of this block with registers in locals. */
    boolean canExit() {
        return switch (end) {
            case FALL -> leavesTo(nextBlock);
            case BRANCH -> leavesTo(nextBlock) || leavesTo(targetBlock);
            case JUMP -> leavesTo(targetBlock);
            case CALL, CALL_REGISTER, RETURN, INDIRECT, ECALL, LEAVE, LOOP -> true;
        };
    }

    private boolean leavesTo(UnitBlock block) {
        return block == null || isBackEdge(block);
    }
}
