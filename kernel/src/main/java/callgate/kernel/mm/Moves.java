package callgate.kernel.mm;

import static callgate.kernel.mm.AddressSpace.PAGE_SHIFT;
import static callgate.kernel.mm.AddressSpace.isAligned;
import static callgate.kernel.mm.AddressSpace.pagesOf;
import static callgate.kernel.mm.PageMap.FRAME;
import static callgate.kernel.mm.PageMap.LEAF_PAGES;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.Mman;
import callgate.machine.memory.PageTable;

/** mremap: shrinking, growing and moving a mapping with its pages. */
final class Moves {
    private final AddressSpace space;

    Moves(AddressSpace space) {
        this.space = space;
    }

    long remap(long oldAddress, long oldLength, long newLength, int flags, long newAddress) {
        boolean mayMove = (flags & Mman.MREMAP_MAYMOVE) != 0;
        boolean fixed = (flags & Mman.MREMAP_FIXED) != 0;
        boolean keepsOld = (flags & Mman.MREMAP_DONTUNMAP) != 0;
        boolean badFlags =
                (flags & ~(Mman.MREMAP_MAYMOVE | Mman.MREMAP_FIXED | Mman.MREMAP_DONTUNMAP)) != 0
                        || (fixed || keepsOld) && !mayMove
                        || keepsOld && pagesOrZero(oldLength) != pagesOrZero(newLength);
        if (badFlags
                || !isAligned(oldAddress)
                || newLength == 0
                || oldAddress < 0
                || newLength < 0
                || oldLength < 0) {
            return -Errno.EINVAL;
        }
        if (newLength > PageTable.ADDRESS_LIMIT
                || oldLength > PageTable.ADDRESS_LIMIT
                || oldAddress > PageTable.ADDRESS_LIMIT - oldLength) {
            return -Errno.EINVAL;
        }
        long oldPages = pagesOf(oldLength);
        long newPages = pagesOf(newLength);
        long start = oldAddress >>> PAGE_SHIFT;
        if (fixed && !isTargetValid(start, oldPages, newAddress, newPages)) {
            return -Errno.EINVAL;
        }
        space.lock.lock();
        try {
            return remapLocked(start, oldPages, newPages, flags, newAddress);
        } finally {
            space.unlock();
        }
    }

    private static long pagesOrZero(long length) {
        return length < 0 || length > PageTable.ADDRESS_LIMIT ? 0 : pagesOf(length);
    }

    private static boolean isTargetValid(
            long oldStart, long oldPages, long newAddress, long newPages) {
        if (!isAligned(newAddress)
                || newAddress < AddressSpace.LOWEST_ADDRESS
                || newAddress > PageTable.ADDRESS_LIMIT - (newPages << PAGE_SHIFT)) {
            return false;
        }
        long newStart = newAddress >>> PAGE_SHIFT;
        return newStart + newPages <= oldStart || oldStart + oldPages <= newStart;
    }

    private long remapLocked(long start, long oldPages, long newPages, int flags, long newAddress) {
        boolean mayMove = (flags & Mman.MREMAP_MAYMOVE) != 0;
        boolean fixed = (flags & Mman.MREMAP_FIXED) != 0;
        boolean keepsOld = (flags & Mman.MREMAP_DONTUNMAP) != 0;
        Region region = space.regions.find(start);
        if (region == null) {
            return -Errno.EFAULT;
        }
        if (oldPages == 0 && !region.isShared()) {
            return -Errno.EINVAL; // duplicates a shared mapping only
        }
        if (oldPages == 0 && !mayMove) {
            return -Errno.EINVAL;
        }
        if (newPages < oldPages && !fixed) {
            space.mappings().unmapLocked(start + newPages, start + oldPages);
            return start << PAGE_SHIFT;
        }
        long moved = Math.min(oldPages, newPages);
        if (start + Math.max(1, moved) > region.end() || start + oldPages > region.end()) {
            return -Errno.EFAULT;
        }
        if (newPages == oldPages && !fixed && !keepsOld) {
            return start << PAGE_SHIFT;
        }
        long more = keepsOld ? newPages : Math.max(0, newPages - oldPages);
        if (space.checkLimits(more, region.isData()) != 0
                || space.regions.count() + 4 > AddressSpace.MAX_REGIONS
                || region.file() != null
                        && region.fileIndex(start) > (Long.MAX_VALUE >>> PAGE_SHIFT) - newPages) {
            return -Errno.ENOMEM;
        }
        if (!fixed
                && !keepsOld
                && oldPages != 0
                && grewInPlace(region, start, oldPages, newPages)) {
            return start << PAGE_SHIFT;
        }
        if (!mayMove) {
            return -Errno.ENOMEM;
        }
        return move(region, start, oldPages, newPages, fixed ? newAddress : 0, fixed, keepsOld);
    }

