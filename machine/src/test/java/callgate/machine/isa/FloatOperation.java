package callgate.machine.isa;

import callgate.machine.hart.Hart;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A floating-point operation under test, on raw register values.
 *
 * @param mnemonic as the assembler writes it
 * @param operands what each operand register holds; 1 to 3 of them
 * @param tested what guests get
 * @param general the general algorithm alone, without the host's arithmetic in front
 */
record FloatOperation(String mnemonic, List<Operand> operands, Function tested, Function general) {
    enum Operand {
        SINGLE,
        DOUBLE,
        INTEGER
    }

    interface Function {
        long apply(Hart h, long a, long b, long c, int rm);
    }

    private interface General {
        long apply(Hart h, FloatFormat f, long a, long b, long c, int rm);
    }

    static List<FloatOperation> all() {
        List<FloatOperation> all = new ArrayList<>();
        addSingle(all);
        addDouble(all);
        return all;
    }

    private static final long SIGN_32 = 1L << 31;
    private static final long SIGN_64 = 1L << 63;

    private static void addSingle(List<FloatOperation> all) {
        add(
                all,
                "fadd.s",
                2,
                (h, a, b, c, rm) -> SoftFloat.f32Add(h, a, b, rm),
                FloatOperation::add);
        add(
                all,
                "fsub.s",
                2,
                (h, a, b, c, rm) -> SoftFloat.f32Sub(h, a, b, rm),
                (h, f, a, b, c, rm) -> add(h, f, a, b ^ SIGN_32, c, rm));
        add(
                all,
                "fmul.s",
                2,
                (h, a, b, c, rm) -> SoftFloat.f32Mul(h, a, b, rm),
                FloatOperation::multiply);
        add(
                all,
                "fdiv.s",
                2,
                (h, a, b, c, rm) -> SoftFloat.f32Div(h, a, b, rm),
                FloatOperation::divide);
        add(
                all,
                "fsqrt.s",
                1,
                (h, a, b, c, rm) -> SoftFloat.f32Sqrt(h, a, rm),
                FloatOperation::squareRoot);
        add(all, "fmadd.s", 3, SoftFloat::f32MulAdd, FloatArithmetic::multiplyAdd);
        add(all, "fmsub.s", 3, SoftFloat::f32MulSub, negated(0, SIGN_32));
        add(all, "fnmsub.s", 3, SoftFloat::f32NMulSub, negated(SIGN_32, 0));
        add(all, "fnmadd.s", 3, SoftFloat::f32NMulAdd, negated(SIGN_32, SIGN_32));
        add(
                all,
                "fmin.s",
                2,
                (h, a, b, c, rm) -> SoftFloat.f32Min(h, a, b),
                FloatOperation::minimum);
        add(
                all,
                "fmax.s",
                2,
                (h, a, b, c, rm) -> SoftFloat.f32Max(h, a, b),
                FloatOperation::maximum);
        addToInteger(
                all,
                "feq.s",
                2,
                (h, a, b, c, rm) -> SoftFloat.f32Eq(h, a, b),
                FloatOperation::equal);
        addToInteger(
                all,
                "flt.s",
                2,
                (h, a, b, c, rm) -> SoftFloat.f32Lt(h, a, b),
                FloatOperation::less);
        addToInteger(
                all,
                "fle.s",
                2,
                (h, a, b, c, rm) -> SoftFloat.f32Le(h, a, b),
                FloatOperation::lessOrEqual);
        addToInteger(
                all,
                "fclass.s",
                1,
                (h, a, b, c, rm) -> SoftFloat.f32Classify(a),
                FloatOperation::classify);
        addToInteger(
                all, "fcvt.w.s", 1, (h, a, b, c, rm) -> SoftFloat.f32ToI32(h, a, rm), toSigned(32));
        addToInteger(
                all,
                "fcvt.wu.s",
                1,
                (h, a, b, c, rm) -> SoftFloat.f32ToU32(h, a, rm),
                toUnsigned(32));
        addToInteger(
                all, "fcvt.l.s", 1, (h, a, b, c, rm) -> SoftFloat.f32ToI64(h, a, rm), toSigned(64));
        addToInteger(
                all,
                "fcvt.lu.s",
                1,
                (h, a, b, c, rm) -> SoftFloat.f32ToU64(h, a, rm),
                toUnsigned(64));
        addFromInteger(
                all,
                "fcvt.s.w",
                (h, a, b, c, rm) -> SoftFloat.i32ToF32(h, a, rm),
                (h, f, a, b, c, rm) -> FloatConversion.fromSigned(h, f, (int) a, rm));
        addFromInteger(
                all,
                "fcvt.s.wu",
                (h, a, b, c, rm) -> SoftFloat.u32ToF32(h, a, rm),
                (h, f, a, b, c, rm) -> FloatConversion.fromUnsigned(h, f, a & 0xffff_ffffL, rm));
        addFromInteger(
                all,
                "fcvt.s.l",
                (h, a, b, c, rm) -> SoftFloat.i64ToF32(h, a, rm),
                FloatOperation::fromSigned);
        addFromInteger(
                all,
                "fcvt.s.lu",
                (h, a, b, c, rm) -> SoftFloat.u64ToF32(h, a, rm),
                FloatOperation::fromUnsigned);
        all.add(
                new FloatOperation(
                        "fcvt.d.s",
                        List.of(Operand.SINGLE),
                        (h, a, b, c, rm) -> SoftFloat.f32ToF64(h, a),
                        (h, a, b, c, rm) ->
                                FloatConversion.toFormat(
                                        h,
                                        FloatFormat.BINARY32,
                                        unbox(a),
                                        FloatFormat.BINARY64,
                                        rm)));
    }

