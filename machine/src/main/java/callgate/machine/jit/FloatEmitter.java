package callgate.machine.jit;

import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import callgate.machine.isa.Op;
import callgate.machine.isa.Operand;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/**
 * Emits the fast path of floating-point arithmetic: the host's own operation, right if rounding is
 * to nearest even, "inexact" is raised already, and the result is finite and not near underflow
 * (the reasoning stands at {@link callgate.machine.isa.SoftFloat}). All else is the instruction's
 * method.
 *
 * <p>Whether dynamic rounding means to nearest even is kept in a local variable, 1 if it does and 0
 * if not, so that one AND with {@code fflags} tests both.
 */
final class FloatEmitter {
    private static final ClassDesc CD_MATH = Math.class.describeConstable().orElseThrow();
    private static final ClassDesc CD_FLOAT = Float.class.describeConstable().orElseThrow();
    private static final ClassDesc CD_DOUBLE = Double.class.describeConstable().orElseThrow();
    private static final MethodTypeDesc DOUBLE_TO_BITS = MethodTypeDesc.of(CD_long, CD_double);
    private static final MethodTypeDesc BITS_TO_FLOAT = MethodTypeDesc.of(CD_float, CD_int);
    private static final MethodTypeDesc FLOAT_TO_BITS = MethodTypeDesc.of(CD_int, CD_float);
    private static final int NEAREST_EVEN = 0;
    private static final int DYNAMIC = 7;
    private static final long BOX = 0xffff_ffff_0000_0000L;

    private static final int EXPONENT_SHIFT = 52;

    /**
     * An exponent plus two has none of these bits if it is 0 or 1, near underflow, or one of the
     * two highest: infinity, NaN, and large numbers, for which the slow way is right as well.
     */
    private static final long EXPONENT_RANGE = 0x7fc;

    private final CodeBuilder code;
    private final Locals locals;
    private final int nearestSlot;

    FloatEmitter(CodeBuilder code, Locals locals) {
        this.code = code;
        this.locals = locals;
        nearestSlot = locals.reserve();
    }

    /** True if the instruction has a fast path here. */
    static boolean isFast(Step step) {
        int rounding = step.instruction().rm();
        return (rounding == DYNAMIC || rounding == NEAREST_EVEN)
                && switch (step.op()) {
                    case FADD_D,
                            FSUB_D,
                            FMUL_D,
                            FDIV_D,
                            FSQRT_D,
                            FMADD_D,
                            FMSUB_D,
                            FNMSUB_D,
                            FNMADD_D,
                            FADD_S,
                            FSUB_S,
                            FMUL_S,
                            FDIV_S,
                            FMADD_S,
                            FMSUB_S,
                            FNMSUB_S,
                            FNMADD_S ->
                            true;
                    default -> false;
                };
    }

    /**
     * Computes what the fast paths must know of the rounding mode: on entry, and after whatever may
     * have changed it.
     */
    void emitRoundingCheck() {
        code.aload(Locals.HART).getfield(Locals.CD_HART, "frm", CD_int);
        code.iconst_1()
                .isub()
                .loadConstant(31)
                .iushr()
                .istore(nearestSlot); // the mode is never negative
    }

    /** Goes to {@code slow} unless rounding is to nearest even and "inexact" is raised. */
    void emitModeTest(Label slow) {
        code.aload(Locals.HART).getfield(Locals.CD_HART, "fflags", CD_int);
        code.iload(nearestSlot).iand().ifeq(slow);
    }

    /**
     * Emits the fast path, which stores the result; or goes to {@code slow}, having changed
     * nothing.
     */
    void emit(Step step, Label slow) {
        code.aload(Locals.HART).getfield(Locals.CD_HART, "fflags", CD_int);
        if (step.instruction().rm() == DYNAMIC) {
            code.iload(nearestSlot);
        } else {
            code.iconst_1();
        }
        code.iand().ifeq(slow);
        if (isSingle(step.op())) {
            emitSingle(step, slow);
        } else {
            emitDouble(step, slow);
        }
    }

    private static boolean isSingle(Op op) {
        return op.name().endsWith("_S");
    }

    /**
     * Sums that are tiny are exact, square roots are not tiny; of products and quotients tiny ones
     * may be inexact in a way that raises "underflow".
     */
    private static boolean mayUnderflow(Op op) {
        return switch (op) {
            case FADD_D, FSUB_D, FSQRT_D, FADD_S, FSUB_S -> false;
            default -> true;
        };
    }

    // ---- double precision ----

