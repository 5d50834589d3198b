package callgate.kernel.mm;

import static callgate.kernel.mm.AddressSpace.END_PAGE;
import static callgate.kernel.mm.AddressSpace.LOWEST_PAGE;
import static callgate.kernel.mm.AddressSpace.PAGE_SHIFT;
import static callgate.kernel.mm.AddressSpace.isAligned;
import static callgate.kernel.mm.AddressSpace.pagesOf;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.Mman;
import callgate.machine.hart.Access;
import callgate.machine.memory.PageTable;

/** mmap, munmap, mprotect and brk. */
final class Mappings {
    /** Flags that Linux knows (LEGACY_MAP_MASK and those that need MAP_SHARED_VALIDATE). */
    private static final int KNOWN_FLAGS =
            Mman.MAP_TYPE
                    | Mman.MAP_FIXED
                    | Mman.MAP_ANONYMOUS
                    | Mman.MAP_GROWSDOWN
                    | Mman.MAP_DENYWRITE
                    | Mman.MAP_EXECUTABLE
                    | Mman.MAP_LOCKED
                    | Mman.MAP_NORESERVE
                    | Mman.MAP_POPULATE
                    | Mman.MAP_NONBLOCK
                    | Mman.MAP_STACK
                    | Mman.MAP_HUGETLB
                    | Mman.MAP_FIXED_NOREPLACE;

    private static final int RIGHTS = Region.RIGHTS;

    /** The largest offset of a file, in pages. */
    private static final long MAX_FILE_PAGES = Long.MAX_VALUE >>> PAGE_SHIFT;

    private final AddressSpace space;

    Mappings(AddressSpace space) {
        this.space = space;
    }

    // ---- mmap ----

    long map(
            long address,
            long length,
            int protection,
            int flags,
            MappedFile file,
            long offset,
            String name) {
        int error = checkMap(length, flags, file, offset);
        if (error != 0) {
            return error;
        }
        if (length > PageTable.ADDRESS_LIMIT) {
            return -Errno.ENOMEM;
        }
        long pages = pagesOf(length);
        boolean shared = (flags & Mman.MAP_TYPE) != Mman.MAP_PRIVATE;
        int regionFlags = regionFlags(protection, flags, file, shared);
        MappedFile owned = null;
        if (file == null && shared) {
            owned = new SharedMemory(space.frames, pages);
        }
        long start;
        space.lock.lock();
        try {
            if (space.hasEnded()) {
                return -Errno.ENOMEM;
            }
            regionFlags |= space.futureFlags;
            start =
                    mapLocked(
                            address,
                            pages,
                            regionFlags,
                            flags,
                            owned != null ? owned : file,
                            offset >>> PAGE_SHIFT,
                            name);
        } finally {
            space.unlock();
            if (owned != null) {
                owned.release(); // the region has its own reference
            }
        }
        boolean populate =
                (flags & (Mman.MAP_POPULATE | Mman.MAP_NONBLOCK)) == Mman.MAP_POPULATE
                        || (flags & Mman.MAP_LOCKED) != 0;
        if (start >= 0 && populate) {
            populate(
                    start >>> PAGE_SHIFT,
                    pages,
                    (protection & Mman.PROT_WRITE) != 0 && !shared ? Access.STORE : Access.LOAD);
        }
        return start;
    }

    private static int checkMap(long length, int flags, MappedFile file, long offset) {
        int type = flags & Mman.MAP_TYPE;
        if (type < Mman.MAP_SHARED
                || type > Mman.MAP_SHARED_VALIDATE
                || length == 0
                || !isAligned(offset)) {
            return -Errno.EINVAL;
        }
        if (type == Mman.MAP_SHARED_VALIDATE && (flags & ~KNOWN_FLAGS) != 0) {
            return -Errno.EOPNOTSUPP;
        }
        if ((flags & Mman.MAP_HUGETLB) != 0) {
            return -Errno.ENOMEM; // there are no huge pages
        }
        if (length < 0) {
            return -Errno.ENOMEM;
        }
        if (offset < 0 || (offset >>> PAGE_SHIFT) > MAX_FILE_PAGES - (length >>> PAGE_SHIFT) - 1) {
            return -Errno.EOVERFLOW;
        }
        boolean growsDown = (flags & Mman.MAP_GROWSDOWN) != 0;
        return growsDown && (file != null || type != Mman.MAP_PRIVATE) ? -Errno.EINVAL : 0;
    }

    private static int regionFlags(int protection, int flags, MappedFile file, boolean shared) {
        int may = RIGHTS;
        if (file != null) {
            may &= shared && !file.isWritable() ? ~Region.WRITE : RIGHTS;
            may &= file.isExecutable() ? RIGHTS : ~Region.EXECUTE;
        }
        return protection & RIGHTS
                | may << Region.MAY_SHIFT
                | (shared ? Region.SHARED : 0)
                | ((flags & Mman.MAP_GROWSDOWN) != 0 ? Region.GROWS_DOWN : 0)
                | ((flags & Mman.MAP_LOCKED) != 0 ? Region.LOCKED : 0)
                | ((flags & Mman.MAP_NORESERVE) != 0 ? Region.NO_RESERVE : 0);
    }

