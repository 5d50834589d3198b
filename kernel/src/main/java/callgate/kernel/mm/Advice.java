package callgate.kernel.mm;

import static callgate.kernel.mm.AddressSpace.PAGE_SHIFT;
import static callgate.kernel.mm.AddressSpace.isAligned;
import static callgate.kernel.mm.AddressSpace.pagesOf;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.Mman;
import callgate.machine.hart.Access;
import callgate.machine.memory.PageTable;
import java.util.ArrayList;
import java.util.List;

/** madvise, msync, mincore and mlock. */
final class Advice {
    private final AddressSpace space;

    Advice(AddressSpace space) {
        this.space = space;
    }

    // ---- madvise ----

    long advise(long address, long length, int behaviour) {
        if (!isKnown(behaviour)
                || !isAligned(address)
                || length < 0
                || length > Long.MAX_VALUE - 4095) {
            return -Errno.EINVAL;
        }
        if (length == 0) {
            return 0;
        }
        if (!isUserRange(address, length)) {
            return address < 0 || address > Long.MAX_VALUE - length ? -Errno.EINVAL : -Errno.ENOMEM;
        }
        long start = address >>> PAGE_SHIFT;
        long end = start + pagesOf(length);
        if (behaviour == Mman.MADV_POPULATE_READ || behaviour == Mman.MADV_POPULATE_WRITE) {
            return populate(
                    start, end, behaviour == Mman.MADV_POPULATE_READ ? Access.LOAD : Access.STORE);
        }
        if (behaviour == Mman.MADV_REMOVE) {
            return remove(start, end);
        }
        space.lock.lock();
        try {
            return adviseLocked(start, end, behaviour);
        } finally {
            space.unlock();
        }
    }

    /**
     * MADV_REMOVE makes holes in the files that are mapped; done without the lock, since each file
     * unmaps the pages everywhere.
     */
    private long remove(long start, long end) {
        List<Region> parts = new ArrayList<>();
        long result = 0;
        space.lock.lock();
        try {
            if (space.regions.pagesIn(start, end) != end - start) {
                result = -Errno.ENOMEM;
            }
            for (int i = space.regions.firstEndingAfter(start); i < space.regions.count(); i++) {
                Region region = space.regions.at(i);
                if (region.start() >= end) {
                    break;
                }
                if (region.has(Region.LOCKED) || region.file() == null) {
                    result = -Errno.EINVAL;
                    break;
                }
                if (!region.isShared() || !region.isWritable()) {
                    result = -Errno.EACCES;
                    break;
                }
                region.file().retain();
                parts.add(
                        region.range(Math.max(start, region.start()), Math.min(end, region.end())));
            }
        } finally {
            space.unlock();
        }
        for (Region part : parts) {
            int error =
                    part.file().punch(part.filePage() << PAGE_SHIFT, part.pages() << PAGE_SHIFT);
            part.file().release();
            result = error != 0 ? error : result;
        }
        return result;
    }

    private static boolean isKnown(int behaviour) {
        return behaviour >= Mman.MADV_NORMAL && behaviour <= Mman.MADV_DONTNEED
                || behaviour >= Mman.MADV_FREE && behaviour <= Mman.MADV_DONTNEED_LOCKED;
    }

    /** Advises region after region; holes are skipped and make the result ENOMEM, as in Linux. */
    private long adviseLocked(long start, long end, int behaviour) {
        long result = 0;
        for (long page = start; page < end; ) {
            int index = space.regions.firstEndingAfter(page);
            if (index == space.regions.count() || space.regions.at(index).start() >= end) {
                return -Errno.ENOMEM;
            }
            Region region = space.regions.at(index);
            if (region.start() > page) {
                result = -Errno.ENOMEM;
                page = region.start();
            }
            long partEnd = Math.min(end, region.end());
            int error = advisePart(region, page, partEnd, behaviour);
            if (error != 0) {
                return error;
            }
            page = partEnd;
        }
        return result;
    }