    private void emitDouble(Step step, Label slow) {
        int result = locals.firstTemporary();
        pushResult(step);
        code.dup2().dstore(result);
        if (mayUnderflow(step.op())) {
            code.invokestatic(CD_DOUBLE, "doubleToRawLongBits", DOUBLE_TO_BITS);
            code.loadConstant(EXPONENT_SHIFT).lushr().loadConstant(2L).ladd();
            code.loadConstant(EXPONENT_RANGE).land().lconst_0().lcmp().ifeq(slow);
        } else {
            code.invokestatic(CD_MATH, "abs", MethodTypeDesc.of(CD_double, CD_double));
            code.loadConstant(Double.MAX_VALUE).dcmpg().ifgt(slow);
        }
        code.dload(result);
        locals.storeDouble(code, step.writes());
    }

    /** Pushes the result of a double precision operation, whatever it is. */
    void pushResult(Step step) {
        switch (step.op()) {
            case FADD_D -> pushDoubles(step).dadd();
            case FSUB_D -> pushDoubles(step).dsub();
            case FMUL_D -> pushDoubles(step).dmul();
            case FDIV_D -> pushDoubles(step).ddiv();
            case FSQRT_D ->
                    pushDouble(step, Operand.FS1)
                            .invokestatic(CD_MATH, "sqrt", MethodTypeDesc.of(CD_double, CD_double));
            default ->
                    pushFusedDoubles(step)
                            .invokestatic(
                                    CD_MATH,
                                    "fma",
                                    MethodTypeDesc.of(CD_double, CD_double, CD_double, CD_double));
        }
    }

    private CodeBuilder pushDoubles(Step step) {
        pushDouble(step, Operand.FS1);
        return pushDouble(step, Operand.FS2);
    }

    private CodeBuilder pushDouble(Step step, Operand operand) {
        locals.pushDouble(code, step.register(operand));
        return code;
    }

    private CodeBuilder pushFusedDoubles(Step step) {
        pushDouble(step, Operand.FS1);
        if (negatesProduct(step.op())) {
            code.dneg();
        }
        pushDouble(step, Operand.FS2);
        pushDouble(step, Operand.FS3);
        return negatesAddend(step.op()) ? code.dneg() : code;
    }

    static boolean negatesProduct(Op op) {
        return switch (op) {
            case FNMADD_D, FNMSUB_D, FNMADD_S, FNMSUB_S -> true;
            default -> false;
        };
    }

    static boolean negatesAddend(Op op) {
        return switch (op) {
            case FMSUB_D, FNMADD_D, FMSUB_S, FNMADD_S -> true;
            default -> false;
        };
    }

    // ---- single precision: operands must be NaN-boxed ----

    private void emitSingle(Step step, Label slow) {
        int result = locals.firstTemporary();
        emitBoxCheck(step, slow);
        switch (step.op()) {
            case FADD_S -> pushFloats(step).fadd();
            case FSUB_S -> pushFloats(step).fsub();
            case FMUL_S -> pushFloats(step).fmul();
            case FDIV_S -> pushFloats(step).fdiv();
            default ->
                    pushFusedFloats(step)
                            .invokestatic(
                                    CD_MATH,
                                    "fma",
                                    MethodTypeDesc.of(CD_float, CD_float, CD_float, CD_float));
        }
        code.dup().fstore(result);
        code.invokestatic(CD_MATH, "abs", MethodTypeDesc.of(CD_float, CD_float));
        if (mayUnderflow(step.op())) {
            int size = result + 1;
            code.dup().fstore(size).loadConstant(Float.MIN_NORMAL).fcmpl().ifle(slow).fload(size);
        }
        code.loadConstant(Float.MAX_VALUE).fcmpg().ifgt(slow);
        code.fload(result).invokestatic(CD_FLOAT, "floatToRawIntBits", FLOAT_TO_BITS);
        code.i2l().loadConstant(BOX).lor();
        locals.store(code, step.writes());
    }

    private void emitBoxCheck(Step step, Label slow) {
        boolean isFirst = true;
        for (Operand operand : step.meaning().operands) {
            if (step.register(operand) != 0) {
                locals.push(code, step.register(operand));
                if (!isFirst) {
                    code.land();
                }
                isFirst = false;
            }
        }
        code.loadConstant(32).lshr().l2i().iconst_m1().if_icmpne(slow);
    }

    private CodeBuilder pushFloats(Step step) {
        pushFloat(step, Operand.FS1);
        return pushFloat(step, Operand.FS2);
    }

    private CodeBuilder pushFloat(Step step, Operand operand) {
        locals.push(code, step.register(operand));
        return code.l2i().invokestatic(CD_FLOAT, "intBitsToFloat", BITS_TO_FLOAT);
    }

    private CodeBuilder pushFusedFloats(Step step) {
        pushFloat(step, Operand.FS1);
        if (negatesProduct(step.op())) {
            code.fneg();
        }
        pushFloat(step, Operand.FS2);
        pushFloat(step, Operand.FS3);
        return negatesAddend(step.op()) ? code.fneg() : code;
    }
}
