package callgate.machine.jit;

import callgate.machine.isa.Op;
import callgate.machine.isa.Operand;
import callgate.machine.isa.Result;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.List;

/**
 * What the translator must know of one instruction, read from its defining method: operands,
 * result, bytecode. Immutable.
 */
final class Meaning {
    /**
     * Above this many bytes of code a method is called instead of copied: copies would fill the
     * unit's budget.
     */
    private static final int SPLICE_LIMIT_BYTES = 40;

    /** How control goes on. */
    enum Flow {
        NEXT,
        BRANCH,
        JUMP,
        JUMP_REGISTER,
        ECALL,
        /** Goes on at the next instruction, but through the engine; or faults. */
        LEAVE
    }

    final Op op;
    final ClassDesc owner;
    final MethodTypeDesc type;
    final List<Operand> operands;
    final Result result;
    final Flow flow;

    /** True if the method is to be copied, or called, with the hart. */
    final boolean usesHart;

    /** Null if the method is to be called. */
    final SpliceTemplate template;

    /** Of a load or store: how its method accesses memory; else null. */
    final AccessShape access;

    private final Operand[] operandAtSlot;

    Meaning(Op op, ClassModel family) {
        this.op = op;
        owner = op.family().describeConstable().orElseThrow();
        operands = op.operands();
        result = op.result();
        flow = flowOf(op);
        usesHart = operands.contains(Operand.HART);
        MethodModel method =
                family.methods().stream()
                        .filter(m -> m.methodName().equalsString(op.method()))
                        .findFirst()
                        .orElseThrow();
        type = method.methodTypeSymbol();
        operandAtSlot = new Operand[2 * operands.size()];
        int slots = 0;
        for (int i = 0; i < operands.size(); i++) {
            operandAtSlot[slots] = operands.get(i);
            slots += type.parameterType(i).descriptorString().equals("J") ? 2 : 1;
        }
        SpliceTemplate copy =
                callsPrivateMethods(method, family) ? null : SpliceTemplate.of(method, slots);
        access = op.isLoad() || op.isStore() ? AccessShape.of(copy.elements()) : null;
        template = copy == null || copy.codeBytes() > SPLICE_LIMIT_BYTES ? null : copy;
    }

    /** A copy in another class could not call them. */
    private static boolean callsPrivateMethods(MethodModel method, ClassModel family) {
        return method.code()
                .orElseThrow()
                .elementStream()
                .anyMatch(
                        element ->
                                element instanceof InvokeInstruction call
                                        && call.owner()
                                                .asSymbol()
                                                .equals(family.thisClass().asSymbol())
                                        && family.methods().stream()
                                                .anyMatch(
                                                        callee ->
                                                                callee.flags()
                                                                                .has(
                                                                                        AccessFlag
                                                                                                .PRIVATE)
                                                                        && callee.methodName()
                                                                                .equalsString(
                                                                                        call.name()
                                                                                                .stringValue())));
    }

    private static Flow flowOf(Op op) {
        return switch (op) {
            case ECALL -> Flow.ECALL;
            case JAL -> Flow.JUMP;
            case JALR -> Flow.JUMP_REGISTER;
            case FENCE_I, EBREAK, ILLEGAL -> Flow.LEAVE;
            default -> op.isBranch() ? Flow.BRANCH : Flow.NEXT;
        };
    }

    /** The operand that a load from {@code slot} of the method's parameters means. */
    Operand operandAt(int slot) {
        return operandAtSlot[slot];
    }
}
