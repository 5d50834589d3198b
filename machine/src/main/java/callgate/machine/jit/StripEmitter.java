package callgate.machine.jit;

import static java.lang.constant.ConstantDescs.CD_Long;
import static java.lang.constant.ConstantDescs.CD_double;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import callgate.machine.isa.Op;
import callgate.machine.isa.Operand;
import callgate.machine.memory.RawMemory;
import callgate.machine.memory.UnsafeAccess;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Emits a method that does many rounds of a {@link StripLoop} at once, as loops that the JVM's
 * compiler makes vector code of: one calculates all results into an array, and beside each a sum of
 * magnitudes, its <em>doubt</em>, that is zero only if the instructions raise no flag that is not
 * raised already; one looks whether all doubts are zero; one stores the results. If a doubt is not
 * zero, or memory is not as it should be, nothing has happened, and the loop's other method does
 * the rounds, one by one.
 *
 * <p>While "inexact" is not raised, operations must be exact: of a product {@code p} of {@code x}
 * and {@code y}, {@code fma(x * 2^600, y, -(p * 2^600))} must be zero, where {@code x} has no bits
 * below {@code 2^-474}, so that the error cannot be lost by underflow; of a sum, the error term of
 * Knuth's TwoSum. If it is raised, results must be finite and no factor have bits below {@code
 * 2^-474}, so that products don't underflow. Sums never do. That a number has no such bits is seen
 * by its being the same after a multiplication by {@code 2^-600} and back. Infinities and NaNs, of
 * operands too, make doubts NaN.
 *
 * <p>The JVM's compiler makes vector accesses to raw memory only if it knows that the number of a
 * round is small. It tells rows in memory from the array; what it cannot know, that a row that is
 * loaded does not have elements that were stored in a round before, is tested.
 */
final class StripEmitter {
    /** Most rounds done at once: what {@link callgate.machine.hart.Hart#strip} has room for. */
    private static final int MOST_ROUNDS = 256;

    /** With fewer rounds to do it is not worth it. */
    private static final int LEAST_ROUNDS = 16;

    private static final int ELEMENT_SHIFT = 3;
    private static final int NX = 1;
    private static final double UP = 0x1p600;
    private static final double DOWN = 0x1p-600;
    private static final long SMALL_ADDRESSES = 62; // bits

    private static final ClassDesc CD_MATH = Math.class.describeConstable().orElseThrow();
    private static final ClassDesc CD_DOUBLES = CD_double.arrayType();
    private static final ClassDesc CD_DOUBLE = Double.class.describeConstable().orElseThrow();
    private static final MethodTypeDesc DOUBLE_TO_BITS = MethodTypeDesc.of(CD_long, CD_double);
    private static final MethodTypeDesc ABS = MethodTypeDesc.of(CD_double, CD_double);
    private static final MethodTypeDesc FMA =
            MethodTypeDesc.of(CD_double, CD_double, CD_double, CD_double);
    private static final MethodTypeDesc COMPARE = MethodTypeDesc.of(CD_int, CD_long, CD_long);

    /** What is to be known of the results of a round. */
    private enum Doubt {
        /** Nothing: they were found right before. */
        NONE,
        /** That they are exact. */
        INEXACT,
        /** That they are finite and no product underflows; "inexact" is raised. */
        OUT_OF_RANGE
    }

    private final StripLoop loop;
    private final CodeBuilder code;
    private final Locals locals;
    private final AccessEmitter accesses;
    private final RememberedRuns runs;
    private final Map<StripLoop.Element, AccessSpan> spans = new HashMap<>();
    private final Map<StripLoop.Element, Integer> addresses = new HashMap<>();
    private final Map<Long, Integer> scaledInvariants = new HashMap<>(); // times 2^600
    private final Label out;

    // local variables
    private final int strip;
    private final int rounds; // long: how many are left, then how many are done now
    private final int count; // the same as an int
    private final int round;
    private final int doubt;
    private final int doubts;

    // of the round being emitted: factors that have no bits below 2^-474
    private long tested;
    private boolean hasDoubt;

