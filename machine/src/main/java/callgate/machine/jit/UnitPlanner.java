package callgate.machine.jit;

import callgate.machine.isa.Op;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Chooses the guest code of one unit: what is reachable from the entry by direct jumps and branches
 * (and indirect ones as far as their targets were seen), but not through calls, until the estimated
 * bytecode reaches a budget. What does not fit is left to other units.
 */
final class UnitPlanner {
    private static final int SWITCH_CASE_BYTES = 8;

    private final CodeSource source;
    private final int budgetBytes;
    private final Map<Long, Step> steps = new HashMap<>();
    private final Set<Long> leaders = new HashSet<>();
    private final ArrayDeque<Long> queue = new ArrayDeque<>();
    private int bytes;

    private UnitPlanner(CodeSource source, int budgetBytes) {
        this.source = source;
        this.budgetBytes = budgetBytes;
    }

    /**
     * The blocks of the unit, by address; the one that starts at {@code entry} is among them.
     *
     * @return an empty list if there is no instruction at the entry
     */
    static List<UnitBlock> plan(long entry, CodeSource source, int budgetBytes) {
        UnitPlanner planner = new UnitPlanner(source, budgetBytes);
        planner.leaders.add(entry);
        planner.queue.add(entry);
        planner.discover();
        return planner.buildBlocks();
    }

    /** All that the register jumps of {@code blocks} have cases for. */
    static Set<Long> jumpTargets(List<UnitBlock> blocks) {
        Set<Long> targets = new HashSet<>();
        for (UnitBlock block : blocks) {
            block.jumpTargets.forEach(target -> targets.add(target.start));
        }
        return targets;
    }

    private void discover() {
        while (!queue.isEmpty() && bytes < budgetBytes) {
            run(queue.poll());
        }
    }

    private void enqueue(long pc) {
        if (!source.isWorthIt(pc)) {
            return;
        }
        if (leaders.add(pc) && !steps.containsKey(pc)) {
            queue.add(pc);
        }
    }

    /** Decodes from {@code pc} to the end of the straight run. */
    private void run(long pc) {
        Step step;
        for (; ; pc = step.next()) {
            if (steps.containsKey(pc)) {
                leaders.add(pc); // two runs meet here
                return;
            }
            step = bytes < budgetBytes ? source.step(pc) : null;
            if (step == null) {
                return;
            }
            steps.put(pc, step);
            bytes += cost(step);
            if (!continuesAfter(step)) {
                return;
            }
        }
    }

    private boolean continuesAfter(Step step) {
        switch (step.meaning().flow) {
            case NEXT -> {
                return true;
            }
            case BRANCH -> {
                enqueue(step.next());
                enqueue(step.target());
            }
            case JUMP -> enqueue(step.rd() == 0 ? step.target() : step.next());
            case JUMP_REGISTER -> {
                if (isLink(step.rd())) {
                    enqueue(step.next());
                } else {
                    knownTarget(step)
                            .ifPresentOrElse(this::enqueue, () -> enqueueSeenTargets(step));
                }
            }
            case ECALL -> enqueue(step.next());
            case LEAVE -> {}
        }
        return false;
    }

    private void enqueueSeenTargets(Step jump) {
        if (jump.rd() == 0 && isLink(jump.rs1())) {
            return; // a return
        }
        for (long target : seenTargets(jump)) {
            enqueue(target);
            bytes += SWITCH_CASE_BYTES;
        }
    }

    private long[] seenTargets(Step jump) {
        return source.jumpTargets(jump.pc());
    }

    private List<UnitBlock> buildBlocks() {
        TreeMap<Long, UnitBlock> blocks = new TreeMap<>();
        for (long leader : leaders) {
            if (steps.containsKey(leader)) {
                blocks.put(leader, build(leader));
            }
        }
        for (UnitBlock block : blocks.values()) {
            connect(block, blocks);
        }
        return new ArrayList<>(blocks.values());
    }

    private UnitBlock build(long start) {
        UnitBlock block = new UnitBlock(start);
        Step step = steps.get(start);
        while (true) {
            block.steps.add(step);
            block.next = step.next();
            if (step.meaning().flow != Meaning.Flow.NEXT) {
                end(block, step);
                return block;
            }
            Step following = steps.get(block.next);
            if (following == null || leaders.contains(block.next)) {
                return block;
            }
            step = following;
        }
    }

    private void end(UnitBlock block, Step step) {
        block.target = step.target();
        block.end =
                switch (step.meaning().flow) {
                    case BRANCH -> UnitBlock.End.BRANCH;
                    case JUMP -> step.rd() == 0 ? UnitBlock.End.JUMP : UnitBlock.End.CALL;
                    case ECALL -> UnitBlock.End.ECALL;
                    case LEAVE -> UnitBlock.End.LEAVE;
                    case JUMP_REGISTER -> jumpRegisterEnd(block, step);
                    case NEXT -> throw new AssertionError();
                };
    }

    private UnitBlock.End jumpRegisterEnd(UnitBlock block, Step step) {
        var known = knownTarget(step);
        known.ifPresent(target -> block.target = target);
        if (isLink(step.rd())) {
            return known.isPresent() ? UnitBlock.End.CALL : UnitBlock.End.CALL_REGISTER;
        }
        if (known.isPresent() && step.rd() == 0) {
            return UnitBlock.End.JUMP;
        }
        return step.rd() == 0 && isLink(step.rs1()) ? UnitBlock.End.RETURN : UnitBlock.End.INDIRECT;
    }

    private void connect(UnitBlock block, Map<Long, UnitBlock> blocks) {
        switch (block.end) {
            case FALL, CALL, CALL_REGISTER, ECALL -> block.nextBlock = blocks.get(block.next);
            case BRANCH -> {
                block.nextBlock = blocks.get(block.next);
                block.targetBlock = blocks.get(block.target);
            }
            case JUMP -> block.targetBlock = blocks.get(block.target);
            case INDIRECT -> {
                for (long target : seenTargets(block.last())) {
                    if (blocks.containsKey(target)) {
                        block.jumpTargets.add(blocks.get(target));
                    }
                }
            }
            case RETURN, LEAVE -> {}
        }
    }

    /** The target of a JALR whose base was set by an AUIPC just before it: far calls and jumps. */
    private java.util.OptionalLong knownTarget(Step jalr) {
        Step before = steps.get(jalr.pc() - 4);
        if (before != null
                && before.instruction().length() == 4
                && before.op() == Op.AUIPC
                && before.rd() == jalr.rs1()
                && before.rd() != 0
                && !leaders.contains(jalr.pc())) {
            return java.util.OptionalLong.of(
                    before.pc() + before.instruction().imm() + jalr.instruction().imm() & ~1L);
        }
        return java.util.OptionalLong.empty();
    }

    private static boolean isLink(int register) {
        return register == Registers.RA || register == Registers.T0;
    }

    /** Estimated bytes of bytecode, somewhat more than the truth on average. */
    private static int cost(Step step) {
        return switch (step.meaning().flow) {
            case NEXT ->
                    step.meaning().access != null
                            ? 45
                            : FloatEmitter.isFast(step) ? 65 : step.mayFault() ? 30 : 9;
            case BRANCH -> 20;
            case JUMP -> step.rd() == 0 ? 8 : 70;
            case JUMP_REGISTER -> 70;
            case ECALL -> 80;
            case LEAVE -> 20;
        };
    }
}
