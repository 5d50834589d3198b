package callgate.machine.jit;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.ExceptionCatch;
import java.lang.classfile.instruction.IncrementInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.LookupSwitchInstruction;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.classfile.instruction.TableSwitchInstruction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The bytecode of one instruction's method, ready to be copied into a unit with its parameters
 * bound to binding.
 *
 * <p>A method that ends in a comparison is copied as a conditional jump: javac's {@code if<cond> F;
 * iconst_1; goto E; F: iconst_0; E: ireturn} loses everything after the jump, which then goes to
 * the branch target.
 */
final class SpliceTemplate {
    /** Elements of javac's tail for "return a comparison": jump, 1, goto, F:, 0, E:, ireturn. */
    private static final int COMPARISON_TAIL = 7;

    private final List<CodeElement> elements;
    private final int parameterSlots;
    private final Opcode comparison;
    private final int codeBytes;
    private final int localSlots;

    private SpliceTemplate(
            List<CodeElement> elements, int parameterSlots, Opcode comparison, CodeAttribute code) {
        this.elements = elements;
        this.parameterSlots = parameterSlots;
        this.comparison = comparison;
        codeBytes = code.codeLength();
        localSlots = code.maxLocals() - parameterSlots;
    }

    /** What a copy is bound to; {@code slot} is that of a parameter. */
    interface Binding {
        /** Pushes the operand. */
        void push(CodeBuilder code, int slot);

        /** True if the operand is the constant 0, so that adding it can be left out. */
        boolean isZero(int slot);

        /**
         * Emits something else for an invocation, its arguments being on the stack; false to keep
         * it.
         */
        boolean replaceInvocation(CodeBuilder code, InvokeInstruction invocation);
    }

    /** The template of a method, or null if its code can't be copied. */
    static SpliceTemplate of(MethodModel method, int parameterSlots) {
        CodeModel code = method.code().orElseThrow();
        List<CodeElement> elements = code.elementList();
        for (CodeElement element : elements) {
            boolean unfit =
                    switch (element) {
                        case StoreInstruction store -> store.slot() < parameterSlots;
                        case IncrementInstruction increment -> increment.slot() < parameterSlots;
                        case ExceptionCatch _,
                                TableSwitchInstruction _,
                                LookupSwitchInstruction _ ->
                                true;
                        default -> false;
                    };
            if (unfit) {
                return null;
            }
        }
        Opcode comparison =
                method.methodTypeSymbol().returnType().descriptorString().equals("Z")
                        ? tailOf(elements)
                        : null;
        if (comparison != null) {
            elements = elements.subList(0, elements.size() - COMPARISON_TAIL);
        }
        return new SpliceTemplate(
                List.copyOf(elements), parameterSlots, comparison, (CodeAttribute) code);
    }

    /** Parses a class so that its methods' elements carry no debugging information. */
    static ClassModel parse(byte[] classFile) {
        return ClassFile.of(
                        ClassFile.DebugElementsOption.DROP_DEBUG,
                        ClassFile.LineNumbersOption.DROP_LINE_NUMBERS,
                        ClassFile.StackMapsOption.DROP_STACK_MAPS)
                .parse(classFile);
    }

    private static Opcode tailOf(List<CodeElement> all) {
        int first = all.size() - COMPARISON_TAIL;
        if (first >= 0
                && all.get(first) instanceof BranchInstruction jump
                && all.get(first + 1) instanceof ConstantInstruction one
                && one.constantValue().equals(1)
                && all.get(first + 2) instanceof BranchInstruction skip
                && skip.opcode() == Opcode.GOTO
                && all.get(first + 3) instanceof LabelTarget
                && all.get(first + 4) instanceof ConstantInstruction zero
                && zero.constantValue().equals(0)
                && all.get(first + 5) instanceof LabelTarget
                && all.get(first + 6) instanceof ReturnInstruction
                && noJumpsInto(all.subList(0, first))) {
            return inverse(jump.opcode());
        }
        return null;
    }

    private static boolean noJumpsInto(List<CodeElement> prefix) {
        return prefix.stream().noneMatch(element -> element instanceof BranchInstruction);
    }