    private StripEmitter(StripLoop loop, CodeBuilder code) {
        this.loop = loop;
        this.code = code;
        locals = new Locals(List.of(loop.block()));
        accesses = new AccessEmitter(code, locals, NarrowPointers.none());
        for (StripLoop.Element element : elements()) {
            spans.put(element, AccessSpan.of(element.step()));
        }
        runs =
                new RememberedRuns(
                        List.of(loop.block()),
                        List.copyOf(spans.values()),
                        NarrowPointers.none(),
                        locals);
        out = code.newLabel();
        strip = locals.reserve();
        rounds = locals.reserve();
        count = locals.reserve();
        round = locals.reserve();
        doubt = locals.reserve();
        doubts = locals.reserve();
        for (StripLoop.Element element : elements()) {
            addresses.put(element, locals.reserve());
        }
    }

    /** The method that does a loop's rounds at once. */
    static String methodName(InnerLoop loop) {
        return "strips_" + loop.name();
    }

    /**
     * Emits the method: it takes the registers from the hart, and returns the address where to go
     * on with them there again: that of the loop if rounds are left.
     */
    static void emit(StripLoop loop, CodeBuilder code) {
        new StripEmitter(loop, code).emit();
    }

    private List<StripLoop.Element> elements() {
        List<StripLoop.Element> result = new ArrayList<>(loop.loads());
        result.add(loop.store());
        return result;
    }

    private void emit() {
        code.aload(Locals.HART).getfield(Locals.CD_HART, "frm", CD_int).ifne(out);
        emitArray();
        locals.reload(code, loop.inputs());
        runs.all().forEach(accesses::emitInitial);
        emitScaledInvariants();
        Label next = code.newBoundLabel();
        code.aload(Locals.HART).getfield(Locals.CD_HART, "pending", CD_int).ifne(out);
        emitRoundsLeft();
        elements().forEach(this::emitAddress);
        loop.loads().forEach(this::emitOverlapTest);
        code.lload(rounds).l2i().loadConstant(MOST_ROUNDS);
        code.invokestatic(CD_MATH, "min", MethodTypeDesc.of(CD_int, CD_int, CD_int)).istore(count);
        emitCalculation();
        emitLookAtDoubts();
        emitLastRound();
        emitStores();
        emitWalks();
        locals.spill(code, loop.written());
        emitBranch(next);
        code.loadConstant(loop.block().next).lreturn();
        code.labelBinding(out).loadConstant(loop.block().start).lreturn();
    }

    private void emitArray() {
        Label found = code.newLabel();
        code.aload(Locals.HART).getfield(Locals.CD_HART, "strip", CD_DOUBLES).astore(strip);
        code.aload(strip).ifnonnull(found);
        code.loadConstant(2 * MOST_ROUNDS).newarray(TypeKind.DOUBLE).astore(strip);
        code.aload(Locals.HART).aload(strip).putfield(Locals.CD_HART, "strip", CD_DOUBLES);
        code.labelBinding(found);
    }

    /** Factors that do not change are tested, and multiplied, once. */
    private void emitScaledInvariants() {
        for (Step step : loop.steps()) {
            if (!isProduct(step.op())) {
                continue;
            }
            for (Operand operand : List.of(Operand.FS1, Operand.FS2)) {
                long register = step.register(operand);
                if (loop.isInvariant(step, operand) && !scaledInvariants.containsKey(register)) {
                    int scaled = locals.reserve();
                    scaledInvariants.put(register, scaled);
                    pushDownAndUp(register);
                    locals.pushDouble(code, register);
                    code.dcmpl().ifne(out);
                    locals.pushDouble(code, register);
                    code.loadConstant(UP).dmul().dstore(scaled);
                }
            }
        }
    }

    private void pushDownAndUp(long register) {
        locals.pushDouble(code, register);
        code.loadConstant(DOWN).dmul().loadConstant(UP).dmul();
    }

    // ---- how many rounds ----