    private static void addDouble(List<FloatOperation> all) {
        add(
                all,
                "fadd.d",
                2,
                (h, a, b, c, rm) -> SoftFloat.f64Add(h, a, b, rm),
                FloatOperation::add);
        add(
                all,
                "fsub.d",
                2,
                (h, a, b, c, rm) -> SoftFloat.f64Sub(h, a, b, rm),
                (h, f, a, b, c, rm) -> add(h, f, a, b ^ SIGN_64, c, rm));
        add(
                all,
                "fmul.d",
                2,
                (h, a, b, c, rm) -> SoftFloat.f64Mul(h, a, b, rm),
                FloatOperation::multiply);
        add(
                all,
                "fdiv.d",
                2,
                (h, a, b, c, rm) -> SoftFloat.f64Div(h, a, b, rm),
                FloatOperation::divide);
        add(
                all,
                "fsqrt.d",
                1,
                (h, a, b, c, rm) -> SoftFloat.f64Sqrt(h, a, rm),
                FloatOperation::squareRoot);
        add(all, "fmadd.d", 3, SoftFloat::f64MulAdd, FloatArithmetic::multiplyAdd);
        add(all, "fmsub.d", 3, SoftFloat::f64MulSub, negated(0, SIGN_64));
        add(all, "fnmsub.d", 3, SoftFloat::f64NMulSub, negated(SIGN_64, 0));
        add(all, "fnmadd.d", 3, SoftFloat::f64NMulAdd, negated(SIGN_64, SIGN_64));
        add(
                all,
                "fmin.d",
                2,
                (h, a, b, c, rm) -> SoftFloat.f64Min(h, a, b),
                FloatOperation::minimum);
        add(
                all,
                "fmax.d",
                2,
                (h, a, b, c, rm) -> SoftFloat.f64Max(h, a, b),
                FloatOperation::maximum);
        addToInteger(
                all,
                "feq.d",
                2,
                (h, a, b, c, rm) -> SoftFloat.f64Eq(h, a, b),
                FloatOperation::equal);
        addToInteger(
                all,
                "flt.d",
                2,
                (h, a, b, c, rm) -> SoftFloat.f64Lt(h, a, b),
                FloatOperation::less);
        addToInteger(
                all,
                "fle.d",
                2,
                (h, a, b, c, rm) -> SoftFloat.f64Le(h, a, b),
                FloatOperation::lessOrEqual);
        addToInteger(
                all,
                "fclass.d",
                1,
                (h, a, b, c, rm) -> SoftFloat.f64Classify(a),
                FloatOperation::classify);
        addToInteger(
                all, "fcvt.w.d", 1, (h, a, b, c, rm) -> SoftFloat.f64ToI32(h, a, rm), toSigned(32));
        addToInteger(
                all,
                "fcvt.wu.d",
                1,
                (h, a, b, c, rm) -> SoftFloat.f64ToU32(h, a, rm),
                toUnsigned(32));
        addToInteger(
                all, "fcvt.l.d", 1, (h, a, b, c, rm) -> SoftFloat.f64ToI64(h, a, rm), toSigned(64));
        addToInteger(
                all,
                "fcvt.lu.d",
                1,
                (h, a, b, c, rm) -> SoftFloat.f64ToU64(h, a, rm),
                toUnsigned(64));
        addFromInteger(
                all,
                "fcvt.d.w",
                (h, a, b, c, rm) -> SoftFloat.i32ToF64(a),
                (h, f, a, b, c, rm) -> FloatConversion.fromSigned(h, f, (int) a, rm));
        addFromInteger(
                all,
                "fcvt.d.wu",
                (h, a, b, c, rm) -> SoftFloat.u32ToF64(a),
                (h, f, a, b, c, rm) -> FloatConversion.fromUnsigned(h, f, a & 0xffff_ffffL, rm));
        addFromInteger(
                all,
                "fcvt.d.l",
                (h, a, b, c, rm) -> SoftFloat.i64ToF64(h, a, rm),
                FloatOperation::fromSigned);
        addFromInteger(
                all,
                "fcvt.d.lu",
                (h, a, b, c, rm) -> SoftFloat.u64ToF64(h, a, rm),
                FloatOperation::fromUnsigned);
        all.add(
                new FloatOperation(
                        "fcvt.s.d",
                        List.of(Operand.DOUBLE),
                        (h, a, b, c, rm) -> SoftFloat.f64ToF32(h, a, rm),
                        (h, a, b, c, rm) ->
                                box(
                                        FloatConversion.toFormat(
                                                h,
                                                FloatFormat.BINARY64,
                                                a,
                                                FloatFormat.BINARY32,
                                                rm))));
    }

