package callgate.machine.interpreter;

import callgate.machine.hart.Hart;
import callgate.machine.isa.Instruction;
import callgate.machine.isa.Op;
import callgate.machine.isa.Operand;
import callgate.machine.isa.Result;

/**
 * Instructions as the interpreter runs them, one {@code long} each:
 *
 * <pre>
 *   63            32 31  29 28 26 25  20 19  14 13   8 7    0
 *  +----------------+------+-----+------+------+------+------+
 *  |   immediate    |  rm  |     | rs2  | rs1  |  rd  |  op  |
 *  +----------------+------+-----+------+------+------+------+
 * </pre>
 *
 * {@code op} is {@link Op#ordinal}, or {@link #END} behind the last instruction of a block that
 * ends without a transfer of control. {@code rd} is {@link Hart#SINK} where x0 would be written.
 * The immediate is the shift amount for shifts by a constant, is relative to the block's start for
 * AUIPC, and is the encoding for instructions that ask for it, which those with a third source
 * register do: it is its upper five bits.
 */
final class Words {
    /** Goes on at the block's end. */
    static final int END = 255;

    static final int OP_MASK = 0xff;

    // Shifts. The interpreter writes them out instead of calling a method: the JVM's first compiler
    // counts every call, also an inlined one.
    static final int RD = 8;
    static final int RS1 = 14;
    static final int RS2 = 20;
    static final int RS3 = 59;
    static final int RM = 29;
    static final int IMMEDIATE = 32;

    private Words() {}

    static long of(Instruction insn, int offsetInBlock) {
        Op op = insn.op();
        int rd = op.result() == Result.RD && insn.rd() == 0 ? Hart.SINK : insn.rd();
        return op.ordinal()
                | (long) rd << RD
                | (long) insn.rs1() << RS1
                | (long) insn.rs2() << RS2
                | (long) insn.rm() << RM
                | (long) immediate(insn, offsetInBlock) << IMMEDIATE;
    }

    private static int immediate(Instruction insn, int offsetInBlock) {
        Op op = insn.op();
        if (op == Op.AUIPC) {
            return insn.imm() + offsetInBlock; // cannot overflow: the lower 12 bits were zero
        }
        if (op.takes(Operand.SHAMT)) {
            return insn.shamt();
        }
        return op.takes(Operand.RAW) ? insn.raw() : insn.imm();
    }
}