    private void emitRoundsLeft() {
        Step branch = loop.branch();
        long first = Registers.integer(branch.rs1());
        long second = Registers.integer(branch.instruction().rs2());
        long approach = Math.abs(loop.approach());
        if (branch.op() != Op.BNE) { // no order but that of numbers far from where it ends
            locals.push(code, first);
            locals.push(code, second);
            code.lor().loadConstant((int) SMALL_ADDRESSES).lushr().lconst_0().lcmp().ifne(out);
        }
        locals.push(code, loop.approach() > 0 ? second : first);
        locals.push(code, loop.approach() > 0 ? first : second);
        code.lsub().lstore(rounds);
        code.lload(rounds).lconst_0().lcmp().ifle(out);
        if (branch.op() == Op.BNE) {
            code.lload(rounds).loadConstant(approach).lrem().lconst_0().lcmp().ifne(out);
        } else {
            code.lload(rounds).loadConstant(approach - 1).ladd().lstore(rounds);
        }
        code.lload(rounds).loadConstant(approach).ldiv().lstore(rounds);
        code.lload(rounds).loadConstant((long) LEAST_ROUNDS).lcmp().iflt(out);
        code.lload(rounds).loadConstant((long) MOST_ROUNDS);
        emitLesser();
    }

    /** Takes the lesser of the two on the stack. */
    private void emitLesser() {
        code.invokestatic(CD_MATH, "min", MethodTypeDesc.of(CD_long, CD_long, CD_long));
        code.lstore(rounds);
    }

    /** Finds the first element in the host's memory, and how many are there side by side. */
    private void emitAddress(StripLoop.Element element) {
        int address = addresses.get(element);
        AccessSpan span = spans.get(element);
        RememberedRuns.Memory memory = runs.of(span);
        Label found = code.newLabel();
        locals.push(code, Registers.integer(element.base()));
        code.loadConstant(element.offset()).ladd().lstore(address);
        accesses.emitLookUp(span, memory, address, locals.firstTemporary(), out, found);
        code.labelBinding(found);
        code.lload(rounds);
        code.lload(memory.room).lconst_1().lsub().lload(address).lsub().lload(memory.start).ladd();
        code.loadConstant(ELEMENT_SHIFT).lushr().lconst_1().ladd();
        emitLesser();
        code.lload(address).lload(memory.delta).ladd().lstore(address);
    }

    /** Elements that are stored must not be loaded in a later round: 0 < stored - loaded < all. */
    private void emitOverlapTest(StripLoop.Element load) {
        code.lload(addresses.get(loop.store())).lload(addresses.get(load)).lsub();
        code.lconst_1().lsub();
        code.lload(rounds).loadConstant(ELEMENT_SHIFT).lshl().lconst_1().lsub();
        code.invokestatic(CD_Long, "compareUnsigned", COMPARE).iflt(out);
    }

    // ---- the rounds ----

    private void emitCalculation() {
        Label calculated = code.newLabel();
        Label inexact = code.newLabel();
        code.aload(Locals.HART).getfield(Locals.CD_HART, "fflags", CD_int);
        code.loadConstant(NX).iand().ifne(inexact);
        emitForEach(() -> emitRound(Doubt.INEXACT));
        code.goto_(calculated);
        code.labelBinding(inexact);
        emitForEach(() -> emitRound(Doubt.OUT_OF_RANGE));
        code.labelBinding(calculated);
    }

    private void emitLookAtDoubts() {
        code.lconst_0().lstore(doubts);
        emitForEach(
                () -> {
                    code.lload(doubts);
                    pushDoubt();
                    code.iconst_1().lshl(); // without work to do, this would be no vector loop
                    code.lor().lstore(doubts);
                });
        code.lload(doubts).lconst_0().lcmp().ifne(out);
    }

    private void pushDoubt() {
        if (RawMemory.isUnsafe()) { // what is a number in a register is not looked at as a vector
            accesses.pushUnsafe();
            code.aload(strip).iload(round).i2l().loadConstant(ELEMENT_SHIFT).lshl();
            code.loadConstant(UnsafeAccess.DOUBLES + MOST_ROUNDS * Double.BYTES).ladd();
            accesses.invokeUnsafe("getLong", CD_long);
        } else {
            code.aload(strip).iload(round).loadConstant(MOST_ROUNDS).iadd().daload();
            code.invokestatic(CD_DOUBLE, "doubleToRawLongBits", DOUBLE_TO_BITS);
        }
    }

