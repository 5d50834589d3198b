package callgate.kernel.mm;

import static callgate.kernel.mm.PageMap.FRAME;
import static callgate.kernel.mm.PageMap.LEAF_PAGES;
import static callgate.kernel.mm.PageMap.OF_FILE;

/**
 * Copies an address space for fork: regions are shared objects, private pages gain a reference each
 * and become read-only on both sides until somebody writes. Pages of files are left out, as in
 * Linux: the child finds them in the file's cache if it needs them. Done with the parent locked.
 */
final class Fork {
    private final AddressSpace parent;
    private final AddressSpace child;

    Fork(AddressSpace parent, AddressSpace child) {
        this.parent = parent;
        this.child = child;
    }

    /** False if memory is exhausted; the child then holds a part. */
    boolean copy() {
        if (parent.hasEnded()) {
            return false;
        }
        child.layout.copyFrom(parent.layout);
        child.limits = parent.limits;
        for (int i = 0; i < parent.regions.count(); i++) {
            Region region = parent.regions.at(i);
            if (!region.isShared() && region.isWritable()) {
                parent.table.writeProtect(region.start(), region.pages());
            }
            if (!region.has(Region.DONT_FORK)) {
                child.regions.add(region.withFlags(region.flags() & ~Region.LOCKED));
            }
        }
        // stores in flight must land before either side copies a page
        if (!parent.quiescence.isSolo()) {
            parent.quiescence.await();
        }
        for (int i = 0; i < child.regions.count(); i++) {
            Region region = child.regions.at(i);
            if (!region.has(Region.WIPE_ON_FORK) && !copyPages(region)) {
                return false;
            }
        }
        return true;
    }

    private boolean copyPages(Region region) {
        int zeroFrame = parent.frames.zeroFrame();
        long end = region.end();
        for (long page = parent.pages.nextLeaf(region.start(), end);
                page < end;
                page = parent.pages.nextLeaf(page, end)) {
            int[] from = parent.pages.leaf(page);
            long leafEnd = Math.min(end, (page | LEAF_PAGES - 1) + 1);
            int[] to = null;
            long first = page;
            for (; page < leafEnd; page++) {
                int at = (int) page & LEAF_PAGES - 1;
                int entry = from[at];
                if (entry == 0 || (entry & OF_FILE) != 0) {
                    continue;
                }
                if (to == null) {
                    to = child.pages.makeLeaf(page);
                    if (to == null) {
                        return false;
                    }
                }
                if (entry != zeroFrame) {
                    parent.memory.retain(entry);
                    child.anonymousPages++;
                }
                to[at] = entry;
            }
            if (to != null && region.isReadable()) {
                show(first, to, leafEnd);
            }
        }
        return true;
    }

    /** Enters pages of one leaf into the child's page table, run by run. */
    private void show(long firstPage, int[] leaf, long endPage) {
        for (long page = firstPage; page < endPage; ) {
            int at = (int) page & LEAF_PAGES - 1;
            int frame = leaf[at] & FRAME;
            int count = 1;
            if (frame != 0) {
                while (page + count < endPage && (leaf[at + count] & FRAME) == frame + count) {
                    count++;
                }
                child.table.map(page, count, parent.memory.address(frame), false);
            }
            page += count;
        }
    }
}
