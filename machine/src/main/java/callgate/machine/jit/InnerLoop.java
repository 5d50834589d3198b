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
 * @param number of several that may have the same entry: which it is
 */
record InnerLoop(UnitBlock entry, List<UnitBlock> blocks, int number) {
    /** Loops that make fewer rounds a run stay where they are: a call costs as much as it saves. */
    private static final int LEAST_ROUNDS = 10;

    /** A loop of one block is copied while it has no more instructions than this in all. */
    private static final int UNROLLED_STEPS = 32;

    private static final int MOST_COPIES = 4;

    /** As the two above, of loops that follow pointers: the last copy is the one that waits. */
    private static final int FOLLOWING_STEPS = 48;

    private static final int MOST_FOLLOWING_COPIES = 8;

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
            if (entries.size() == 1 && rounds(loop, entry, source) >= LEAST_ROUNDS) {
                UnitBlock joined = joined(result, loop, entry);
                replace(
                        result,
                        joined == null ? loop : List.of(joined),
                        joined == null ? entry : joined);
            }
        }
        return result;
    }

    /**
     * A loop of two blocks that is entered at the second, made one that does the first and the
     * second in a round: the second stays where it is and does the half round before. Null if it
     * has another form.
     */
    private static UnitBlock joined(List<UnitBlock> all, List<UnitBlock> loop, UnitBlock entry) {
        UnitBlock first = loop.getFirst();
        if (loop.size() != 2
                || entry != loop.getLast()
                || first.end != UnitBlock.End.FALL
                || first.nextBlock != entry // the unit may end between them
                || entry.end != UnitBlock.End.BRANCH
                || entry.targetBlock != first) {
            return null;
        }
        UnitBlock joined = first.followedBy(entry);
        all.set(all.indexOf(first), joined);
        joined.redirect(to -> to == first ? joined : to);
        entry.redirect(to -> to == first ? joined : to);
        return joined;
    }

    private static int rounds(List<UnitBlock> loop, UnitBlock entry, CodeSource source) {
        List<Long> starts = loop.stream().map(block -> block.start).toList();
        return source.rounds(entry.start, starts, exits(loop));
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
        runner.loop = new InnerLoop(entry, unrolled(loop), 0);
        int at = all.indexOf(loop.getFirst());
        all.removeAll(loop);
        all.add(at, runner);
        all.forEach(block -> block.redirect(to -> to == entry ? runner : to));
    }

    /**
     * A loop of one block as several copies in a row, of which only the last one closes the loop
     * and polls. If there are accesses that one test can guard in all copies, or pointers that are
     * followed, one more copy stands behind, which does a round without what needs tests.
     */
    private static List<UnitBlock> unrolled(List<UnitBlock> loop) {
        UnitBlock first = loop.getFirst();
        boolean isOne = loop.size() == 1 && first.end == UnitBlock.End.BRANCH;
        boolean follows = isOne && NarrowPointers.of(first).exist();
        if (isOne && !follows && !RememberedRuns.forgets(first) && CountedLoop.of(first) != null) {
            return counted(first);
        }
        int copies = (follows ? FOLLOWING_STEPS : UNROLLED_STEPS) / first.steps.size();
        if (!isOne || copies < 2) {
            return loop;
        }
        copies = Math.min(copies, follows ? MOST_FOLLOWING_COPIES : MOST_COPIES);
        List<UnitBlock> result = new ArrayList<>(loop);
        for (int i = 1; i < copies; i++) {
            result.add(first.copy(i));
        }
        UnitBlock plain = first.copy(copies);
        for (int i = 1; i < copies; i++) {
            UnitBlock following = result.get(i);
            result.get(i - 1).redirect(to -> to == first ? following : to);
        }
        boolean guards = RememberedRuns.canGuard(first);
        for (UnitBlock copy : result) {
            copy.isGuarded = guards;
            copy.unshadowed = follows ? plain : null;
        }
        if (guards) {
            first.unguarded = plain;
        }
        if (guards || follows) {
            result.add(plain);
        }
        return result;
    }

    /** A loop that counts, and a block behind it that does a round in which anything may happen. */
    private static List<UnitBlock> counted(UnitBlock first) {
        UnitBlock plain = first.copy(1);
        first.counted = CountedLoop.of(first);
        first.isGuarded = true;
        first.unguarded = plain;
        return List.of(first, plain);
    }

    /** The same, in a function that stands in its caller's unit. */
    InnerLoop numbered(int number) {
        return new InnerLoop(entry, blocks, number);
    }

    /** Ends the names of its methods. */
    String name() {
        return Long.toHexString(entry.start) + (number == 0 ? "" : "_" + number);
    }

    /** Address of its last instruction. */
    long lastPc() {
        return blocks.getLast().last().pc();
    }
}
