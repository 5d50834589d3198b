package callgate.machine.jit;

import static java.lang.constant.ConstantDescs.CD_Long;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import callgate.machine.isa.Op;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/**
 * A loop of one block of which is known, before a round, how many more rounds it makes at least: it
 * ends by comparing a register that walks by a constant with one that does not change. That many
 * rounds are done by a loop of the JVM's that counts, without the comparison, and without tests of
 * accesses that are sure to stay in the run of pages remembered. The JVM's compiler unrolls such
 * loops, keeps them in registers, and polls none of the rounds.
 *
 * @param walker the register that walks
 * @param walk how
 * @param bound the register it is compared with
 * @param condition what lets the loop go on
 */
record CountedLoop(int walker, Walk walk, int bound, Condition condition) {
    /** What the walker must be against the bound, after the round, for another round. */
    enum Condition {
        /** Not equal. */
        OTHER,
        /** On the side that it comes from, signed. */
        BEFORE,
        /** As {@link #BEFORE}, or equal. */
        UP_TO,
        /** As {@link #BEFORE}, unsigned. */
        BEFORE_UNSIGNED,
        /** As {@link #UP_TO}, unsigned. */
        UP_TO_UNSIGNED
    }

    /** Most rounds without a poll. */
    private static final int MOST_ROUNDS = 1000;

    /** Fewer are not worth it. */
    private static final int LEAST_ROUNDS = 2;

    private static final ClassDesc CD_MATH = ClassDesc.of("java.lang.Math");
    private static final MethodTypeDesc COMPARE_TYPE = MethodTypeDesc.of(CD_int, CD_long, CD_long);
    private static final MethodTypeDesc MIN_TYPE = MethodTypeDesc.of(CD_long, CD_long, CD_long);

    /** That of a block that closes a loop of its own, or null if its rounds can't be counted. */
    static CountedLoop of(UnitBlock block) {
        Step last = block.last();
        int first = last.rs1();
        int second = last.instruction().rs2();
        boolean isFirst = Walk.changes(block, first);
        if (block.end != UnitBlock.End.BRANCH || isFirst == Walk.changes(block, second)) {
            return null;
        }
        int walker = isFirst ? first : second;
        Walk walk = Walk.of(block, walker);
        if (walk == null || walk.stands()) {
            return null;
        }
        Condition condition = condition(last.op(), isFirst, walk.goesUp());
        return condition == null
                ? null
                : new CountedLoop(walker, walk, isFirst ? second : first, condition);
    }

    /** Null if the walker, going up or down, does not end the loop by reaching the bound. */
    private static Condition condition(Op branch, boolean walkerIsFirst, boolean goesUp) {
        boolean towards = walkerIsFirst == goesUp;
        return switch (branch) {
            case BNE -> Condition.OTHER;
            case BLT -> towards ? Condition.BEFORE : null;
            case BGE -> towards ? null : Condition.UP_TO;
            case BLTU -> towards ? Condition.BEFORE_UNSIGNED : null;
            case BGEU -> towards ? null : Condition.UP_TO_UNSIGNED;
            default -> null;
        };
    }

    /**
     * Computes how many rounds can be done at once into the local variable {@code rounds}, an int;
     * goes to {@code one} if they are too few.
     */
    void emitRounds(
            CodeBuilder code,
            Locals locals,
            UnitBlock block,
            RememberedRuns runs,
            int rounds,
            Label one) {
        int before = locals.firstTemporary();
        int most = locals.reserve();
        code.loadConstant((long) MOST_ROUNDS).lstore(most);
        emitUntilBound(code, locals, most, one);
        for (RememberedRuns.Memory memory : runs.all()) {
            if (memory.isGuarded()) {
                emitUntilRunEnds(code, locals, memory, Walk.of(block, memory.base()), most, one);
            }
        }
        code.lload(most).l2i().dup().istore(rounds);
        code.loadConstant(LEAST_ROUNDS).if_icmplt(one);
        locals.releaseTo(before);
    }