    private long mapLocked(
            long address,
            long pages,
            int regionFlags,
            int flags,
            MappedFile file,
            long filePage,
            String name) {
        boolean fixed = (flags & (Mman.MAP_FIXED | Mman.MAP_FIXED_NOREPLACE)) != 0;
        long start = fixed ? fixedPlace(address, pages) : freePlace(address, pages, regionFlags);
        if (start < 0) {
            return start;
        }
        long end = start + pages;
        if ((flags & Mman.MAP_FIXED_NOREPLACE) != 0 && !space.regions.isFree(start, end)) {
            return -Errno.EEXIST;
        }
        long replaced = space.regions.pagesIn(start, end);
        Region region =
                new Region(start, end, regionFlags, file, file == null ? 0 : filePage, name);
        if (space.checkLimits(pages - replaced, region.isData()) != 0
                || space.regions.count() + 2 > AddressSpace.MAX_REGIONS) {
            return -Errno.ENOMEM;
        }
        if (replaced != 0) {
            unmapLocked(start, end);
        }
        space.regions.add(region);
        return start << PAGE_SHIFT;
    }

    /** The first page of a MAP_FIXED mapping, or a negative errno. */
    static long fixedPlace(long address, long pages) {
        if (!isAligned(address)) {
            return -Errno.EINVAL;
        }
        long start = address >>> PAGE_SHIFT;
        if (address < 0 || start > END_PAGE - pages) {
            return -Errno.ENOMEM;
        }
        return start < LOWEST_PAGE ? -Errno.EPERM : start;
    }

    /**
     * A free place: at the hint if it is one, else as high as possible below 2 GiB, else below the
     * stack, else anywhere; -ENOMEM if there is none.
     */
    long freePlace(long hint, long pages, int regionFlags) {
        long page =
                hint > 0 && hint < PageTable.ADDRESS_LIMIT
                        ? Math.max(LOWEST_PAGE, pagesOf(hint))
                        : 0;
        if (page != 0
                && page <= END_PAGE - pages
                && isFreeWithGuard(page, page + pages, regionFlags)) {
            return page;
        }
        long guard = guardOf(regionFlags);
        long[] tops = {Layout.LOW_END, space.layout.mmapBase, PageTable.ADDRESS_LIMIT};
        long start = -Errno.ENOMEM;
        for (int i = 0; i < tops.length && start < 0; i++) {
            start = highestGap(tops[i] >>> PAGE_SHIFT, pages, guard);
        }
        return start;
    }

    private static long guardOf(int regionFlags) {
        return (regionFlags & Region.GROWS_DOWN) != 0 ? Faults.STACK_GUARD_PAGES : 0;
    }

    private boolean isFreeWithGuard(long start, long end, int regionFlags) {
        int above = space.regions.firstEndingAfter(start);
        long limit = above == space.regions.count() ? END_PAGE : lowerEdge(space.regions.at(above));
        long below = above == 0 ? 0 : space.regions.at(above - 1).end();
        return end <= limit && (guardOf(regionFlags) == 0 || below + guardOf(regionFlags) <= start);
    }

    /**
     * The highest start of {@code pages} free pages that end at or below {@code top}, with {@code
     * guard} more free below.
     */
    private long highestGap(long top, long pages, long guard) {
        long gapEnd = top;
        for (int i = space.regions.firstEndingAfter(top - 1); ; i--) {
            if (i < space.regions.count()) {
                gapEnd = Math.min(gapEnd, lowerEdge(space.regions.at(i)));
            }
            long gapStart = i == 0 ? LOWEST_PAGE : space.regions.at(i - 1).end();
            if (gapEnd - gapStart >= pages + guard) {
                return gapEnd - pages;
            }
            if (i == 0) {
                return -Errno.ENOMEM;
            }
        }
    }

    /** Where a region begins, with the guard that one growing down needs. */
    private static long lowerEdge(Region region) {
        return region.has(Region.GROWS_DOWN)
                ? Math.max(0, region.start() - Faults.STACK_GUARD_PAGES)
                : region.start();
    }

    /** Brings pages in as far as that works; what fails faults later. */
    void populate(long start, long pages, Access access) {
        for (long page = start; page < start + pages; page++) {
            if (space.resolve(page << PAGE_SHIFT, access) != Fault.RESOLVED) {
                return;
            }
        }
    }

    // ---- munmap ----

    long unmap(long address, long length) {
        if (!isAligned(address)
                || length <= 0
                || address < 0
                || length > PageTable.ADDRESS_LIMIT
                || address > PageTable.ADDRESS_LIMIT - length) {
            return -Errno.EINVAL;
        }
        long start = address >>> PAGE_SHIFT;
        long end = start + pagesOf(length);
        space.lock.lock();
        try {
            if (splitsTooMany(start, end)) {
                return -Errno.ENOMEM;
            }
            unmapLocked(start, end);
            return 0;
        } finally {
            space.unlock();
        }
    }

