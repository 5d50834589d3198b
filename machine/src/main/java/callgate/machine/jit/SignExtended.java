package callgate.machine.jit;

import callgate.machine.isa.Op;
import java.util.EnumSet;
import java.util.Set;

/**
 * Which registers are known to hold sign-extended 32-bit numbers, in one basic block. Extending
 * such a register again is a move; the JVM's compiler does not see that of sums and differences of
 * bits (and, or, xor), and would make it wait.
 */
final class SignExtended {
    /** Whatever their operands are. */
    private static final Set<Op> ALWAYS =
            EnumSet.of(
                    Op.LB, Op.LH, Op.LW, Op.LBU, Op.LHU, Op.LUI, Op.ADDIW, Op.ADDW, Op.SUBW,
                    Op.SLLIW, Op.SRLIW, Op.SRAIW, Op.SLLW, Op.SRLW, Op.SRAW, Op.MULW, Op.DIVW,
                    Op.DIVUW, Op.REMW, Op.REMUW, Op.SLT, Op.SLTU, Op.SLTI, Op.SLTIU);

    /** If both operands are. */
    private static final Set<Op> BITWISE = EnumSet.of(Op.AND, Op.OR, Op.XOR);

    /** If the operand is: immediates are. */
    private static final Set<Op> BITWISE_IMMEDIATE = EnumSet.of(Op.ANDI, Op.ORI, Op.XORI);

    private long known = 1; // x0

    /** Forgets all: a block begins. */
    void begin() {
        known = 1;
    }

    /** True if the instruction extends what is extended already. */
    boolean isMove(Step step) {
        return step.op() == Op.ADDIW && step.instruction().imm() == 0 && isKnown(step.rs1());
    }

    /** Notes the result of an instruction. */
    void after(Step step) {
        if (step.writes() == 0 || step.writes() != Registers.integer(step.rd())) {
            return;
        }
        known = isExtended(step) ? known | step.writes() : known & ~step.writes();
    }

    private boolean isExtended(Step step) {
        Op op = step.op();
        int imm = step.instruction().imm();
        boolean first = isKnown(step.rs1());
        return ALWAYS.contains(op)
                || op == Op.ANDI && imm >= 0
                || op == Op.ADDI && (imm == 0 && first || step.rs1() == 0)
                || BITWISE_IMMEDIATE.contains(op) && first
                || BITWISE.contains(op) && first && isKnown(step.instruction().rs2());
    }

    private boolean isKnown(int register) {
        return (known >>> register & 1) != 0;
    }
}
