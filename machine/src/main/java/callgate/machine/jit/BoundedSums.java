package callgate.machine.jit;

import java.util.HashMap;
import java.util.Map;

/**
 * Accesses of a loop of one block that look something up in a table: their base is a register that
 * does not change plus a number that cannot be large, whatever the guest does: an unsigned byte, or
 * what a mask or a shift leaves of a register. The whole table can be tested at once.
 */
final class BoundedSums {
    /** Larger tables are seldom used from end to end, and seldom in one run of pages. */
    private static final long LARGEST = 16 << 10;

    private static final long UNKNOWN = -1;

    /**
     * What a base register holds: register {@code constant} plus 0 to {@code highest}.
     *
     * @param highest in bytes
     */
    record Bound(int constant, long highest) {}

    private final Map<Step, Bound> bounds = new HashMap<>();

    // of registers as far as the block was looked at: the value is 0 to this, or UNKNOWN
    private final long[] highest = new long[Registers.FLOAT];
    private final Bound[] sums = new Bound[Registers.FLOAT];
    private final long written;

    private BoundedSums(UnitBlock block) {
        java.util.Arrays.fill(highest, UNKNOWN);
        highest[0] = 0;
        long written = 0;
        for (Step step : block.steps) {
            written |= step.writes();
        }
        this.written = written;
        for (Step step : block.steps) {
            if (step.meaning().access != null && sums[step.rs1()] != null) {
                bounds.put(step, sums[step.rs1()]);
            }
            if (step.writes() != 0 && step.writes() == Registers.integer(step.rd())) {
                Bound sum = sum(step);
                highest[step.rd()] = highest(step);
                sums[step.rd()] = sum;
            }
        }
    }

    /** Those of a block that is a loop, by the access. */
    static Map<Step, Bound> of(UnitBlock block) {
        return new BoundedSums(block).bounds;
    }

    private Bound sum(Step step) {
        int first = step.rs1();
        int second = step.instruction().rs2();
        return switch (step.op()) {
            case ADD ->
                    isConstant(first) && highest[second] >= 0
                            ? new Bound(first, highest[second])
                            : isConstant(second) && highest[first] >= 0
                                    ? new Bound(second, highest[first])
                                    : null;
            default -> null;
        };
    }

    private boolean isConstant(int register) {
        return register != 0 && (written & Registers.integer(register)) == 0;
    }

    private long highest(Step step) {
        long before = highest[step.rs1()];
        int imm = step.instruction().imm();
        int shift = step.instruction().shamt();
        long result =
                switch (step.op()) {
                    case LBU -> 0xff;
                    case LHU -> 0xffff;
                    case ANDI -> imm < 0 ? before : before < 0 ? imm : Math.min(before, imm);
                    case SLLI -> before < 0 || shift > 16 ? UNKNOWN : before << shift;
                    case SRLI -> before < 0 ? -1L >>> shift : before >>> shift;
                    case SRLIW -> shift == 0 ? UNKNOWN : 0xffff_ffffL >>> shift;
                    case ADDI -> before < 0 || imm < 0 ? UNKNOWN : before + imm;
                    default -> UNKNOWN;
                };
        return result > LARGEST ? UNKNOWN : result;
    }
}
