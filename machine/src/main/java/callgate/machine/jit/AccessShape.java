package callgate.machine.jit;

import callgate.machine.hart.Hart;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.util.List;

/**
 * The code of a load's or store's method taken apart, so that the access itself can be done another
 * way: {@code hart.loadN(rs1 + imm)} followed by {@code after}, or {@code hart.storeN(rs1 + imm,
 * <value>)}.
 *
 * @param isStore what it is
 * @param width in bytes
 * @param type of the value, as {@link Hart}'s method has it
 * @param value code that pushes what is stored; empty for a load
 * @param after code that follows, up to the return
 */
record AccessShape(
        boolean isStore,
        int width,
        ClassDesc type,
        List<CodeElement> value,
        List<CodeElement> after) {
    private static final int ADDRESS_ELEMENTS = 4; // hart, rs1, imm, add

    /** The shape of a method whose elements are these; an error if it has another one. */
    static AccessShape of(List<CodeElement> elements) {
        boolean isAddress =
                elements.get(0) instanceof LoadInstruction
                        && elements.get(1) instanceof LoadInstruction
                        && elements.get(2) instanceof LoadInstruction
                        && elements.get(3) instanceof OperatorInstruction add
                        && add.opcode() == Opcode.LADD;
        int at = ADDRESS_ELEMENTS;
        while (!(elements.get(at) instanceof InvokeInstruction)) {
            at++;
        }
        InvokeInstruction access = (InvokeInstruction) elements.get(at);
        if (!isAddress || !access.owner().asSymbol().equals(Locals.CD_HART)) {
            throw new IllegalStateException("not of the form of a load or store: " + elements);
        }
        String name = access.name().stringValue();
        boolean isStore = name.startsWith("store");
        int bits = Integer.parseInt(name.substring(isStore ? "store".length() : "load".length()));
        ClassDesc type =
                isStore ? access.typeSymbol().parameterType(1) : access.typeSymbol().returnType();
        return new AccessShape(
                isStore,
                bits / 8,
                type,
                elements.subList(ADDRESS_ELEMENTS, at),
                elements.subList(at + 1, elements.size() - 1));
    }

    /**
     * The part of the names of raw accesses that stands for the type: {@code getInt}, {@code
     * putByte}.
     */
    String typeName() {
        return type.equals(ConstantDescs.CD_byte)
                ? "Byte"
                : type.equals(ConstantDescs.CD_short)
                        ? "Short"
                        : type.equals(ConstantDescs.CD_int) ? "Int" : "Long";
    }
}
