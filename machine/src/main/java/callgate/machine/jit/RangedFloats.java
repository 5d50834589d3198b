package callgate.machine.jit;

import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_long;

import callgate.machine.isa.Operand;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Emits double precision arithmetic in a basic block of which there is a second, careful copy. What
 * was once tested is known in the rest of the block: that rounding is to nearest even and "inexact"
 * is raised; and how large or small numbers can be, so that most products need no test. Whenever a
 * test fails, control goes on at the same instruction of the careful copy, having changed nothing.
 *
 * <p>A test is that a number is <em>narrow</em>: {@code 2^-255 <= |x| < 2^257}. Zeros, which are
 * frequent, fail it, are looked at elsewhere and come back: a product of a zero and a number that
 * is finite is an exact zero.
 */
final class RangedFloats {
    private static final ClassDesc CD_MATH = Math.class.describeConstable().orElseThrow();
    private static final ClassDesc CD_DOUBLE = Double.class.describeConstable().orElseThrow();
    private static final MethodTypeDesc DOUBLE_TO_BITS = MethodTypeDesc.of(CD_long, CD_double);
    private static final MethodTypeDesc ABS = MethodTypeDesc.of(CD_double, CD_double);

    private static final int EXPONENT_SHIFT = 52;
    private static final int BIAS = 1023;
    private static final int NARROW_LOW = -255;
    private static final int NARROW_HIGH = 257;

    /** Bits of an exponent less that of the lowest narrow number: all 0 if it is narrow, too. */
    private static final long NOT_NARROW = 0x600;

    private static final int UNKNOWN = 1 << 20;

    /** Magnitudes from here on are not tiny, whatever is rounded. */
    private static final int LEAST_LOW = -1021;

    /** With products not below, a tiny sum with one is a multiple of the least number: exact. */
    private static final int LEAST_FUSED_LOW = -970;

    private static final int MOST_HIGH = 1023;

    private final CodeBuilder code;
    private final Locals locals;
    private final FloatEmitter floats;
    private final List<Escape> escapes = new ArrayList<>();

    // of the block being emitted
    private List<Step> steps = List.of();
    private boolean isQuick; // rounding and "inexact" were tested

    // of floating-point registers: 0, or from 2^low to 2^high
    private final int[] low = new int[Registers.FLOAT];
    private final int[] high = new int[Registers.FLOAT];

    /**
     * A number that is not narrow: goes on at {@code back} if it is zero, and one of {@code zeros},
     * registers, if there are any, is zero as well.
     */
    private record Escape(Label start, int number, List<Long> zeros, Label back, Label careful) {}

    RangedFloats(CodeBuilder code, Locals locals, FloatEmitter floats) {
        this.code = code;
        this.locals = locals;
        this.floats = floats;
    }

    /** True if the instruction can be emitted here. */
    static boolean isRanged(Step step) {
        return FloatEmitter.isFast(step) && step.op().name().endsWith("_D");
    }

    void begin(UnitBlock block) {
        steps = block.steps;
        isQuick = false;
        Arrays.fill(low, -UNKNOWN);
        Arrays.fill(high, UNKNOWN);
    }

    /** Notes an instruction that is emitted elsewhere. */
    void after(Step step) {
        if (FloatStateEmitter.isFloatState(step)) {
            isQuick = false;
        }
        if ((step.writes() & Registers.FLOATING) == 0) {
            return;
        }
        boolean isSignChange =
                switch (step.op()) {
                    case FSGNJ_D, FSGNJN_D, FSGNJX_D -> true;
                    default -> false;
                };
        know(
                step.writes(),
                isSignChange ? low(step, Operand.FS1) : -UNKNOWN,
                isSignChange ? high(step, Operand.FS1) : UNKNOWN);
    }

    /** Emits the instruction, which stores its result, or goes to {@code careful}. */
    void emit(Step step, Label careful) {
        if (!isQuick) {
            floats.emitModeTest(careful);
            isQuick = true;
        }
        int result = locals.firstTemporary();
        switch (step.op()) {
            case FADD_D, FSUB_D -> emitSum(step, result, careful);
            case FMUL_D -> emitProduct(step, result, careful);
            case FDIV_D -> {
                floats.pushResult(step);
                code.dstore(result);
                emitNarrowTest(result, List.of(step.register(Operand.FS1)), careful);
                know(step.writes(), NARROW_LOW, NARROW_HIGH);
            }
            case FSQRT_D -> {
                floats.pushResult(step);
                code.dstore(result);
                emitNarrowTest(result, List.of(), careful);
                know(step.writes(), NARROW_LOW, NARROW_HIGH);
            }
            default -> emitFused(step, result, careful);
        }
        code.dload(result);
        locals.storeDouble(code, step.writes());
    }

    private void emitSum(Step step, int result, Label careful) {
        floats.pushResult(step);
        code.dstore(result);
        int most = Math.max(high(step, Operand.FS1), high(step, Operand.FS2)) + 1;
        emitSumTest(step, result, most, careful);
    }

