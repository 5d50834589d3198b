package callgate.machine.jit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A loop with no loop, call or system call in it and one block where it is entered. It becomes a
 * method of its own, called by the unit's: the JVM's compiler keeps the registers of a small method
 * in the host's registers, those of a loop in a large one often not.
 *
 * @param entry the block where it is entered
 * @param blocks its blocks in address order; where control leaves the loop, they know the address
 *     but no block
 */
record InnerLoop(UnitBlock entry, List<UnitBlock> blocks) {
    /** Loops that make fewer rounds a run stay where they are: a call costs as much as it saves. */
    private static final int LEAST_ROUNDS = 10;

    /** A loop of one block is copied while it has no more instructions than this in all. */
    private static final int UNROLLED_STEPS = 32;

    private static final int MOST_COPIES = 4;

    /**
     * Takes the inner loops out of a unit: a block in the place of each runs it, see {@link
     * UnitBlock.End#LOOP}.
     *
     * @param unitEntry where the unit begins
     * @return the blocks that are left
     */
    static List<UnitBlock> extract(List<UnitBlock> blocks, long unitEntry, CodeSource source) {
        List<UnitBlock> result = new ArrayList<>(blocks);
        for (List<UnitBlock> loop : find(blocks)) {
            Set<UnitBlock> entries = entries(result, new LinkedHashSet<>(loop), unitEntry);
            UnitBlock entry = entries.isEmpty() ? null : entries.iterator().next();
            if (entries.size() == 1 && source.rounds(entry.start, exits(loop)) >= LEAST_ROUNDS) {
                replace(result, loop, entry);
            }
        }
        return result;
    }

    /** Loops that have no other in them, last one first. */
    private static List<List<UnitBlock>> find(List<UnitBlock> blocks) {
        Map<UnitBlock, Integer> places = new HashMap<>();
        blocks.forEach(block -> places.put(block, places.size()));
        int[] ends = new int[blocks.size()]; // of the loop that begins here: its last block
        Arrays.fill(ends, -1);
        for (int at = 0; at < ends.length; at++) {
            UnitBlock last = blocks.get(at);
            for (UnitBlock to : last.successors()) {
                if (last.isBackEdge(to)) {
                    ends[places.get(to)] = at;
                }
            }
        }
        List<List<UnitBlock>> loops = new ArrayList<>();
        int firstHead = ends.length; // of the loops seen
        for (int head = ends.length - 1; head >= 0; head--) {
            if (ends[head] < 0) {
                continue;
            }
            List<UnitBlock> loop = List.copyOf(blocks.subList(head, ends[head] + 1));
            if (ends[head] < firstHead && loop.stream().allMatch(InnerLoop::staysInside)) {
                loops.add(loop);
            }
            firstHead = head;
        }
        return loops;
    }

    /** False if the loop may be left for the supervisor or other units in every round. */
    private static boolean staysInside(UnitBlock block) {
        return switch (block.end) {
            case FALL, BRANCH, JUMP -> block.steps.stream().noneMatch(step -> step.op().isAtomic());
            case CALL, CALL_REGISTER, RETURN, INDIRECT, ECALL, LEAVE, LOOP -> false;
        };
    }

    private static Set<UnitBlock> entries(
            List<UnitBlock> all, Set<UnitBlock> loop, long unitEntry) {
        Set<UnitBlock> result = new LinkedHashSet<>();
        for (UnitBlock block : all) {
            if (!loop.contains(block)) {
                result.addAll(block.successors());
            } else if (block.start == unitEntry) {
                result.add(block);
            }
        }
        result.retainAll(loop);
        return result;
    }

    /** The addresses where control goes from a loop. */
    private static Set<Long> exits(List<UnitBlock> loop) {
        Set<Long> result = new LinkedHashSet<>();
        for (UnitBlock block : loop) {
            if (block.end != UnitBlock.End.JUMP) {
                result.add(block.next);
            }
            if (block.end != UnitBlock.End.FALL) {
                result.add(block.target);
            }
        }
        loop.forEach(block -> result.remove(block.start));
        return result;
    }

    private static void replace(List<UnitBlock> all, List<UnitBlock> loop, UnitBlock entry) {
        UnitBlock runner = new UnitBlock(entry.start);
        runner.end = UnitBlock.End.LOOP;
        Set<UnitBlock> exits = new LinkedHashSet<>();
        loop.forEach(block -> exits.addAll(block.successors()));
        loop.forEach(exits::remove);
        runner.jumpTargets.addAll(exits);
        loop.forEach(block -> block.redirect(to -> exits.contains(to) ? null : to));
        runner.loop = new InnerLoop(entry, unrolled(loop));
        int at = all.indexOf(loop.getFirst());
        all.removeAll(loop);
        all.add(at, runner);
        all.forEach(block -> block.redirect(to -> to == entry ? runner : to));
    }

    /**
     * A loop of one block as several copies in a row, of which only the last one closes the loop
     * and polls. If there are accesses that one test can guard in all copies, one more copy stands
     * behind, which does a round without.
     */
    private static List<UnitBlock> unrolled(List<UnitBlock> loop) {
        UnitBlock first = loop.getFirst();
        int copies = UNROLLED_STEPS / first.steps.size();
        if (loop.size() > 1 || first.end != UnitBlock.End.BRANCH || copies < 2) {
            return loop;
        }
        copies = Math.min(copies, MOST_COPIES);
        List<UnitBlock> result = new ArrayList<>(loop);
        for (int i = 1; i < copies; i++) {
            result.add(first.copy(i));
        }
        UnitBlock unguarded = first.copy(copies);
        for (int i = 1; i < copies; i++) {
            UnitBlock following = result.get(i);
            result.get(i - 1).redirect(to -> to == first ? following : to);
        }
        if (RememberedRuns.canGuard(first)) {
            result.forEach(copy -> copy.isGuarded = true);
            first.unguarded = unguarded;
            result.add(unguarded);
        }
        return result;
    }

    /** Address of its last instruction. */
    long lastPc() {
        return blocks.getLast().last().pc();
    }
}