    /** Calculates what floating-point registers hold in the end. */
    private void emitLastRound() {
        code.iload(count).iconst_1().isub().istore(round);
        emitRound(Doubt.NONE);
    }

    private void emitStores() {
        emitForEach(
                () -> {
                    accesses.pushRaw();
                    pushAddress(loop.store());
                    code.aload(strip).iload(round).daload();
                    accesses.invokeRaw("putDouble", CD_double);
                });
    }

    private void emitForEach(Runnable body) {
        Label begin = code.newLabel();
        Label test = code.newLabel();
        code.iconst_0().istore(round).goto_(test).labelBinding(begin);
        body.run();
        code.iinc(round, 1).labelBinding(test);
        code.iload(round).iload(count).if_icmplt(begin);
    }

    private void pushAddress(StripLoop.Element element) {
        code.lload(addresses.get(element));
        code.iload(round).i2l().loadConstant(ELEMENT_SHIFT).lshl().ladd();
    }

    private void emitRound(Doubt kind) {
        tested = 0;
        hasDoubt = false;
        int load = 0;
        for (Step step : loop.steps()) {
            switch (step.op()) {
                case ADDI -> {}
                case FLD -> {
                    accesses.pushRaw();
                    pushAddress(loop.loads().get(load++));
                    accesses.invokeRaw("getDouble", CD_double);
                    storeResult(step);
                }
                case FSD -> {
                    if (kind != Doubt.NONE) {
                        code.aload(strip).iload(round);
                        locals.pushDouble(code, step.register(Operand.FS2));
                        code.dastore();
                    }
                }
                default -> emitArithmetic(step, kind);
            }
        }
        if (kind != Doubt.NONE) {
            code.aload(strip).iload(round).loadConstant(MOST_ROUNDS).iadd();
            if (hasDoubt) {
                code.dload(doubt).dastore();
            } else {
                code.dconst_0().dastore(); // nothing is calculated: elements are copied
            }
        }
    }

    private void storeResult(Step step) {
        locals.storeDouble(code, step.writes());
        tested &= ~step.writes();
    }

    // ---- arithmetic ----

    private void emitArithmetic(Step step, Doubt kind) {
        int before = locals.firstTemporary();
        int result = locals.reserve();
        int product = locals.reserve();
        if (isProduct(step.op())) {
            pushDouble(step, Operand.FS1);
            pushDouble(step, Operand.FS2);
            code.dmul();
            if (FloatEmitter.negatesProduct(step.op())) {
                code.dneg();
            }
            code.dstore(product);
        }
        emitResult(step, product);
        code.dstore(result);
        switch (kind) {
            case NONE -> {}
            case INEXACT -> emitInexactness(step, product, result);
            case OUT_OF_RANGE -> emitRangeDoubts(step, result);
        }
        code.dload(result);
        storeResult(step);
        locals.releaseTo(before);
    }

    private void emitResult(Step step, int product) {
        switch (step.op()) {
            case FADD_D, FSUB_D -> {
                pushDouble(step, Operand.FS1);
                pushAddend(step);
                code.dadd();
            }
            case FMUL_D -> code.dload(product);
            default -> {
                pushDouble(step, Operand.FS1);
                if (FloatEmitter.negatesProduct(step.op())) {
                    code.dneg();
                }
                pushDouble(step, Operand.FS2);
                pushAddend(step);
                code.invokestatic(CD_MATH, "fma", FMA);
            }
        }
    }

    private void emitInexactness(Step step, int product, int result) {
        if (isProduct(step.op())) {
            emitProductError(step, product);
        }
        if (step.op() != Op.FMUL_D) {
            emitSumError(step, product, result);
        }
    }

