package callgate.machine.jit;

import callgate.machine.isa.Op;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Loads and stores off one base register that are done with one look at the page table: they stand
 * in one basic block, the base does not change between them, and nothing between them can leave
 * guest code. The first of them checks that all lie in one page.
 *
 * <p>The <em>anchor</em> is an offset from the base, at or below all of the group, whose alignment
 * to the widest access implies that all are aligned.
 */
final class AccessGroup {
    /**
     * Most bytes from the anchor to the end: a group that straddles pages is done one by one, so
     * this should be rare.
     */
    private static final int SPAN_LIMIT = 512;

    private final int base;
    private final List<Step> members = new ArrayList<>();
    private int anchor;
    private int end;
    private int width = 1;
    private boolean stores;

    private AccessGroup(int base) {
        this.base = base;
    }

    /**
     * The groups of a block, by their members; accesses not in the map stand alone.
     *
     * @param alone accesses that may leave guest code and come back
     */
    static Map<Step, AccessGroup> of(UnitBlock block, java.util.function.Predicate<Step> alone) {
        Map<Step, AccessGroup> result = new HashMap<>();
        AccessGroup[] open = new AccessGroup[Registers.FLOAT];
        for (Step step : block.steps) {
            // after a fence another hart's copy-on-write must be seen, so the page table is looked
            // at again
            if (step.op().isAtomic() || step.op() == Op.FENCE || alone.test(step)) {
                java.util.Arrays.fill(open, null);
            } else if (step.meaning().access != null && step.rs1() != 0) {
                AccessGroup group = open[step.rs1()];
                if (group == null || !group.add(step)) {
                    group = new AccessGroup(step.rs1());
                    group.add(step);
                    open[step.rs1()] = group;
                }
                result.put(step, group);
            }
            if (step.writes() != 0 && step.writes() == Registers.integer(step.rd())) {
                open[step.rd()] = null;
            }
        }
        result.values().removeIf(group -> group.members.size() == 1);
        return result;
    }

    private boolean add(Step step) {
        int offset = step.instruction().imm();
        AccessShape access = step.meaning().access;
        int widest = Math.max(width, access.width());
        int alignedOffset = access.width() >= width ? offset : anchor;
        int low = members.isEmpty() ? offset : Math.min(anchor, offset);
        int newAnchor = low - Math.floorMod(low - alignedOffset, widest);
        int newEnd =
                members.isEmpty()
                        ? offset + access.width()
                        : Math.max(end, offset + access.width());
        if (newEnd - newAnchor > SPAN_LIMIT || !areAligned(newAnchor, step)) {
            return false;
        }
        members.add(step);
        anchor = newAnchor;
        end = newEnd;
        width = widest;
        stores |= access.isStore();
        return true;
    }

    private boolean areAligned(int newAnchor, Step more) {
        return isAligned(newAnchor, more)
                && members.stream().allMatch(member -> isAligned(newAnchor, member));
    }

    private static boolean isAligned(int anchor, Step step) {
        return (step.instruction().imm() - anchor) % step.meaning().access.width() == 0;
    }

    Step first() {
        return members.getFirst();
    }

    int base() {
        return base;
    }

    int anchor() {
        return anchor;
    }

    /** Bytes from the anchor to the end of the last access. */
    int span() {
        return end - anchor;
    }

    /** Width of the widest access. */
    int width() {
        return width;
    }

    /** True if the page must be writable. */
    boolean stores() {
        return stores;
    }
}