    /** A sum is exact if it is tiny; it is finite if its terms, below 2^(most - 1), are small. */
    private void emitSumTest(Step step, int result, int most, Label careful) {
        if (productsOf(step.writes(), step) > 0) {
            emitNarrowTest(result, List.of(), careful);
            know(step.writes(), NARROW_LOW, NARROW_HIGH);
        } else if (most <= MOST_HIGH) {
            know(step.writes(), -UNKNOWN, most);
        } else {
            code.dload(result).invokestatic(CD_MATH, "abs", ABS);
            code.loadConstant(Double.MAX_VALUE).dcmpg().ifgt(careful);
            know(step.writes(), -UNKNOWN, UNKNOWN);
        }
    }

    private void emitProduct(Step step, int result, Label careful) {
        emitFactorTests(step, result, careful);
        int least = low(step, Operand.FS1) + low(step, Operand.FS2);
        int most = high(step, Operand.FS1) + high(step, Operand.FS2);
        floats.pushResult(step);
        code.dstore(result);
        if (least >= LEAST_LOW && most <= MOST_HIGH) {
            know(step.writes(), least, most);
        } else {
            emitNarrowTest(
                    result,
                    List.of(step.register(Operand.FS1), step.register(Operand.FS2)),
                    careful);
            know(step.writes(), NARROW_LOW, NARROW_HIGH);
        }
    }

    private void emitFused(Step step, int result, Label careful) {
        emitFactorTests(step, result, careful);
        int least = low(step, Operand.FS1) + low(step, Operand.FS2);
        int product = high(step, Operand.FS1) + high(step, Operand.FS2);
        int most = Math.max(product, high(step, Operand.FS3)) + 1;
        floats.pushResult(step);
        code.dstore(result);
        if (least >= LEAST_FUSED_LOW) {
            emitSumTest(step, result, most, careful);
        } else {
            code.dload(result);
            pushExponent();
            emitNarrowTest(careful);
            know(step.writes(), NARROW_LOW, NARROW_HIGH);
        }
    }

    /**
     * Tests factors of which nothing is known, if all of them are factors of later products too:
     * else it is better to test the product.
     */
    private void emitFactorTests(Step step, int temporary, Label careful) {
        List<Operand> unknown = new ArrayList<>();
        for (Operand operand : List.of(Operand.FS1, Operand.FS2)) {
            if (low(step, operand) == -UNKNOWN || high(step, operand) == UNKNOWN) {
                unknown.add(operand);
            }
        }
        for (Operand operand : unknown) {
            long register = step.register(operand);
            if (step.writes() == register || productsOf(register, step) == 0) {
                return;
            }
        }
        for (Operand operand : unknown) {
            long register = step.register(operand);
            if (low(step, operand) == -UNKNOWN || high(step, operand) == UNKNOWN) {
                locals.pushDouble(code, register);
                code.dstore(temporary);
                emitNarrowTest(temporary, List.of(), careful);
                know(register, NARROW_LOW, NARROW_HIGH);
            }
        }
    }

    /** How many instructions after {@code step} have the register's value as a factor. */
    private int productsOf(long register, Step step) {
        int result = 0;
        for (int i = indexOf(step) + 1; i < steps.size(); i++) {
            Step later = steps.get(i);
            if (isProduct(later)
                    && (later.register(Operand.FS1) == register
                            || later.register(Operand.FS2) == register)) {
                result++;
            }
            if ((later.writes() & register) != 0) {
                break;
            }
        }
        return result;
    }

    private int indexOf(Step step) {
        int index = 0;
        while (steps.get(index) != step) {
            index++;
        }
        return index;
    }

    private static boolean isProduct(Step step) {
        return isRanged(step)
                && switch (step.op()) {
                    case FMUL_D, FMADD_D, FMSUB_D, FNMADD_D, FNMSUB_D -> true;
                    default -> false;
                };
    }

    // ---- tests ----

    private void emitNarrowTest(int number, List<Long> zeros, Label careful) {
        Escape escape = new Escape(code.newLabel(), number, zeros, code.newLabel(), careful);
        escapes.add(escape);
        code.dload(number);
        pushExponent();
        emitNarrowTest(escape.start);
        code.labelBinding(escape.back);
    }

    private void pushExponent() {
        code.invokestatic(CD_DOUBLE, "doubleToRawLongBits", DOUBLE_TO_BITS);
        code.loadConstant(EXPONENT_SHIFT).lushr();
    }

    private void emitNarrowTest(Label otherwise) {
        code.loadConstant((long) (BIAS + NARROW_LOW)).lsub().loadConstant(NOT_NARROW).land();
        code.lconst_0().lcmp().ifne(otherwise);
    }

    /** Emitted after the unit's code. */
    void emitEscapes() {
        for (Escape escape : escapes) {
            code.labelBinding(escape.start);
            code.dload(escape.number).dconst_0().dcmpl().ifne(escape.careful);
            for (long register : escape.zeros) {
                locals.pushDouble(code, register);
                code.dconst_0().dcmpl().ifeq(escape.back);
            }
            code.goto_(escape.zeros.isEmpty() ? escape.back : escape.careful);
        }
    }

    // ---- what is known ----

    private void know(long register, int low, int high) {
        int number = Long.numberOfTrailingZeros(register) - Registers.FLOAT;
        this.low[number] = low;
        this.high[number] = high;
    }

    private int low(Step step, Operand operand) {
        return low[Long.numberOfTrailingZeros(step.register(operand)) - Registers.FLOAT];
    }

    private int high(Step step, Operand operand) {
        return high[Long.numberOfTrailingZeros(step.register(operand)) - Registers.FLOAT];
    }
}
