package callgate.machine.jit;

import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_long;

import callgate.machine.hart.Hart;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.List;

/**
 * The local variables of a unit's method: its parameters, then one per guest register that the unit
 * uses, then temporaries. Floating-point registers are doubles, except those that mostly hold
 * single precision, and all others longs. (Bits kept in a long would cost C2 a move to and fro at
 * each operation. The hosts that Java 25 runs on keep all bits of NaNs in doubles.)
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

    private static final ClassDesc CD_DOUBLE = Double.class.describeConstable().orElseThrow();
    private static final MethodTypeDesc BITS_TO_DOUBLE = MethodTypeDesc.of(CD_double, CD_long);
    private static final MethodTypeDesc DOUBLE_TO_BITS = MethodTypeDesc.of(CD_long, CD_double);

    private final int[] slots = new int[64];
    private final long doubles; // registers that are kept as doubles
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
        doubles = used & Registers.FLOATING & ~mostlySingle(blocks);
    }

    /** Registers that are operands or results of single precision more often than of double. */
    private static long mostlySingle(List<UnitBlock> blocks) {
        int[] surplus = new int[64];
        for (UnitBlock block : blocks) {
            for (Step step : block.steps) {
                String name = step.op().name();
                int weight = name.endsWith("_D") ? -1 : name.contains("_S") ? 1 : 0;
                long registers = step.reads() | step.writes();
                for (long rest = registers; rest != 0; rest &= rest - 1) {
                    surplus[Long.numberOfTrailingZeros(rest)] += weight;
                }
            }
        }
        long result = 0;
        for (int i = 0; i < surplus.length; i++) {
            result |= surplus[i] > 0 ? 1L << i : 0;
        }
        return result;
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

    /**
     * The local variable of the one register in {@code register}; of an integer register a long.
     */
    int slot(long register) {
        int slot = slots[Long.numberOfTrailingZeros(register)];
        assert slot != 0 : "a register that the unit does not use";
        return slot;
    }

    /** Pushes a register's bits, given as a set; the empty set is x0. */
    void push(CodeBuilder code, long register) {
        if (register == 0) {
            code.lconst_0();
        } else if ((register & doubles) != 0) {
            code.dload(slot(register));
            code.invokestatic(CD_DOUBLE, "doubleToRawLongBits", DOUBLE_TO_BITS);
        } else {
            code.lload(slot(register));
        }
    }

    /** Stores the bits on the stack. */
    void store(CodeBuilder code, long register) {
        if ((register & doubles) != 0) {
            code.invokestatic(CD_DOUBLE, "longBitsToDouble", BITS_TO_DOUBLE);
            code.dstore(slot(register));
        } else {
            code.lstore(slot(register));
        }
    }

    /** Pushes what a floating-point register holds as a double. */
    void pushDouble(CodeBuilder code, long register) {
        if ((register & doubles) != 0) {
            code.dload(slot(register));
        } else {
            code.lload(slot(register));
            code.invokestatic(CD_DOUBLE, "longBitsToDouble", BITS_TO_DOUBLE);
        }
    }

    /** Stores the double on the stack. */
    void storeDouble(CodeBuilder code, long register) {
        if ((register & doubles) != 0) {
            code.dstore(slot(register));
        } else {
            code.invokestatic(CD_DOUBLE, "doubleToRawLongBits", DOUBLE_TO_BITS);
            code.lstore(slot(register));
        }
    }

    /** Copies locals to the hart. */
    void spill(CodeBuilder code, long registers) {
        for (long rest = registers; rest != 0; rest &= rest - 1) {
            pushArray(code, Long.numberOfTrailingZeros(rest));
            push(code, Long.lowestOneBit(rest));
            code.lastore();
        }
    }

    /** Copies the hart's registers to locals. */
    void reload(CodeBuilder code, long registers) {
        for (long rest = registers; rest != 0; rest &= rest - 1) {
            pushArray(code, Long.numberOfTrailingZeros(rest));
            code.laload();
            store(code, Long.lowestOneBit(rest));
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