    /** Whether cutting a hole would make one region too many. */
    private boolean splitsTooMany(long start, long end) {
        Region region = space.regions.find(start);
        return region != null
                && region.start() < start
                && region.end() > end
                && space.regions.count() >= AddressSpace.MAX_REGIONS;
    }

    void unmapLocked(long start, long end) {
        for (int i = space.regions.firstEndingAfter(start); i < space.regions.count(); i++) {
            Region region = space.regions.at(i);
            if (region.start() >= end) {
                break;
            }
            if (region.isExecutable()) {
                space.codeChanged(Math.max(start, region.start()), Math.min(end, region.end()));
            }
        }
        space.faults().unmapPages(start, end);
        space.regions.remove(start, end);
    }

    // ---- mprotect ----

    long protect(long address, long length, int protection) {
        int grows = protection & (Mman.PROT_GROWSDOWN | Mman.PROT_GROWSUP);
        int rights = protection & ~grows;
        if (!isAligned(address)
                || (rights & ~(RIGHTS | Mman.PROT_SEM)) != 0
                || grows == (Mman.PROT_GROWSDOWN | Mman.PROT_GROWSUP)) {
            return -Errno.EINVAL;
        }
        if (length == 0) {
            return 0;
        }
        if (length < 0
                || address < 0
                || length > PageTable.ADDRESS_LIMIT
                || address > PageTable.ADDRESS_LIMIT - length) {
            return -Errno.ENOMEM;
        }
        long start = address >>> PAGE_SHIFT;
        long end = start + pagesOf(length);
        space.lock.lock();
        try {
            if (grows != 0) {
                Region region = space.regions.find(start);
                if (region == null
                        || grows != Mman.PROT_GROWSDOWN
                        || !region.has(Region.GROWS_DOWN)) {
                    return region == null ? -Errno.ENOMEM : -Errno.EINVAL;
                }
                start = region.start();
            }
            return protectLocked(start, end, rights & RIGHTS);
        } finally {
            space.unlock();
        }
    }

    /** Changes region after region up to the first hole or refusal, as Linux does. */
    private long protectLocked(long start, long end, int rights) {
        for (long page = start; page < end; ) {
            Region region = space.regions.find(page);
            if (region == null) {
                return -Errno.ENOMEM;
            }
            if ((rights & ~(region.flags() >>> Region.MAY_SHIFT)) != 0) {
                return -Errno.EACCES;
            }
            long partEnd = Math.min(end, region.end());
            Region part = region.range(page, partEnd);
            Region changed = part.withFlags(part.flags() & ~RIGHTS | rights);
            if (changed != part) {
                if (space.regions.count() + 2 > AddressSpace.MAX_REGIONS) {
                    return -Errno.ENOMEM;
                }
                if (changed.isData()
                        && !part.isData()
                        && space.regions.dataPages() + part.pages()
                                > space.limits.data() >>> PAGE_SHIFT) {
                    return -Errno.ENOMEM;
                }
                changeRights(part, changed);
            }
            page = partEnd;
        }
        return 0;
    }

    private void changeRights(Region part, Region changed) {
        if (part.isReadable() && !changed.isReadable()) {
            space.table.unmap(part.start(), part.pages());
            space.rightsReduced();
        } else if (part.isWritable() && !changed.isWritable()) {
            space.table.writeProtect(part.start(), part.pages());
            space.rightsReduced();
        }
        if (part.isExecutable() != changed.isExecutable()) {
            space.codeChanged(part.start(), part.end());
        }
        space.regions.remove(part.start(), part.end());
        space.regions.add(changed);
    }

    // ---- brk ----

    long moveBreak(long address) {
        space.lock.lock();
        try {
            Layout layout = space.layout;
            long old = layout.breakEnd;
            if (address < layout.breakStart || address >= PageTable.ADDRESS_LIMIT) {
                return old;
            }
            long oldPage = pagesOf(old);
            long newPage = pagesOf(address);
            if (newPage < oldPage) {
                unmapLocked(newPage, oldPage);
            } else if (newPage > oldPage
                    && !extendHeap(oldPage, newPage, address - layout.breakStart)) {
                return old;
            }
            layout.breakEnd = address;
            return address;
        } finally {
            space.unlock();
        }
    }

    private boolean extendHeap(long oldPage, long newPage, long heapBytes) {
        int above = space.regions.firstEndingAfter(oldPage);
        boolean free =
                above == space.regions.count() || newPage <= lowerEdge(space.regions.at(above));
        long dataBytes = heapBytes + (space.layout.dataEnd - space.layout.dataStart);
        if (!free
                || dataBytes > space.limits.data()
                || space.checkLimits(newPage - oldPage, true) != 0
                || space.regions.count() >= AddressSpace.MAX_REGIONS) {
            return false;
        }
        int flags = Region.READ | Region.WRITE | RIGHTS << Region.MAY_SHIFT | space.futureFlags;
        space.regions.add(new Region(oldPage, newPage, flags, null, 0, "[heap]"));
        return true;
    }
}