    // ---- the general algorithms, all with the same parameters ----

    private static long add(Hart h, FloatFormat f, long a, long b, long c, int rm) {
        return FloatArithmetic.add(h, f, a, b, rm);
    }

    private static long multiply(Hart h, FloatFormat f, long a, long b, long c, int rm) {
        return FloatArithmetic.multiply(h, f, a, b, rm);
    }

    private static long divide(Hart h, FloatFormat f, long a, long b, long c, int rm) {
        return FloatArithmetic.divide(h, f, a, b, rm);
    }

    private static long squareRoot(Hart h, FloatFormat f, long a, long b, long c, int rm) {
        return FloatArithmetic.squareRoot(h, f, a, rm);
    }

    private static General negated(long product, long addend) {
        return (h, f, a, b, c, rm) ->
                FloatArithmetic.multiplyAdd(h, f, a ^ product, b, c ^ addend, rm);
    }

    private static long minimum(Hart h, FloatFormat f, long a, long b, long c, int rm) {
        return FloatComparison.minimum(h, f, a, b);
    }

    private static long maximum(Hart h, FloatFormat f, long a, long b, long c, int rm) {
        return FloatComparison.maximum(h, f, a, b);
    }

    private static long equal(Hart h, FloatFormat f, long a, long b, long c, int rm) {
        return FloatComparison.equal(h, f, a, b);
    }

    private static long less(Hart h, FloatFormat f, long a, long b, long c, int rm) {
        return FloatComparison.less(h, f, a, b);
    }

    private static long lessOrEqual(Hart h, FloatFormat f, long a, long b, long c, int rm) {
        return FloatComparison.lessOrEqual(h, f, a, b);
    }

    private static long classify(Hart h, FloatFormat f, long a, long b, long c, int rm) {
        return FloatComparison.classify(f, a);
    }

    private static General toSigned(int bits) {
        return (h, f, a, b, c, rm) -> FloatConversion.toSigned(h, f, a, bits, rm);
    }

    private static General toUnsigned(int bits) {
        return (h, f, a, b, c, rm) -> FloatConversion.toUnsigned(h, f, a, bits, rm);
    }

    private static long fromSigned(Hart h, FloatFormat f, long a, long b, long c, int rm) {
        return FloatConversion.fromSigned(h, f, a, rm);
    }

    private static long fromUnsigned(Hart h, FloatFormat f, long a, long b, long c, int rm) {
        return FloatConversion.fromUnsigned(h, f, a, rm);
    }

    // ---- registers around them ----

    /** Floating-point operands and result of the format that ends the mnemonic. */
    private static void add(
            List<FloatOperation> all,
            String mnemonic,
            int operands,
            Function tested,
            General general) {
        if (mnemonic.endsWith(".s")) {
            addToInteger(
                    all,
                    mnemonic,
                    operands,
                    tested,
                    (h, f, a, b, c, rm) -> box(general.apply(h, f, a, b, c, rm)));
        } else {
            addToInteger(all, mnemonic, operands, tested, general);
        }
    }

    /** Only operands are of the format that ends the mnemonic. */
    private static void addToInteger(
            List<FloatOperation> all,
            String mnemonic,
            int operands,
            Function tested,
            General general) {
        boolean single = mnemonic.endsWith(".s");
        Function onRegisters =
                single
                        ? (h, a, b, c, rm) ->
                                general.apply(
                                        h, FloatFormat.BINARY32, unbox(a), unbox(b), unbox(c), rm)
                        : (h, a, b, c, rm) -> general.apply(h, FloatFormat.BINARY64, a, b, c, rm);
        all.add(new FloatOperation(mnemonic, repeat(single, operands), tested, onRegisters));
    }

    private static void addFromInteger(
            List<FloatOperation> all, String mnemonic, Function tested, General general) {
        Function onRegisters =
                mnemonic.startsWith("fcvt.s.")
                        ? (h, a, b, c, rm) ->
                                box(general.apply(h, FloatFormat.BINARY32, a, b, c, rm))
                        : (h, a, b, c, rm) -> general.apply(h, FloatFormat.BINARY64, a, b, c, rm);
        all.add(new FloatOperation(mnemonic, List.of(Operand.INTEGER), tested, onRegisters));
    }

    private static List<Operand> repeat(boolean single, int count) {
        return Collections.nCopies(count, single ? Operand.SINGLE : Operand.DOUBLE);
    }

    private static long unbox(long register) {
        return SoftFloat.unbox(register) & 0xffff_ffffL;
    }

    private static long box(long pattern) {
        return SoftFloat.box((int) pattern);
    }
}