    private static Opcode inverse(Opcode jump) {
        return switch (jump) {
            case IFEQ -> Opcode.IFNE;
            case IFNE -> Opcode.IFEQ;
            case IFLT -> Opcode.IFGE;
            case IFGE -> Opcode.IFLT;
            case IFGT -> Opcode.IFLE;
            case IFLE -> Opcode.IFGT;
            case IF_ICMPEQ -> Opcode.IF_ICMPNE;
            case IF_ICMPNE -> Opcode.IF_ICMPEQ;
            case IF_ICMPLT -> Opcode.IF_ICMPGE;
            case IF_ICMPGE -> Opcode.IF_ICMPLT;
            case IF_ICMPGT -> Opcode.IF_ICMPLE;
            case IF_ICMPLE -> Opcode.IF_ICMPGT;
            default -> null;
        };
    }

    /** The code, without debugging information. */
    List<CodeElement> elements() {
        return elements;
    }

    int codeBytes() {
        return codeBytes;
    }

    /** Local variables that a copy needs besides the binding. */
    int localSlots() {
        return localSlots;
    }

    /** True if {@link #emitJump} can be used. */
    boolean isComparison() {
        return comparison != null;
    }

    /** Copies the code; its result is left on the stack. */
    void emit(CodeBuilder code, Binding binding, int firstFreeSlot) {
        assert comparison == null;
        Label end = code.newLabel();
        copy(code, binding, firstFreeSlot, end);
        code.labelBinding(end);
    }

    /** Copies the code of a comparison; control goes to {@code target} when it holds. */
    void emitJump(CodeBuilder code, Binding binding, int firstFreeSlot, Label target) {
        copy(code, binding, firstFreeSlot, null);
        code.branch(comparison, target);
    }

    /** As {@link #emitJump}, when it does not hold. */
    void emitInverseJump(CodeBuilder code, Binding binding, int firstFreeSlot, Label target) {
        copy(code, binding, firstFreeSlot, null);
        code.branch(inverse(comparison), target);
    }

    private void copy(CodeBuilder code, Binding binding, int firstFreeSlot, Label end) {
        copy(elements, code, binding, firstFreeSlot, end);
    }

    /** Copies a part of the code that has no jumps out of it. */
    void emitPart(List<CodeElement> part, CodeBuilder code, Binding binding, int firstFreeSlot) {
        copy(part, code, binding, firstFreeSlot, null);
    }

    private void copy(
            List<CodeElement> elements,
            CodeBuilder code,
            Binding binding,
            int firstFreeSlot,
            Label end) {
        Map<Label, Label> labels = new HashMap<>();
        int shift = firstFreeSlot - parameterSlots;
        boolean skipAdd = false;
        for (CodeElement element : elements) {
            if (skipAdd) {
                skipAdd = false;
                continue;
            }
            switch (element) {
                case LoadInstruction load when load.slot() < parameterSlots -> {
                    skipAdd = binding.isZero(load.slot()) && isFollowedByAdd(elements, load);
                    if (!skipAdd) {
                        binding.push(code, load.slot());
                    }
                }
                case InvokeInstruction invocation
                        when binding.replaceInvocation(code, invocation) -> {}
                case LoadInstruction load -> code.loadLocal(load.typeKind(), load.slot() + shift);
                case StoreInstruction store ->
                        code.storeLocal(store.typeKind(), store.slot() + shift);
                case IncrementInstruction increment ->
                        code.iinc(increment.slot() + shift, increment.constant());
                case LabelTarget label -> code.labelBinding(renamed(labels, label.label(), code));
                case BranchInstruction jump ->
                        code.branch(jump.opcode(), renamed(labels, jump.target(), code));
                case ReturnInstruction _ when element == elements.getLast() -> {}
                case ReturnInstruction _ -> code.goto_(end);
                case CodeElement other -> code.with(other);
            }
        }
    }

    private static boolean isFollowedByAdd(List<CodeElement> elements, CodeElement element) {
        int next = elements.indexOf(element) + 1;
        return next < elements.size()
                && elements.get(next) instanceof OperatorInstruction operator
                && operator.opcode() == Opcode.LADD;
    }

    private static Label renamed(Map<Label, Label> labels, Label original, CodeBuilder code) {
        return labels.computeIfAbsent(original, _ -> code.newLabel());
    }
}