    private int advisePart(Region region, long from, long to, int behaviour) {
        switch (behaviour) {
            case Mman.MADV_DONTNEED, Mman.MADV_DONTNEED_LOCKED, Mman.MADV_FREE -> {
                if (region.has(Region.LOCKED) && behaviour != Mman.MADV_DONTNEED_LOCKED
                        || behaviour == Mman.MADV_FREE && region.file() != null) {
                    return -Errno.EINVAL;
                }
                drop(region, from, to);
            }
            case Mman.MADV_DONTFORK -> changeFlags(region, from, to, Region.DONT_FORK, 0);
            case Mman.MADV_DOFORK -> changeFlags(region, from, to, 0, Region.DONT_FORK);
            case Mman.MADV_DONTDUMP -> changeFlags(region, from, to, Region.DONT_DUMP, 0);
            case Mman.MADV_DODUMP -> changeFlags(region, from, to, 0, Region.DONT_DUMP);
            case Mman.MADV_WIPEONFORK -> {
                if (region.file() != null || region.isShared()) {
                    return -Errno.EINVAL;
                }
                changeFlags(region, from, to, Region.WIPE_ON_FORK, 0);
            }
            case Mman.MADV_KEEPONFORK -> changeFlags(region, from, to, 0, Region.WIPE_ON_FORK);
            default -> {} // hints about time, not about meaning
        }
        return 0;
    }

    private void drop(Region region, long from, long to) {
        space.faults().unmapPages(from, to);
        if (region.isExecutable()) {
            space.codeChanged(from, to);
        }
    }

    private void changeFlags(Region region, long from, long to, int set, int clear) {
        Region part = region.range(from, to);
        Region changed = part.withFlags(part.flags() & ~clear | set);
        if (changed != part && space.regions.count() + 2 <= AddressSpace.MAX_REGIONS) {
            space.regions.remove(from, to);
            space.regions.add(changed);
        }
    }

    private long populate(long start, long end, Access access) {
        for (long page = start; page < end; page++) {
            switch (space.resolve(page << PAGE_SHIFT, access)) {
                case RESOLVED -> {}
                case NOT_MAPPED, OUT_OF_MEMORY -> {
                    return -Errno.ENOMEM;
                }
                case NOT_ALLOWED -> {
                    return -Errno.EINVAL;
                }
                case NO_DATA -> {
                    return -Errno.EFAULT;
                }
            }
        }
        return 0;
    }

    // ---- msync ----

    long msync(long address, long length, int flags) {
        if ((flags & ~(Mman.MS_ASYNC | Mman.MS_INVALIDATE | Mman.MS_SYNC)) != 0
                || (flags & (Mman.MS_ASYNC | Mman.MS_SYNC)) == (Mman.MS_ASYNC | Mman.MS_SYNC)
                || !isAligned(address)) {
            return -Errno.EINVAL;
        }
        if (!isUserRange(address, length)) {
            return -Errno.ENOMEM;
        }
        if (length == 0) {
            return 0;
        }
        List<Region> parts = new ArrayList<>();
        long start = address >>> PAGE_SHIFT;
        long end = start + pagesOf(length);
        long result = 0;
        space.lock.lock();
        try {
            if (space.regions.pagesIn(start, end) != end - start) {
                result = -Errno.ENOMEM;
            }
            for (int i = space.regions.firstEndingAfter(start); i < space.regions.count(); i++) {
                Region region = space.regions.at(i);
                if (region.start() >= end) {
                    break;
                }
                if ((flags & Mman.MS_INVALIDATE) != 0 && region.has(Region.LOCKED)) {
                    result = -Errno.EBUSY;
                    break;
                }
                if (region.isShared() && region.file() != null && (flags & Mman.MS_SYNC) != 0) {
                    region.file().retain();
                    parts.add(
                            region.range(
                                    Math.max(start, region.start()), Math.min(end, region.end())));
                }
            }
        } finally {
            space.unlock();
        }
        for (Region part : parts) {
            int error = part.file().pages().writeBack(part.filePage(), part.pages());
            part.file().release();
            result = error != 0 ? error : result;
        }
        return result;
    }

    // ---- mincore ----

    long mincore(long address, byte[] resident) {
        long start = address >>> PAGE_SHIFT;
        space.lock.lock();
        try {
            if (space.regions.pagesIn(start, start + resident.length) != resident.length) {
                return -Errno.ENOMEM;
            }
            for (int i = 0; i < resident.length; i++) {
                resident[i] = (byte) (isResident(start + i) ? 1 : 0);
            }
            return 0;
        } finally {
            space.unlock();
        }
    }

