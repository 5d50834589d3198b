package callgate.machine.jit;

import callgate.machine.isa.Instruction;
import callgate.machine.isa.Op;
import callgate.machine.isa.Operand;
import callgate.machine.isa.Result;

/** One guest instruction at its place. */
record Step(long pc, Instruction instruction, Meaning meaning) {
    private static final int DYNAMIC_ROUNDING = 7;

    Op op() {
        return instruction.op();
    }

    int rd() {
        return instruction.rd();
    }

    int rs1() {
        return instruction.rs1();
    }

    /** Address of the instruction after this one. */
    long next() {
        return pc + instruction.length();
    }

    /** Where a branch or direct jump goes. */
    long target() {
        return pc + instruction.imm();
    }

    /** True if it can throw a guest fault. */
    boolean mayFault() {
        return op().mayFault()
                && !(op().hasRounding() && instruction.rm() != DYNAMIC_ROUNDING)
                && !FloatStateEmitter.isFloatState(this);
    }

    /** Registers that it reads. */
    long reads() {
        long set = 0;
        for (Operand operand : meaning.operands) {
            set |= register(operand);
        }
        return meaning.flow == Meaning.Flow.JUMP_REGISTER ? set | Registers.integer(rs1()) : set;
    }

    /** Registers that it writes. */
    long writes() {
        return switch (meaning.result) {
            case Result.RD -> Registers.integer(rd());
            case Result.FD -> Registers.floating(rd());
            case Result.CONDITION, Result.NONE -> 0;
        };
    }

    /** The register behind an operand as a set, empty if it is not a register (or is x0). */
    long register(Operand operand) {
        return switch (operand) {
            case RS1 -> Registers.integer(rs1());
            case RS2 -> Registers.integer(instruction.rs2());
            case FS1 -> Registers.floating(rs1());
            case FS2 -> Registers.floating(instruction.rs2());
            case FS3 -> Registers.floating(instruction.rs3());
            case IMM, SHAMT, PC, NEXT, RM, CSR, UIMM, RAW, HART -> 0;
        };
    }

    /** The value of an operand that is known now; register operands must be x0. */
    long constant(Operand operand) {
        return switch (operand) {
            case RS1, RS2 -> 0;
            case IMM -> instruction.imm();
            case SHAMT -> instruction.shamt();
            case PC -> pc;
            case NEXT -> next();
            case RM -> instruction.rm();
            case CSR -> instruction.csr();
            case UIMM -> instruction.uimm();
            case RAW -> instruction.raw();
            case FS1, FS2, FS3, HART ->
                    throw new IllegalArgumentException(operand + " is not a constant");
        };
    }

    /** True if leaving it out changes nothing: a pure result that goes to x0. */
    boolean isIdle() {
        return meaning.flow == Meaning.Flow.NEXT
                && meaning.result == Result.RD
                && rd() == 0
                && !meaning.usesHart;
    }
}
