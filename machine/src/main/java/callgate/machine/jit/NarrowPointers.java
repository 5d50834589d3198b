package callgate.machine.jit;

import callgate.machine.isa.Op;

/**
 * Registers that follow pointers in a loop of one block: what they hold is loaded from memory in
 * one round and is the base of accesses in the next.
 *
 * <p>Each round then waits for a load and for one addition, that of the distance from guest to host
 * address: the JVM's compiler folds a sum into an access's addressing only if one summand is known
 * to fit into an int. So such a register has a <em>shadow</em>, a local variable that is loaded as
 * an int beside it. At the begin of a round shadows are compared with their registers, which costs
 * no waiting; where they are equal, accesses use the shadow. Addresses of 2 GiB and more are not:
 * then the round is done by a copy of the block without shadows.
 *
 * <p>A shadow is never trusted without that comparison, so it may be stale.
 */
final class NarrowPointers {
    /** Registers that only loads and moves among them change. */
    private final long tracked;

    /** Those whose shadows must be equal at the begin of the block. */
    private final long compared;

    private final int[] shadows = new int[Registers.FLOAT];

    // of the block being emitted: registers whose shadows are known to be equal
    private long equal;

    private NarrowPointers(long tracked, long compared) {
        this.tracked = tracked;
        this.compared = compared;
    }

    /** No register. */
    static NarrowPointers none() {
        return new NarrowPointers(0, 0);
    }

    /** Those of a block that is a loop. */
    static NarrowPointers of(UnitBlock block) {
        long tracked = 0;
        for (Step step : block.steps) {
            tracked |= step.writes();
        }
        for (long before = 0; before != tracked; ) {
            before = tracked;
            for (Step step : block.steps) {
                boolean follows = isLoad(step) || (moved(step) & tracked) != 0;
                tracked &= follows ? -1L : ~step.writes();
            }
        }
        long bases = 0;
        long compared = 0;
        long written = 0;
        for (Step step : block.steps) {
            boolean isAccess = step.meaning().access != null;
            bases |= isAccess ? Registers.integer(step.rs1()) & ~written : 0;
            compared |= (isAccess ? Registers.integer(step.rs1()) : moved(step)) & ~written;
            written |= step.writes();
        }
        return (bases & tracked) == 0 ? none() : new NarrowPointers(tracked, compared & tracked);
    }

    private static boolean isLoad(Step step) {
        return step.op() == Op.LD;
    }

    /** The register whose value an instruction copies, as a set; empty if it does not copy. */
    private static long moved(Step step) {
        return switch (step.op()) {
            case ADDI -> step.instruction().imm() == 0 ? Registers.integer(step.rs1()) : 0;
            case ADD ->
                    step.rs1() == 0
                            ? Registers.integer(step.instruction().rs2())
                            : step.instruction().rs2() == 0 ? Registers.integer(step.rs1()) : 0;
            default -> 0;
        };
    }

    boolean exist() {
        return tracked != 0;
    }

    /** Reserves the local variables. */
    void reserve(Locals locals) {
        for (long rest = tracked; rest != 0; rest &= rest - 1) {
            shadows[Long.numberOfTrailingZeros(rest)] = locals.reserve();
        }
    }

    /** Registers that have shadows. */
    long tracked() {
        return tracked;
    }

    /** Registers to compare with their shadows at the begin of a round. */
    long compared() {
        return compared;
    }

    /** The local variable of the shadow of a tracked register. */
    int shadow(int register) {
        return shadows[register];
    }

    /** The compared registers are equal to their shadows from here on. */
    void beginEqual() {
        equal = compared;
    }

    /** No register is known to be equal to its shadow. */
    void beginUnknown() {
        equal = 0;
    }

    /** True if accesses off the register may use its shadow. */
    boolean isEqual(int register) {
        return (equal & Registers.integer(register)) != 0;
    }

    /** True if the instruction loads a register that has a shadow. */
    boolean isLoaded(Step step) {
        return isLoad(step) && (tracked & step.writes()) != 0;
    }

    /** The register whose shadow goes along with what the instruction copies, or 0. */
    int movedFrom(Step step) {
        long from = moved(step) & tracked;
        return from == 0 || (step.writes() & tracked) == 0 ? 0 : Long.numberOfTrailingZeros(from);
    }

    /** Notes what an instruction did to its result. */
    void after(Step step) {
        int from = movedFrom(step);
        if (from != 0 && isEqual(from)) {
            equal |= step.writes();
        } else {
            equal &= ~step.writes();
        }
    }
}