    private boolean isResident(long page) {
        if (space.pages.get(page) != 0) {
            return true;
        }
        Region region = space.regions.find(page);
        int frame =
                region.file() == null
                        ? 0
                        : region.file().pages().pageIfPresent(region.fileIndex(page));
        if (frame > 0) {
            space.memory.release(frame);
        }
        return frame > 0;
    }

    // ---- mlock ----

    /** There is no swap, so locking is bringing in and counting. */
    long lock(long address, long length, boolean onFault, boolean mayExceedLimit) {
        long offset = address & 4095;
        long start = address >>> PAGE_SHIFT;
        if (length < 0 || !isUserRange(address, length)) {
            return -Errno.EINVAL;
        }
        long end = start + pagesOf(length + offset);
        space.lock.lock();
        try {
            long locked = space.regions.lockedPages() + (end - start) - lockedIn(start, end);
            if (!mayExceedLimit && locked > space.limits.locked() >>> PAGE_SHIFT) {
                return space.limits.locked() == 0 ? -Errno.EPERM : -Errno.ENOMEM;
            }
            if (!changeAll(start, end, Region.LOCKED, 0)) {
                return -Errno.ENOMEM;
            }
        } finally {
            space.unlock();
        }
        if (!onFault) {
            bringIn(start, end);
        }
        return 0;
    }

    long unlock(long address, long length) {
        if (length < 0 || !isUserRange(address, length)) {
            return -Errno.EINVAL;
        }
        space.lock.lock();
        try {
            long start = address >>> PAGE_SHIFT;
            long end = start + pagesOf(length + (address & 4095));
            return changeAll(start, end, 0, Region.LOCKED) ? 0 : -Errno.ENOMEM;
        } finally {
            space.unlock();
        }
    }

    long lockAll(int flags, boolean mayExceedLimit) {
        List<Region> all = new ArrayList<>();
        space.lock.lock();
        try {
            boolean current = (flags & Mman.MCL_CURRENT) != 0;
            if (current
                    && !mayExceedLimit
                    && space.regions.totalPages() > space.limits.locked() >>> PAGE_SHIFT) {
                return -Errno.ENOMEM;
            }
            space.futureFlags = (flags & Mman.MCL_FUTURE) != 0 ? Region.LOCKED : 0;
            for (int i = 0; i < space.regions.count(); i++) {
                all.add(space.regions.at(i));
            }
            for (Region region : all) {
                changeAll(
                        region.start(),
                        region.end(),
                        current ? Region.LOCKED : 0,
                        flags == 0 ? Region.LOCKED : 0);
            }
        } finally {
            space.unlock();
        }
        if ((flags & Mman.MCL_CURRENT) != 0 && (flags & Mman.MCL_ONFAULT) == 0) {
            all.forEach(region -> bringIn(region.start(), region.end()));
        }
        return 0;
    }

    private long lockedIn(long start, long end) {
        long pages = 0;
        for (int i = space.regions.firstEndingAfter(start); i < space.regions.count(); i++) {
            Region region = space.regions.at(i);
            if (region.start() >= end) {
                break;
            }
            pages +=
                    region.has(Region.LOCKED)
                            ? Math.min(end, region.end()) - Math.max(start, region.start())
                            : 0;
        }
        return pages;
    }

    /** Changes flags of a whole range; false at the first hole, what lies below it is changed. */
    private boolean changeAll(long start, long end, int set, int clear) {
        for (long page = start; page < end; ) {
            Region region = space.regions.find(page);
            if (region == null) {
                return false;
            }
            long partEnd = Math.min(end, region.end());
            changeFlags(region, page, partEnd, set, clear);
            page = partEnd;
        }
        return true;
    }

    private void bringIn(long start, long end) {
        for (long page = start; page < end; page++) {
            Fault fault = space.resolve(page << PAGE_SHIFT, Access.STORE);
            if (fault == Fault.NOT_ALLOWED) {
                fault = space.resolve(page << PAGE_SHIFT, Access.LOAD);
            }
            if (fault == Fault.OUT_OF_MEMORY) {
                return;
            }
        }
    }

    private static boolean isUserRange(long address, long length) {
        return address >= 0
                && length >= 0
                && length <= PageTable.ADDRESS_LIMIT
                && address <= PageTable.ADDRESS_LIMIT - length;
    }
}