    /** Adds by how much the product is not exact, times 2^600. */
    private void emitProductError(Step step, int product) {
        Operand factor =
                loop.isInvariant(step, Operand.FS1) || !loop.isInvariant(step, Operand.FS2)
                        ? Operand.FS1
                        : Operand.FS2;
        Operand other = factor == Operand.FS1 ? Operand.FS2 : Operand.FS1;
        emitFactorDoubt(step, factor);
        Integer scaled = scaledInvariants.get(step.register(factor));
        if (scaled == null) {
            pushDouble(step, factor);
            code.loadConstant(UP).dmul();
        } else {
            code.dload(scaled);
        }
        if (FloatEmitter.negatesProduct(step.op())) {
            code.dneg();
        }
        pushDouble(step, other);
        code.dload(product).loadConstant(-UP).dmul();
        code.invokestatic(CD_MATH, "fma", FMA);
        emitDoubt();
    }

    /** Adds by how much the sum is not exact. */
    private void emitSumError(Step step, int product, int sum) {
        int before = locals.firstTemporary();
        int first = locals.reserve();
        int second = locals.reserve();
        int rounded = locals.reserve(); // the second number, as far as it is in the sum
        if (isProduct(step.op())) {
            code.dload(product);
        } else {
            pushDouble(step, Operand.FS1);
        }
        code.dstore(first);
        pushAddend(step);
        code.dstore(second);
        code.dload(sum).dload(first).dsub().dstore(rounded);
        code.dload(first).dload(sum).dload(rounded).dsub().dsub();
        code.dload(second).dload(rounded).dsub().dadd();
        emitDoubt();
        locals.releaseTo(before);
    }

    private void emitRangeDoubts(Step step, int result) {
        if (isProduct(step.op())) {
            emitFactorDoubt(step, Operand.FS1);
            emitFactorDoubt(step, Operand.FS2);
        }
        if (!loop.isUsedLater(step)) {
            code.dload(result).dconst_0().dmul(); // zero, or no number if it is not finite
            emitDoubt();
        }
    }

    /** Adds a doubt if a factor that is not a tested invariant has bits below 2^-474. */
    private void emitFactorDoubt(Step step, Operand operand) {
        long register = step.register(operand);
        if (scaledInvariants.containsKey(register) || (tested & register) != 0) {
            return;
        }
        tested |= register;
        pushDownAndUp(register);
        locals.pushDouble(code, register);
        code.dsub();
        emitDoubt();
    }

    /** Adds the magnitude on the stack to the round's doubt. */
    private void emitDoubt() {
        code.invokestatic(CD_MATH, "abs", ABS);
        if (hasDoubt) {
            code.dload(doubt).dadd();
        }
        code.dstore(doubt);
        hasDoubt = true;
    }

    private void pushDouble(Step step, Operand operand) {
        locals.pushDouble(code, step.register(operand));
    }

    /** Pushes what is added, negated if it is subtracted. */
    private void pushAddend(Step step) {
        boolean isSum = step.op() == Op.FADD_D || step.op() == Op.FSUB_D;
        pushDouble(step, isSum ? Operand.FS2 : Operand.FS3);
        if (step.op() == Op.FSUB_D || FloatEmitter.negatesAddend(step.op())) {
            code.dneg();
        }
    }

    private static boolean isProduct(Op op) {
        return op != Op.FADD_D && op != Op.FSUB_D && StripLoop.isArithmetic(op);
    }

    // ---- after the rounds ----

    private void emitWalks() {
        for (int register = 1; register < Registers.FLOAT; register++) {
            if (loop.walk(register) != 0) {
                long set = Registers.integer(register);
                locals.push(code, set);
                code.iload(count).i2l().loadConstant(loop.walk(register)).lmul().ladd();
                locals.store(code, set);
            }
        }
    }

    private void emitBranch(Label next) {
        Step branch = loop.branch();
        locals.push(code, Registers.integer(branch.rs1()));
        locals.push(code, Registers.integer(branch.instruction().rs2()));
        switch (branch.op()) {
            case BNE -> code.lcmp().ifne(next);
            case BLT -> code.lcmp().iflt(next);
            default -> code.invokestatic(CD_Long, "compareUnsigned", COMPARE).iflt(next);
        }
    }
}
