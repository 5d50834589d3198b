package callgate.machine.jit;

import static java.lang.constant.ConstantDescs.CD_long;

import callgate.machine.hart.Hart;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.util.List;

/**
 * The local variables of a unit's method: its parameters, then one long per guest register that the
 * unit uses, then temporaries.
 *
 * <pre>
 *   0 hart   1 hart.x   2-3 hart.table   4 depth   5... registers, temporaries
 * </pre>
 */
final class Locals {
    static final int HART = 0;
    static final int INTEGERS = 1;
    static final int TABLE = 2;
    static final int DEPTH = 4;
    private static final int FIRST_REGISTER = 5;

    static final ClassDesc CD_HART = Hart.class.describeConstable().orElseThrow();
    static final ClassDesc CD_LONGS = CD_long.arrayType();

    private final int[] slots = new int[64];
    private int firstTemporary;

    Locals(List<UnitBlock> blocks) {
        long used = 0;
        for (UnitBlock block : blocks) {
            for (Step step : block.steps) {
                used |= step.reads() | step.writes();
            }
        }
        int slot = FIRST_REGISTER;
        for (long rest = used; rest != 0; rest &= rest - 1) {
            slots[Long.numberOfTrailingZeros(rest)] = slot;
            slot += 2;
        }
        firstTemporary = slot;
    }

    /** Slots from here on are free for use within one instruction. */
    int firstTemporary() {
        return firstTemporary;
    }

    /** A slot for a long, kept until {@link #releaseTo}. */
    int reserve() {
        firstTemporary += 2;
        return firstTemporary - 2;
    }

    void releaseTo(int slot) {
        firstTemporary = slot;
    }

    /** The local variable of the one register in {@code register}. */
    int slot(long register) {
        int slot = slots[Long.numberOfTrailingZeros(register)];
        assert slot != 0 : "a register that the unit does not use";
        return slot;
    }

    /** Pushes a register, given as a set; the empty set is x0. */
    void push(CodeBuilder code, long register) {
        if (register == 0) {
            code.lconst_0();
        } else {
            code.lload(slot(register));
        }
    }

    /** Copies locals to the hart. */
    void spill(CodeBuilder code, long registers) {
        for (long rest = registers; rest != 0; rest &= rest - 1) {
            int number = Long.numberOfTrailingZeros(rest);
            pushArray(code, number);
            code.lload(slots[number]).lastore();
        }
    }

    /** Copies the hart's registers to locals. */
    void reload(CodeBuilder code, long registers) {
        for (long rest = registers; rest != 0; rest &= rest - 1) {
            int number = Long.numberOfTrailingZeros(rest);
            pushArray(code, number);
            code.laload().lstore(slots[number]);
        }
    }

    /** Pushes the register array and the index of a register, by its bit number. */
    private static void pushArray(CodeBuilder code, int number) {
        if (number < Registers.FLOAT) {
            code.aload(INTEGERS).loadConstant(number);
        } else {
            code.aload(HART)
                    .getfield(CD_HART, "f", CD_LONGS)
                    .loadConstant(number - Registers.FLOAT);
        }
    }
}