    private boolean grewInPlace(Region region, long start, long oldPages, long newPages) {
        long end = start + oldPages;
        long newEnd = start + newPages;
        if (end != region.end()
                || newEnd > AddressSpace.END_PAGE
                || !space.regions.isFree(end, newEnd)) {
            return false;
        }
        int above = space.regions.firstEndingAfter(end);
        if (above < space.regions.count()
                && space.regions.at(above).has(Region.GROWS_DOWN)
                && newEnd + Faults.STACK_GUARD_PAGES > space.regions.at(above).start()) {
            return false;
        }
        space.regions.change(region, region.range(region.start(), newEnd));
        return true;
    }

    private long move(
            Region region,
            long start,
            long oldPages,
            long newPages,
            long newAddress,
            boolean fixed,
            boolean keepsOld) {
        long target;
        if (fixed) {
            target = newAddress >>> PAGE_SHIFT;
        } else {
            target = space.mappings().freePlace(0, newPages, region.flags());
            if (target < 0) {
                return target;
            }
        }
        for (long page = target; page < target + newPages; page = (page | LEAF_PAGES - 1) + 1) {
            if (space.pages.makeLeaf(page) == null) {
                return -Errno.ENOMEM;
            }
        }
        if (fixed) {
            space.mappings().unmapLocked(target, target + newPages);
            if (newPages < oldPages) {
                space.mappings().unmapLocked(start + newPages, start + oldPages);
            }
        }
        long moved = Math.min(oldPages, newPages);
        long filePage = region.file() == null ? 0 : region.fileIndex(start);
        // a heap that moved is no heap any more, for /proc and for brk
        String name = "[heap]".equals(region.name()) ? null : region.name();
        space.regions.add(
                new Region(
                        target, target + newPages, region.flags(), region.file(), filePage, name));
        movePages(start, target, moved);
        if (region.isExecutable()) {
            space.codeChanged(start, start + moved);
            space.codeChanged(target, target + newPages);
        }
        space.rightsReduced(); // stores through the old place must be over before the new one is
        // relied on
        if (!keepsOld && moved > 0) {
            space.mappings().unmapLocked(start, start + moved);
        }
        return target << PAGE_SHIFT;
    }

    /** Moves entries; the new place is shown to harts as the old one was. */
    private void movePages(long from, long to, long count) {
        long shift = to - from;
        for (long page = space.pages.nextLeaf(from, from + count);
                page < from + count;
                page = space.pages.nextLeaf(page, from + count)) {
            int[] leaf = space.pages.leaf(page);
            long leafEnd = Math.min(from + count, (page | LEAF_PAGES - 1) + 1);
            for (; page < leafEnd; page++) {
                int at = (int) page & LEAF_PAGES - 1;
                int entry = leaf[at];
                if (entry == 0) {
                    continue;
                }
                boolean readable = space.table.readDelta(page) != 0;
                boolean writable = space.table.writeDelta(page) != 0;
                leaf[at] = 0;
                space.table.unmap(page, 1);
                long target = page + shift;
                space.pages.leaf(target)[(int) target & LEAF_PAGES - 1] = entry;
                if (readable) {
                    space.table.map(target, space.memory.address(entry & FRAME), writable);
                }
            }
        }
    }
}
