package callgate.machine.jit;

import callgate.machine.isa.Op;

/**
 * What a register changes by in each round of a loop of one block.
 *
 * @param constant by this, if {@code register} is 0
 * @param register by the value of this register, which does not change; 0 for none
 * @param isWord if sums are sign-extended from 32 bits
 */
record Walk(long constant, int register, boolean isWord) {
    /** That of a register that is not x0; null if it changes in another way. */
    static Walk of(UnitBlock block, int register) {
        long constant = 0;
        int by = 0;
        Op op = null;
        for (Step step : block.steps) {
            if ((step.writes() & Registers.integer(register)) == 0) {
                continue;
            }
            if (adds(step) && by == 0 && (op == null || op == step.op())) {
                constant += step.instruction().imm();
            } else if (step.op() == Op.ADD && op == null && other(step) != 0) {
                by = other(step);
            } else {
                return null;
            }
            op = step.op();
        }
        if (by != 0 && changes(block, by)) {
            return null;
        }
        return new Walk(constant, by, op == Op.ADDIW);
    }

    private static boolean adds(Step step) {
        return (step.op() == Op.ADDI || step.op() == Op.ADDIW) && step.rd() == step.rs1();
    }

    /** The register that an addition adds to its own result's; 0 if it is another addition. */
    private static int other(Step add) {
        int second = add.instruction().rs2();
        return add.rd() == add.rs1() ? second : add.rd() == second ? add.rs1() : 0;
    }

    static boolean changes(UnitBlock block, int register) {
        return block.steps.stream()
                .anyMatch(step -> (step.writes() & Registers.integer(register)) != 0);
    }

    boolean stands() {
        return constant == 0 && register == 0;
    }

    /** True if it goes to higher numbers; that of a register is taken only if it does. */
    boolean goesUp() {
        return register != 0 || constant > 0;
    }
}
