package callgate.kernel.mm;

import static callgate.kernel.mm.PageMap.FRAME;
import static callgate.kernel.mm.PageMap.LEAF_PAGES;
import static callgate.kernel.mm.PageMap.OF_FILE;
import static callgate.machine.memory.RawMemory.RAW;

import callgate.kernel.abi.Errno;
import callgate.machine.hart.Access;
import callgate.machine.memory.PageTable;
import callgate.machine.memory.PhysMem;

/**
 * Brings pages of an address space in, and takes them out again. All is done with the space locked.
 */
final class Faults {
    /** Pages that stay free below a region that grows down, as Linux's stack_guard_gap. */
    static final long STACK_GUARD_PAGES = 256;

    /**
     * Pages of a file that are mapped around a faulting one if they are in the page cache; a power
     * of two.
     */
    private static final int AROUND_PAGES = 16;

    private final AddressSpace space;
    private final FramePool frames;
    private final PhysMem memory;
    private final PageTable table;
    private final PageMap pages;
    private final Placement placement;
    private final Streams streams = new Streams();

    Faults(AddressSpace space) {
        this.space = space;
        frames = space.frames;
        memory = space.memory;
        table = space.table;
        pages = space.pages;
        placement = new Placement(memory, pages::preferredByBlock);
    }

    /** Makes a page accessible, or says why it is not. */
    Fault resolve(long page, Access access) {
        Region region = space.regions.find(page);
        if (region == null) {
            region = growStack(page);
            if (region == null) {
                return Fault.NOT_MAPPED;
            }
        }
        if (!isAllowed(region, access)) {
            return Fault.NOT_ALLOWED;
        }
        int[] leaf = pages.makeLeaf(page);
        if (leaf == null) {
            return Fault.OUT_OF_MEMORY;
        }
        int at = (int) page & LEAF_PAGES - 1;
        return access == Access.STORE
                ? resolveStore(region, page, leaf, at)
                : resolveLoad(region, page, leaf, at);
    }

    private static boolean isAllowed(Region region, Access access) {
        return switch (access) {
            case LOAD -> region.isReadable();
            case STORE -> region.isWritable();
            case FETCH -> region.isExecutable();
        };
    }

    private Fault resolveLoad(Region region, long page, int[] leaf, int at) {
        if (leaf[at] == 0) {
            if (region.file() == null) {
                leaf[at] = frames.zeroFrame();
            } else {
                int frame = region.file().pages().page(region.fileIndex(page));
                if (frame <= 0) {
                    return failure(frame);
                }
                leaf[at] = frame | OF_FILE;
                countFile(1);
                mapAround(region, page, leaf);
            }
        }
        if (table.readDelta(page)
                == 0) { // it may have become writable meanwhile, by another hart's store
            show(region, page, leaf[at], false);
        }
        return Fault.RESOLVED;
    }

    private Fault resolveStore(Region region, long page, int[] leaf, int at) {
        if (region.isShared()) {
            return storeShared(region, page, leaf, at);
        }
        int entry = leaf[at];
        int frame = entry & FRAME;
        boolean isOwn =
                entry != 0
                        && (entry & OF_FILE) == 0
                        && frame != frames.zeroFrame()
                        && memory.references(frame) == 1;
        if (!isOwn) {
            int own = ownCopy(region, page, leaf, at);
            if (own <= 0) {
                return failure(own);
            }
            if (table.readDelta(page) != 0 && !space.quiescence.isSolo()) {
                // harts that have looked the page up would load from the old frame what they have
                // stored into the new one
                table.unmap(page, 1);
                space.awaitUsers();
            }
            leaf[at] = own;
            countAnonymous(
                    entry == 0 || (entry & OF_FILE) != 0 || frame == frames.zeroFrame() ? 1 : 0);
            countFile((entry & OF_FILE) != 0 ? -1 : 0);
            show(region, page, own, true);
            if (entry != 0) {
                space.retire(frame);
                if (region.isExecutable()) {
                    space.codeChanged(page, page + 1);
                }
            }
            if (region.file() == null && (entry == 0 || frame == frames.zeroFrame())) {
                mapAhead(region, page, leaf, at);
            }
            return Fault.RESOLVED;
        }
        show(region, page, entry, true);
        return Fault.RESOLVED;
    }

