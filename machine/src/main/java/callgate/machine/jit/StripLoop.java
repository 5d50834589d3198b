package callgate.machine.jit;

import callgate.machine.isa.Op;
import callgate.machine.isa.Operand;
import java.util.ArrayList;
import java.util.List;

/**
 * A loop of one block that goes along rows of doubles in memory and calculates an element of one of
 * them in each round, without results of the round before: {@code for (j = 0; j < n; j++) c[j] += x
 * * b[j];}. Many rounds can be done at once, see {@link StripEmitter}.
 */
final class StripLoop {
    private static final int ELEMENT_BYTES = 8;
    private static final int MOST_STEPS = 24;
    private static final int MOST_LOADS = 5;
    private static final int NEAREST_EVEN = 0;
    private static final int DYNAMIC = 7;

    /**
     * A load or store.
     *
     * @param offset of the address in the first round from the base register's value before it
     */
    record Element(Step step, long offset) {
        int base() {
            return step.rs1();
        }
    }

    private final UnitBlock block;
    private final List<Element> loads = new ArrayList<>();
    private Element store;

    // how much each integer register changes in a round
    private final long[] walks = new long[Registers.FLOAT];
    private long written;

    private StripLoop(UnitBlock block) {
        this.block = block;
    }

    /** The loop, or null if it is not of the form. */
    static StripLoop of(InnerLoop loop) {
        UnitBlock first = loop.entry();
        boolean isOneBlock = loop.blocks().stream().allMatch(copy -> copy.start == first.start);
        StripLoop strip = new StripLoop(first.copy(0));
        return isOneBlock && strip.fits() ? strip : null;
    }

    private boolean fits() {
        if (block.end != UnitBlock.End.BRANCH
                || block.target != block.start
                || block.steps.size() > MOST_STEPS) {
            return false;
        }
        for (Step step : steps()) {
            if (!note(step)) {
                return false;
            }
        }
        return store != null
                && walks(store)
                && loads.size() <= MOST_LOADS
                && loads.stream().allMatch(this::walks)
                && steps().stream().noneMatch(this::readsRoundBefore)
                && closes();
    }

    private boolean note(Step step) {
        written |= step.writes();
        switch (step.op()) {
            case ADDI -> {
                walks[step.rd()] += step.instruction().imm();
                return step.rd() != 0 && step.rd() == step.rs1();
            }
            case FLD -> {
                loads.add(new Element(step, walks[step.rs1()] + step.instruction().imm()));
                return store == null; // all loads of a strip are done before its stores
            }
            case FSD -> {
                boolean isFirst = store == null;
                store = new Element(step, walks[step.rs1()] + step.instruction().imm());
                return isFirst;
            }
            default -> {
                return isArithmetic(step.op())
                        && (step.instruction().rm() == NEAREST_EVEN
                                || step.instruction().rm() == DYNAMIC);
            }
        }
    }

    private boolean walks(Element element) {
        return element.base() != 0 && walks[element.base()] == ELEMENT_BYTES;
    }

    /** True if a floating-point register is read that is written only later in the round. */
    private boolean readsRoundBefore(Step step) {
        long known = 0;
        for (Step before : steps().subList(0, steps().indexOf(step))) {
            known |= before.writes();
        }
        return (step.reads() & Registers.FLOATING & written & ~known) != 0;
    }

    /** True if the branch at the end is taken until two registers that approach each other meet. */
    private boolean closes() {
        return switch (branch().op()) {
            case BNE -> approach() != 0;
            case BLT, BLTU -> approach() > 0;
            default -> false;
        };
    }

    /** How much less the second register of the branch exceeds the first, each round. */
    long approach() {
        return walks[branch().rs1()] - walks[branch().instruction().rs2()];
    }

    static boolean isArithmetic(Op op) {
        return switch (op) {
            case FADD_D, FSUB_D, FMUL_D, FMADD_D, FMSUB_D, FNMADD_D, FNMSUB_D -> true;
            default -> false;
        };
    }

    UnitBlock block() {
        return block;
    }

    /** All but the branch. */
    List<Step> steps() {
        return block.steps.subList(0, block.steps.size() - 1);
    }

    Step branch() {
        return block.last();
    }

    /** In program order, before the store. */
    List<Element> loads() {
        return loads;
    }

    Element store() {
        return store;
    }

    /** How much an integer register changes in a round. */
    long walk(int register) {
        return walks[register];
    }

    /** Registers that the loop writes. */
    long written() {
        return written;
    }

    /** Registers that must be known before it. */
    long inputs() {
        long read = branch().reads();
        for (Step step : steps()) {
            read |= step.reads();
        }
        return read & ~(written & Registers.FLOATING);
    }

    /** True if the floating-point register that an operand names keeps its value in the loop. */
    boolean isInvariant(Step step, Operand operand) {
        return (step.register(operand) & written) == 0;
    }

    /**
     * True if what an arithmetic instruction calculates goes into a later one of the round: then
     * that is infinite or no number if this is.
     */
    boolean isUsedLater(Step step) {
        for (Step later : steps().subList(steps().indexOf(step) + 1, steps().size())) {
            if (isArithmetic(later.op()) && (later.reads() & step.writes()) != 0) {
                return true;
            }
            if ((later.writes() & step.writes()) != 0) {
                return false;
            }
        }
        return false;
    }
}
