package callgate.machine.jit;

import callgate.machine.isa.Op;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Base registers that walk through memory in loops: they change by additions to themselves only, or
 * not at all. What the page table says of the page they are in is kept from one round to the next:
 * most next accesses are in the same page.
 */
final class WalkingBases {
    /**
     * Most registers remembered per unit: each takes two locals, which the JVM must keep in
     * registers or on its stack.
     */
    private static final int LIMIT = 6;

    /**
     * Loops over bytes gain nothing (measured): their test of the page is not shorter than the look
     * at the table.
     */
    private static final int LEAST_WIDTH = 4;

    private final Map<UnitBlock, Long> walking = new HashMap<>();
    private long chosen;
    private long loaded;
    private long stored;

    WalkingBases(List<UnitBlock> blocks) {
        for (int end = 0; end < blocks.size(); end++) {
            UnitBlock last = blocks.get(end);
            for (UnitBlock head : last.successors()) {
                if (last.isBackEdge(head) && !last.handsOverRegisters()) {
                    addLoop(blocks.subList(blocks.indexOf(head), end + 1));
                }
            }
        }
    }

    /** True if accesses off {@code base} in {@code block} are to use what is remembered. */
    boolean contains(UnitBlock block, int base, boolean isStore) {
        return ((isStore ? stored : loaded) & Registers.integer(base)) != 0
                && (walking.getOrDefault(block, 0L) & Registers.integer(base)) != 0;
    }

    /**
     * Of the registers that {@link #contains} says yes to in some block, those that are loaded
     * from.
     */
    long loaded() {
        return loaded & chosen;
    }

    /** As {@link #loaded}, stored to. */
    long stored() {
        return stored & chosen;
    }

    /**
     * A loop, taken to be all that stands between its head and its end; only those that call
     * nothing count.
     */
    private void addLoop(List<UnitBlock> loop) {
        if (!loop.stream().allMatch(WalkingBases::staysInside)) {
            return;
        }
        long bases = 0;
        long others = 0;
        for (UnitBlock block : loop) {
            for (Step step : block.steps) {
                AccessShape access = step.meaning().access;
                if (access != null && access.width() >= LEAST_WIDTH) {
                    bases |= Registers.integer(step.rs1());
                    loaded |= access.isStore() ? 0 : Registers.integer(step.rs1());
                    stored |= access.isStore() ? Registers.integer(step.rs1()) : 0;
                }
                if (!isStep(step)) {
                    others |= step.writes();
                }
            }
        }
        long result = 0;
        for (long rest = bases & ~others; rest != 0; rest &= rest - 1) {
            long base = Long.lowestOneBit(rest);
            if ((chosen & base) != 0 || Long.bitCount(chosen) < LIMIT) {
                result |= base;
            }
            chosen |= result;
        }
        long walkingHere = result;
        for (UnitBlock block : loop) {
            walking.merge(block, walkingHere, (a, b) -> a | b);
        }
    }

    private static boolean staysInside(UnitBlock block) {
        return switch (block.end) {
            case FALL, BRANCH, JUMP -> block.steps.stream().noneMatch(step -> step.op().isAtomic());
            case CALL, CALL_REGISTER, RETURN, INDIRECT, ECALL, LEAVE -> false;
        };
    }

    private static boolean isStep(Step step) {
        return step.op() == Op.ADDI && step.rd() == step.rs1()
                || step.op() == Op.ADD
                        && (step.rd() == step.rs1() || step.rd() == step.instruction().rs2());
    }
}