    private Fault storeShared(Region region, long page, int[] leaf, int at) {
        PageSource source = region.file().pages();
        if (leaf[at] == 0) {
            int frame = source.page(region.fileIndex(page));
            if (frame <= 0) {
                return failure(frame);
            }
            leaf[at] = frame | OF_FILE;
            countFile(1);
        }
        source.willWrite(region.fileIndex(page), leaf[at] & FRAME);
        show(region, page, leaf[at], true);
        return Fault.RESOLVED;
    }

    /**
     * A new frame with what the page shows now; 0 beyond the end of a file, or a negative errno.
     */
    private int ownCopy(Region region, long page, int[] leaf, int at) {
        int entry = leaf[at];
        int from = entry & FRAME;
        boolean fromSource = entry == 0 && region.file() != null;
        if (fromSource) {
            from = region.file().pages().page(region.fileIndex(page));
            if (from <= 0) {
                return from;
            }
        }
        int taken = place(region, page, leaf, at);
        int own = Math.abs(taken);
        if (own != 0 && from != 0 && from != frames.zeroFrame()) {
            RAW.copy(memory.address(from), memory.address(own), PhysMem.PAGE_SIZE);
        } else {
            memory.cleared(taken);
        }
        if (fromSource) {
            memory.release(from);
        }
        return own == 0 ? -Errno.ENOMEM : own;
    }

    /**
     * Takes a frame for a page, beside those of its neighbours if possible; as {@link
     * PhysMem#take}.
     */
    private int place(Region region, long page, int[] leaf, int at) {
        int inBlock = at & Placement.BLOCK_PAGES - 1;
        int preferred = PageMap.preferred(leaf, at);
        int taken = preferred == 0 ? 0 : memory.takeAt(preferred + inBlock);
        if (taken == 0) {
            int second = PageMap.secondPreferred(leaf, at);
            taken = second == 0 ? 0 : memory.takeAt(second + inBlock);
        }
        if (taken == 0) {
            taken = placement.takeInNewBlock(page, region.start(), region.end());
            if (taken != 0) {
                PageMap.prefer(leaf, at, Math.abs(taken) - inBlock);
            }
        }
        return taken == 0 ? frames.take() : taken;
    }

    private static Fault failure(int error) {
        return error == -Errno.ENOMEM ? Fault.OUT_OF_MEMORY : Fault.NO_DATA;
    }

    /**
     * Stores that go on from page to page find the next ones there already: as long as these are
     * untouched, their frames are beside this one's, and memory is not short.
     */
    private void mapAhead(Region region, long page, int[] leaf, int at) {
        int wanted = streams.pagesAt(page);
        int most = (int) Math.min(wanted, region.end() - page);
        most = Math.min(most, Placement.BLOCK_PAGES - (at & Placement.BLOCK_PAGES - 1));
        int brought = 1;
        if (most > 1 && isInPlace(leaf[at], at) && isPlentiful()) {
            int frame = leaf[at];
            while (brought < most && leaf[at + brought] == 0) {
                int taken = memory.takeAt(frame + brought);
                if (taken == 0) {
                    break;
                }
                leaf[at + brought++] = memory.cleared(taken);
            }
            if (brought > 1) {
                table.map(page + 1, brought - 1, memory.address(frame + 1), true);
                countAnonymous(brought - 1);
            }
        }
        streams.brought(page, brought);
    }

    /** Whether a frame has the place in its block that its page has: others beside it may too. */
    private static boolean isInPlace(int frame, int at) {
        return ((frame ^ at) & Placement.BLOCK_PAGES - 1) == 0;
    }

    private boolean isPlentiful() {
        return memory.usedFrames() < memory.totalFrames() / 8 * 7;
    }

    /** Enters a page into the page table as far as its region allows harts to use it. */
    private void show(Region region, long page, int entry, boolean writable) {
        if (region.isReadable()) {
            table.map(page, memory.address(entry & FRAME), writable);
        }
    }

