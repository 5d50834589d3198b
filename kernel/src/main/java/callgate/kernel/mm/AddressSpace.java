package callgate.kernel.mm;

import callgate.kernel.abi.Errno;
import callgate.machine.hart.Access;
import callgate.machine.hart.CodeSpace;
import callgate.machine.hart.Hart;
import callgate.machine.memory.PageTable;
import callgate.machine.memory.PhysMem;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The memory of one process (or of several after CLONE_VM): regions, and the page table that harts
 * use. Thread-safe.
 *
 * <p>Lengths are in bytes; addresses are guest addresses; results follow system calls: an address
 * or 0, or a negative errno.
 *
 * <p>Each hart that runs in the space is {@linkplain #attach attached}; when the last one is
 * {@linkplain #detach detached}, the space ends and gives everything back. Operations change memory
 * on behalf of an attached task and are called on its thread, in the kernel; what other threads may
 * do says so.
 *
 * <p>An operation changes regions, {@link PageMap} and {@link PageTable} under the lock, and notes
 * what has to follow: frames to release, code to forget, files to release. {@link #unlock} does
 * that, and waits first ({@link Quiescence}) where another hart may still be using what was taken
 * away.
 */
public final class AddressSpace {
    /** Lowest address that a mapping may have, as Linux's vm.mmap_min_addr. */
    public static final long LOWEST_ADDRESS = 0x1_0000;

    static final int PAGE_SHIFT = PhysMem.PAGE_SHIFT;
    static final long END_PAGE = PageTable.ADDRESS_LIMIT >>> PAGE_SHIFT;
    static final long LOWEST_PAGE = LOWEST_ADDRESS >>> PAGE_SHIFT;

    /** As vm.max_map_count. */
    static final int MAX_REGIONS = 65530;

    final FramePool frames;
    final PhysMem memory;
    final PageTable table;
    final ReentrantLock lock = new ReentrantLock();

    // guarded by lock
    final Regions regions = new Regions(this, this::dropped);
    final PageMap pages;
    final Quiescence quiescence = new Quiescence();
    final Layout layout = new Layout();
    volatile SpaceLimits limits = SpaceLimits.DEFAULT;
    long anonymousPages;
    long filePages;
    long peakPages;
    int futureFlags; // mlockall(MCL_FUTURE)
    private volatile int barriers; // kinds of membarrier the process has registered for
    private boolean ended;

    // what unlock() has yet to do; guarded by lock
    private final FrameBatch limbo = new FrameBatch();
    private final List<Region> droppedRegions = new ArrayList<>();
    private long codeStart = Long.MAX_VALUE;
    private long codeEnd;
    private boolean mustWait;

    private final CodeSpace code;
    private final UserMemory userMemory = new UserMemory(this);
    private final ForeignMemory foreignMemory = new ForeignMemory(this);
    private final Faults faults;
    private final Mappings mappings;
    private final Moves moves;
    private final Advice advice;

    /** An empty address space; it takes over the table and the code. */
    public AddressSpace(FramePool frames, PageTable table, CodeSpace code) {
        this.frames = frames;
        memory = frames.memory();
        pages = new PageMap(frames);
        this.table = table;
        this.code = code;
        faults = new Faults(this);
        mappings = new Mappings(this);
        moves = new Moves(this);
        advice = new Advice(this);
    }

    public PhysMem memory() {
        return memory;
    }

    public FramePool frames() {
        return frames;
    }

    public PageTable table() {
        return table;
    }

    public CodeSpace code() {
        return code;
    }

    /** Guest memory as the system calls of the space's own tasks use it. */
    public UserMemory user() {
        return userMemory;
    }

    /** Where things lie: heap, stack, arguments; for exec and /proc. */
    public Layout layout() {
        return layout;
    }

    public SpaceLimits limits() {
        return limits;
    }

    /** Sets the limits that later operations keep to. Any thread. */
    public void setLimits(SpaceLimits newLimits) {
        limits = newLimits;
    }

    // ---- harts ----

    /**
     * A task begins to use the space; sets the hart's table and code. The second attachment and
     * later ones are made by a task that is already attached (clone with CLONE_VM), on its thread.
     */
    public void attach(Hart hart) {
        quiescence.attach(hart);
        hart.table = table.base();
        hart.code = code;
    }

    /**
     * A task, which is in the kernel, ceases to use the space. After the last one the space is
     * gone.
     */
    public void detach(Hart hart) {
        if (quiescence.detach(hart) == 0) {
            end();
        }
    }

    /** How many harts are attached. */
    public int hartCount() {
        return quiescence.hartCount();
    }

    /**
     * Returns when every hart that was running guest code has passed a full memory fence:
     * membarrier.
     */
    public void awaitHarts() {
        quiescence.await();
    }

    /** Registers the process for a kind of membarrier; see {@link #hasBarrier}. */
    public long registerBarrier(int kind) {
        lock.lock();
        try {
            barriers |= kind;
            return 0;
        } finally {
            lock.unlock();
        }
    }

    public boolean hasBarrier(int kind) {
        return (barriers & kind) != 0;
    }

    // ---- faults ----

    /**
     * Maps the page of {@code address} for an access, if the regions allow it; false if it is a
     * fault.
     */
    public boolean fault(long address, Access access) {
        return resolve(address, access) == Fault.RESOLVED;
    }

    /**
     * Maps the page of {@code address} for an access, or says why that cannot be. After a trap the
     * task calls it once more to learn the reason; {@link Fault#RESOLVED} then means that the
     * instruction is just to be tried again.
     */
    public Fault resolve(long address, Access access) {
        if (address < 0 || address >= PageTable.ADDRESS_LIMIT) {
            return Fault.NOT_MAPPED;
        }
        long page = address >>> PAGE_SHIFT;
        lock.lock();
        try {
            if (ended) {
                return Fault.NOT_MAPPED;
            }
            Fault result = faults.resolve(page, access);
            if (result == Fault.OUT_OF_MEMORY && !limbo.isEmpty()) {
                awaitUsers();
                limbo.release(memory);
                result = faults.resolve(page, access);
            }
            return result;
        } finally {
            unlock();
        }
    }

    /**
     * For {@link callgate.machine.hart.Supervisor#pageFault}: as {@link #fault}, on the hart's
     * thread.
     */
    public boolean pageFault(Hart hart, long address, Access access) {
        quiescence.settle(hart);
        return fault(address, access);
    }

    /**
     * For {@link callgate.machine.hart.Supervisor#fetch}: the frame of an executable page, or 0.
     * The hart has {@linkplain Hart#enter entered} when it returns a frame, so that the frame can
     * be read until the hart leaves.
     */
    public int fetch(Hart hart, long page) {
        while (resolve(page << PAGE_SHIFT, Access.FETCH) == Fault.RESOLVED) {
            int entry = pages.get(page);
            hart.enter();
            if (entry != 0 && pages.get(page) == entry) {
                return entry & PageMap.FRAME;
            }
            hart.leave();
        }
        return 0;
    }

    /**
     * For {@code fence.i} and {@code riscv_flush_icache}: code written so far is what all harts run
     * from now on.
     */
    public void synchronizeCode() {
        code.synchronize();
    }

    // ---- what others want to know ----

    /** What identifies a byte of memory to all who see it. */
    public record Place(Object owner, long offset) {}

    /**
     * The file's pages and an offset if the memory is shared with other spaces; else this space and
     * the address. Any thread.
     */
    public Place place(long address) {
        lock.lock();
        try {
            Region region = address < 0 ? null : regions.find(address >>> PAGE_SHIFT);
            if (region == null || !region.isShared() || region.file() == null) {
                return new Place(this, address);
            }
            long index = region.fileIndex(address >>> PAGE_SHIFT);
            return new Place(
                    region.file().pages(), index << PAGE_SHIFT | address & PhysMem.PAGE_SIZE - 1);
        } finally {
            lock.unlock();
        }
    }

    /** Memory that its pages take; a snapshot. Any thread. */
    public long residentBytes() {
        lock.lock();
        try {
            return anonymousPages + filePages << PAGE_SHIFT;
        } finally {
            lock.unlock();
        }
    }

    /** The most memory that its pages took. Any thread. */
    public long peakBytes() {
        lock.lock();
        try {
            peakPages = Math.max(peakPages, anonymousPages + filePages);
            return peakPages << PAGE_SHIFT;
        } finally {
            lock.unlock();
        }
    }

    /** Where a signal handler returns to: the vDSO's function. */
    public long signalReturnAddress() {
        return layout.signalReturn;
    }

    // ---- system calls; each is described where it is done ----

    /**
     * {@code mmap} of {@code file} at a byte offset, or of anonymous memory if {@code file} is
     * null.
     */
    public long map(
            long address, long length, int protection, int flags, MappedFile file, long offset) {
        return mappings.map(address, length, protection, flags, file, offset, null);
    }

    /** As {@link #map}, with a name for /proc/PID/maps: for the kernel's own mappings. */
    public long mapNamed(
            long address,
            long length,
            int protection,
            int flags,
            MappedFile file,
            long offset,
            String name) {
        return mappings.map(address, length, protection, flags, file, offset, name);
    }

    public long unmap(long address, long length) {
        return mappings.unmap(address, length);
    }

    public long protect(long address, long length, int protection) {
        return mappings.protect(address, length, protection);
    }

    /** {@code brk}: the new end of the heap, or the old one if it cannot be moved there. */
    public long moveBreak(long address) {
        return mappings.moveBreak(address);
    }

    public long remap(long oldAddress, long oldLength, long newLength, int flags, long newAddress) {
        return moves.remap(oldAddress, oldLength, newLength, flags, newAddress);
    }

    public long advise(long address, long length, int behaviour) {
        return advice.advise(address, length, behaviour);
    }

    public long synchronizeFiles(long address, long length, int flags) {
        return advice.msync(address, length, flags);
    }

    /**
     * {@code mincore}: one byte a page into {@code resident}, whose length is the number of pages.
     */
    public long residence(long address, byte[] resident) {
        return advice.mincore(address, resident);
    }

    /** What mlock and MAP_LOCKED hold in memory. */
    public long lockedBytes() {
        lock.lock();
        try {
            return regions.lockedPages() << PAGE_SHIFT;
        } finally {
            lock.unlock();
        }
    }

    /** Whether mlockall(MCL_FUTURE) holds for new mappings. */
    public boolean locksFutureMappings() {
        lock.lock();
        try {
            return (futureFlags & Region.LOCKED) != 0;
        } finally {
            lock.unlock();
        }
    }

    /** {@code mlock}; {@code mayExceedLimit} for CAP_IPC_LOCK. */
    public long lockPages(long address, long length, boolean onFault, boolean mayExceedLimit) {
        return advice.lock(address, length, onFault, mayExceedLimit);
    }

    public long unlockPages(long address, long length) {
        return advice.unlock(address, length);
    }

    /** {@code mlockall} with MCL flags; 0 is {@code munlockall}. */
    public long lockAll(int flags, boolean mayExceedLimit) {
        return advice.lockAll(flags, mayExceedLimit);
    }

    // ---- fork ----

    /**
     * A copy for a child process: pages are shared until one side writes. Null if memory is
     * exhausted; the new table is then closed.
     */
    public AddressSpace fork(PageTable childTable) {
        AddressSpace child;
        lock.lock();
        try {
            child = new AddressSpace(frames, childTable, code.fork());
            if (new Fork(this, child).copy()) {
                return child;
            }
        } finally {
            unlock();
        }
        child.end();
        return null;
    }

    /** Ends a space that no hart was ever attached to: an exec that failed. */
    public void discard() {
        assert quiescence.hartCount() == 0;
        end();
    }

    private void end() {
        lock.lock();
        try {
            if (ended) {
                return;
            }
            ended = true;
            faults.retireAll();
            regions.remove(0, END_PAGE);
            pages.close();
            codeEnd = 0;
        } finally {
            unlock();
        }
        table.close();
        code.close();
    }

    boolean hasEnded() {
        return ended;
    }

    // ---- what other threads may do ----

    /**
     * Pages of a file are gone: whatever shows them is unmapped, so that the next access asks the
     * source.
     */
    void sourceDiscarded(PageSource source, long firstIndex, long count) {
        lock.lock();
        try {
            for (int i = 0; i < regions.count(); i++) {
                Region region = regions.at(i);
                if (region.file() != null && region.file().pages() == source) {
                    long from = Math.max(region.filePage(), firstIndex);
                    long to = Math.min(region.fileIndex(region.end()), firstIndex + count);
                    if (from < to) {
                        long shift = region.start() - region.filePage();
                        faults.unmapFilePages(region, from + shift, to + shift);
                    }
                }
            }
        } finally {
            unlock(false);
        }
    }

    /** This space's memory as tasks of other spaces reach it. */
    public ForeignMemory foreign() {
        return foreignMemory;
    }

    /**
     * Unlocks after an access by another space's task: frames it displaced are left to the space's
     * own tasks.
     */
    void unlockForeign() {
        unlock(false);
    }

    /** Bytes of address space in regions. */
    public long virtualBytes() {
        lock.lock();
        try {
            return regions.totalPages() << PAGE_SHIFT;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The file of the mapping that begins at an address, where the file begins too, or null. For
     * looking at only: it may be unmapped at any time.
     */
    public MappedFile fileStartingAt(long address) {
        lock.lock();
        try {
            long page = address >>> PAGE_SHIFT;
            Region region = address < 0 ? null : regions.find(page);
            boolean begins = region != null && region.start() == page && region.filePage() == 0;
            return begins ? region.file() : null;
        } finally {
            lock.unlock();
        }
    }

    /**
     * A mapping of a file, from one address up to another; the file is for looking at only, as the
     * mapping may go at any time.
     */
    public record FileArea(long start, long end, MappedFile file, boolean isWritable) {}

    /** All mappings of files, lowest first. */
    public List<FileArea> fileAreas() {
        List<FileArea> areas = new ArrayList<>();
        lock.lock();
        try {
            for (int i = 0; i < regions.count(); i++) {
                Region region = regions.at(i);
                if (region.file() != null) {
                    areas.add(
                            new FileArea(
                                    region.start() << PAGE_SHIFT,
                                    region.end() << PAGE_SHIFT,
                                    region.file(),
                                    region.isWritable()));
                }
            }
        } finally {
            lock.unlock();
        }
        return areas;
    }

    /** The text of /proc/PID/maps. */
    public String maps() {
        return describe(RegionTexts::maps);
    }

    /** The text of /proc/PID/smaps. */
    public String smaps() {
        return describe(texts -> texts.smaps(memory));
    }

    /** The text of /proc/PID/smaps_rollup. */
    public String smapsRollup() {
        return describe(texts -> texts.smapsRollup(memory));
    }

    private String describe(java.util.function.Function<RegionTexts, String> describer) {
        lock.lock();
        try {
            return describer.apply(new RegionTexts(regions, pages));
        } finally {
            lock.unlock();
        }
    }

    // ---- for the package ----

    Faults faults() {
        return faults;
    }

    Mappings mappings() {
        return mappings;
    }

    /** A frame that an entry no longer refers to; called with the table already changed. */
    void retire(int frame) {
        if (frame != frames.zeroFrame()) {
            limbo.add(frame);
        }
    }

    /** See {@link Quiescence#beginAccess}. */
    void beginAccess() {
        quiescence.beginAccess();
    }

    void endAccess() {
        quiescence.endAccess();
    }

    /** Code of these pages may have changed. */
    void codeChanged(long start, long end) {
        codeStart = Math.min(codeStart, start);
        codeEnd = Math.max(codeEnd, end);
    }

    /** Rights were taken away that other harts must not use after the operation. */
    void rightsReduced() {
        mustWait = true;
    }

    private void dropped(Region region) {
        if (region.file() != null) {
            droppedRegions.add(region);
        }
    }

    /** Unlocks after an operation of one of the space's own tasks. */
    void unlock() {
        unlock(true);
    }

    /**
     * Does what the operation noted, and unlocks. What was taken away is used by no hart any more
     * when this returns, and nothing new can have come in its place before. Only the space's own
     * tasks may release frames: they hold no host addresses; what others take away waits for them.
     */
    private void unlock(boolean ownTask) {
        boolean tookFrames = !limbo.isEmpty();
        long firstCode = codeStart;
        long endCode = codeEnd;
        boolean wait = mustWait || endCode != 0 || tookFrames;
        List<Region> files = droppedRegions.isEmpty() ? List.of() : List.copyOf(droppedRegions);
        mustWait = false;
        codeStart = Long.MAX_VALUE;
        codeEnd = 0;
        droppedRegions.clear();
        if (endCode != 0) {
            code.invalidate(
                    firstCode,
                    endCode - firstCode); // with the lock: a fork then copies code and regions of
            // one moment
        }
        if (ownTask) {
            if (wait) {
                awaitUsers();
            }
            if (tookFrames) {
                limbo.release(memory);
            }
        } else if (wait) {
            quiescence.interrupt();
        }
        lock.unlock();
        for (Region region : files) {
            region.file().pages().unmapped(this, region.filePage(), region.pages());
            region.file().release();
        }
    }

    /**
     * With the lock: returns when no hart uses what the page table lost before. The only hart of a
     * space uses nothing while its task is in the kernel.
     */
    void awaitUsers() {
        if (!quiescence.isSolo() && !quiescence.isQuiet()) {
            quiescence.await();
        }
    }

    // ---- arithmetic ----

    /** Pages that a length takes; the length must be below 2^62. */
    static long pagesOf(long lengthBytes) {
        return lengthBytes + PhysMem.PAGE_SIZE - 1 >>> PAGE_SHIFT;
    }

    static boolean isAligned(long address) {
        return (address & PhysMem.PAGE_SIZE - 1) == 0;
    }

    /**
     * Whether more pages stay within RLIMIT_AS and, if they are data, RLIMIT_DATA; 0 or -ENOMEM.
     */
    int checkLimits(long morePages, boolean data) {
        SpaceLimits now = limits;
        if (regions.totalPages() + morePages > now.addressSpace() >>> PAGE_SHIFT) {
            return -Errno.ENOMEM;
        }
        return data && regions.dataPages() + morePages > now.data() >>> PAGE_SHIFT
                ? -Errno.ENOMEM
                : 0;
    }
}
