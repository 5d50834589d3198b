package callgate.machine.jit;

import java.util.ArrayList;
import java.util.List;

/**
 * Puts small functions into the units that call them: a call is a jump then that sets the return
 * address, and the callee's return a jump to the place after the call, if it is that address. So
 * registers stay in locals, and the JVM's compiler sees what a call does to them.
 *
 * <p>Nothing else changes: every instruction keeps its address, so control may leave anywhere.
 */
final class InlinedCalls {
    /** Most instructions of a function that is put into others. */
    private static final int FUNCTION_STEPS = 40;

    /** Budget of the plan of a function: it must hold so many instructions. */
    private static final int FUNCTION_BYTES = 2_500;

    /** How deep functions may be nested in a unit. */
    private static final int MOST_DEPTH = 3;

    /** One instruction may be put into a unit for so many bytes of its budget. */
    private static final int BYTES_PER_STEP = 25;

    private final CodeSource source;
    private final List<UnitBlock> result = new ArrayList<>();
    private final List<Long> nested = new ArrayList<>(); // entries of the functions we are in
    private int stepsLeft;
    private int loops;

    private InlinedCalls(CodeSource source, int budgetBytes) {
        this.source = source;
        stepsLeft = budgetBytes / BYTES_PER_STEP;
    }

    /**
     * The blocks of a unit and of functions that it calls, which stand behind the calls.
     *
     * @param blocks whose inner loops have been taken out
     */
    static List<UnitBlock> in(List<UnitBlock> blocks, CodeSource source, int budgetBytes) {
        InlinedCalls inlining = new InlinedCalls(source, budgetBytes);
        inlining.add(blocks);
        return inlining.result;
    }

    private void add(List<UnitBlock> blocks) {
        for (UnitBlock block : blocks) {
            block.isInlined = !nested.isEmpty();
            if (block.isInlined && block.loop != null) {
                block.loop = block.loop.numbered(++loops);
            }
            result.add(block);
            if (block.end == UnitBlock.End.CALL
                    && block.nextBlock != null
                    && block.last().rd() == Registers.RA
                    && nested.size() < MOST_DEPTH
                    && !nested.contains(block.target)) {
                addCallee(block);
            }
        }
    }

    private void addCallee(UnitBlock call) {
        List<UnitBlock> callee = UnitPlanner.plan(call.target, source, FUNCTION_BYTES);
        int steps = callee.stream().mapToInt(block -> block.steps.size()).sum();
        if (steps > Math.min(FUNCTION_STEPS, stepsLeft) || !isFit(callee)) {
            return;
        }
        stepsLeft -= steps;
        callee = InnerLoop.extract(callee, call.target, source);
        call.end = UnitBlock.End.JUMP;
        call.targetBlock =
                callee.stream().filter(block -> block.start == call.target).findFirst().get();
        for (UnitBlock block : callee) {
            if (block.end == UnitBlock.End.RETURN) {
                block.next = call.next;
                block.nextBlock = call.nextBlock;
            }
        }
        call.nextBlock = null;
        nested.add(call.target);
        add(callee);
        nested.removeLast();
    }

    /** True for a function that is whole, and returns. */
    private boolean isFit(List<UnitBlock> callee) {
        return callee.stream().anyMatch(block -> block.end == UnitBlock.End.RETURN)
                && callee.stream().allMatch(this::isFit);
    }

    private boolean isFit(UnitBlock block) {
        return switch (block.end) {
            case FALL -> block.nextBlock != null || !source.isWorthIt(block.next);
            case BRANCH ->
                    (block.nextBlock != null || !source.isWorthIt(block.next))
                            && (block.targetBlock != null || !source.isWorthIt(block.target));
            case JUMP -> block.targetBlock != null;
            case CALL -> block.nextBlock != null;
            case RETURN -> block.last().rs1() == Registers.RA;
            case LOOP -> true;
            case CALL_REGISTER, INDIRECT, ECALL, LEAVE -> false;
        };
    }
}