    /** Maps neighbours of a page that the source has at hand, for reading. */
    private void mapAround(Region region, long page, int[] leaf) {
        long first = Math.max(region.start(), page & -AROUND_PAGES);
        long end = Math.min(region.end(), (page & -AROUND_PAGES) + AROUND_PAGES);
        PageSource source = region.file().pages();
        for (long p = first; p < end; p++) {
            int at = (int) p & LEAF_PAGES - 1;
            if (leaf[at] == 0) {
                int frame = source.pageIfPresent(region.fileIndex(p));
                if (frame > 0) {
                    leaf[at] = frame | OF_FILE;
                    countFile(1);
                    show(region, p, frame, false);
                }
            }
        }
    }

    // ---- the stack ----

    /** Extends the region above, if it grows down, to hold {@code page}; null if it may not. */
    private Region growStack(long page) {
        int index = space.regions.firstEndingAfter(page);
        if (index == space.regions.count() || page < AddressSpace.LOWEST_PAGE) {
            return null;
        }
        Region stack = space.regions.at(index);
        long newPages = stack.start() - page;
        boolean fits =
                stack.has(Region.GROWS_DOWN)
                        && stack.end() - page <= space.limits.stack() >>> AddressSpace.PAGE_SHIFT
                        && space.checkLimits(newPages, false) == 0;
        if (!fits || index > 0 && !leavesGuard(space.regions.at(index - 1), page)) {
            return null;
        }
        Region grown = stack.range(page, stack.end());
        space.regions.change(stack, grown);
        return grown;
    }

    private static boolean leavesGuard(Region below, long page) {
        return below.end() + STACK_GUARD_PAGES <= page
                || below.flags() == 0
                || below.has(Region.GROWS_DOWN);
    }

    // ---- taking pages out ----

    /** Takes all pages of a range out. */
    void unmapPages(long start, long end) {
        unmapPages(start, end, false);
    }

    /** Takes the pages out that are the file's own: a private copy stays. */
    void unmapFilePages(Region region, long start, long end) {
        unmapPages(start, end, true);
        if (region.isExecutable()) {
            space.codeChanged(start, end);
        }
    }

    /** The space ends: all frames are given back. The page table is not used any more. */
    void retireAll() {
        long end = AddressSpace.END_PAGE;
        for (long page = pages.nextLeaf(0, end);
                page < end;
                page = pages.nextLeaf(page + LEAF_PAGES, end)) {
            int[] leaf = pages.leaf(page);
            for (int at = 0; at < LEAF_PAGES; at++) {
                if (leaf[at] != 0) {
                    space.retire(leaf[at] & FRAME);
                    leaf[at] = 0;
                }
            }
        }
        notePeak();
        space.anonymousPages = 0;
        space.filePages = 0;
    }

    private void unmapPages(long start, long end, boolean ofFileOnly) {
        for (long page = pages.nextLeaf(start, end); page < end; page = pages.nextLeaf(page, end)) {
            int[] leaf = pages.leaf(page);
            long leafEnd = Math.min(end, (page | LEAF_PAGES - 1) + 1);
            if (!ofFileOnly) {
                table.unmap(page, leafEnd - page);
            }
            for (; page < leafEnd; page++) {
                int at = (int) page & LEAF_PAGES - 1;
                int entry = leaf[at];
                if (entry == 0 || ofFileOnly && (entry & OF_FILE) == 0) {
                    continue;
                }
                if (ofFileOnly) {
                    table.unmap(page, 1);
                }
                leaf[at] = 0;
                uncount(entry);
                space.retire(entry & FRAME);
                space.rightsReduced();
            }
        }
    }

    // ---- accounting ----

    private void uncount(int entry) {
        if ((entry & OF_FILE) != 0) {
            countFile(-1);
        } else if ((entry & FRAME) != frames.zeroFrame()) {
            countAnonymous(-1);
        }
    }

    private void countAnonymous(int change) {
        space.anonymousPages += change;
        notePeak();
    }

    private void countFile(int change) {
        space.filePages += change;
        notePeak();
    }

    private void notePeak() {
        space.peakPages = Math.max(space.peakPages, space.anonymousPages + space.filePages);
    }
}