    private void emitUntilBound(CodeBuilder code, Locals locals, int most, Label one) {
        long walkers = Registers.integer(walker);
        long bounds = Registers.integer(bound);
        int distance = locals.reserve();
        emitIsStep(code, locals, walk, one);
        switch (condition) {
            case BEFORE_UNSIGNED, UP_TO_UNSIGNED -> {
                locals.push(code, walkers);
                locals.push(code, bounds);
                code.lor().lconst_0().lcmp().iflt(one);
            }
            case OTHER, BEFORE, UP_TO -> {}
        }
        if (walk.isWord()) {
            emitIsWord(code, locals, walkers, one);
            emitIsWord(code, locals, bounds, one);
        }
        if (condition != Condition.OTHER) {
            // else the distance below could be one that wraps around
            locals.push(code, walk.goesUp() ? bounds : walkers);
            locals.push(code, walk.goesUp() ? walkers : bounds);
            code.lcmp().iflt(one);
        }
        locals.push(code, walk.goesUp() ? bounds : walkers);
        locals.push(code, walk.goesUp() ? walkers : bounds);
        code.lsub();
        if (condition != Condition.UP_TO && condition != Condition.UP_TO_UNSIGNED) {
            code.lconst_1().lsub();
        }
        code.lstore(distance);
        Label unbounded = code.newLabel();
        // a walker that is past the bound does not come to be equal in these rounds, but a word
        // wraps
        boolean mayPass = condition == Condition.OTHER && !walk.isWord();
        code.lload(distance).lconst_0().lcmp().iflt(mayPass ? unbounded : one);
        code.lload(distance);
        emitDivision(code, locals, walk);
        code.lload(most).invokestatic(CD_MATH, "min", MIN_TYPE).lstore(most);
        code.labelBinding(unbounded);
    }

    private static void emitIsWord(CodeBuilder code, Locals locals, long register, Label not) {
        if (register != 0) {
            locals.push(code, register);
            code.dup2().l2i().i2l().lcmp().ifne(not);
        }
    }

    private static void emitUntilRunEnds(
            CodeBuilder code,
            Locals locals,
            RememberedRuns.Memory memory,
            Walk step,
            int most,
            Label one) {
        int offset = locals.reserve();
        emitIsStep(code, locals, step, one);
        locals.push(code, Registers.integer(memory.base()));
        code.loadConstant(memory.lowest()).ladd().lload(memory.start).lsub();
        code.dup2().lstore(offset);
        code.lload(memory.guardRoom()).invokestatic(CD_Long, "compareUnsigned", COMPARE_TYPE);
        code.ifge(one);
        if (step.stands()) {
            return;
        }
        if (step.goesUp()) {
            code.lload(memory.guardRoom()).lconst_1().lsub().lload(offset).lsub();
        } else {
            code.lload(offset);
        }
        emitDivision(code, locals, step);
        code.lconst_1().ladd().lload(most).invokestatic(CD_MATH, "min", MIN_TYPE).lstore(most);
    }

    /** Divides what is on the stack, which is not negative. */
    private static void emitDivision(CodeBuilder code, Locals locals, Walk walk) {
        long by = Math.abs(walk.constant());
        if (walk.register() != 0) {
            locals.push(code, Registers.integer(walk.register()));
            code.ldiv();
        } else if (Long.bitCount(by) == 1) {
            code.loadConstant(Long.numberOfTrailingZeros(by)).lushr();
        } else {
            code.loadConstant(by).ldiv();
        }
    }

    /** Registers are walked by only if they are positive, and so small that no sum wraps around. */
    private static void emitIsStep(CodeBuilder code, Locals locals, Walk walk, Label one) {
        if (walk.register() != 0) {
            locals.push(code, Registers.integer(walk.register()));
            code.lconst_1().lsub().loadConstant(30).lushr().lconst_0().lcmp().ifne(one);
        }
    }
}
