package callgate.machine.interpreter;

import callgate.machine.hart.Cause;
import callgate.machine.hart.CodeSpace;
import callgate.machine.hart.Hart;
import callgate.machine.memory.PageTable;
import callgate.machine.memory.PhysMem;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The code of one address space: which {@link CodePage} stands at which guest page. Found without a
 * lock; changed under its own.
 *
 * <p>When code goes away a new {@link Epoch} begins, which makes all links and checks of
 * translations void, and every hart inside is asked to look up again ({@link Hart#CODE_CHANGED}).
 * No lock is held while the supervisor is called, so that it may call {@link #invalidate} under its
 * own.
 */
public final class GuestCode implements CodeSpace {
    private final CodeCache cache;
    private final Object lock = new Object();
    private final List<Hart> harts = new ArrayList<>();
    private volatile PageMap pages;
    private volatile Epoch epoch = new Epoch(this);
    private long changes;

    GuestCode(CodeCache cache) {
        this(cache, PageMap.empty());
    }

    private GuestCode(CodeCache cache, PageMap pages) {
        this.cache = cache;
        this.pages = pages;
        cache.add(this);
    }

    // ---- looking up ----

    /**
     * The block at {@code pc}, decoding it if need be; null if it cannot be fetched, with cause and
     * tval in the hart.
     */
    public Block block(Hart hart, long pc) {
        Block block = find(pc);
        return block != null && (pc & 1) == 0 ? block : make(hart, pc);
    }

    /** The block at the even address {@code pc} if it was decoded; else null. */
    Block find(long pc) {
        CodePage page = pages.get(pc >>> PhysMem.PAGE_SHIFT);
        if (page == null) {
            return null;
        }
        Block block = page.block((int) pc & (PhysMem.PAGE_SIZE - 1));
        return block == null || block.tail() == null || block.tail() == pages.get(page.number() + 1)
                ? block
                : null;
    }

    /**
     * The block at the even address {@code pc}, decoding it if need be, but without asking the
     * supervisor: null if a page it needs was not fetched before. For translators. Any thread.
     */
    public Block knownBlock(long pc) {
        Block block = find(pc);
        CodePage page = known(pc >>> PhysMem.PAGE_SHIFT);
        if (block != null || page == null) {
            return block;
        }
        boolean straddles = BlockDecoder.straddles(page, (int) pc & (PhysMem.PAGE_SIZE - 1));
        CodePage tail = straddles ? known(page.number() + 1) : null;
        return straddles && tail == null ? null : decode(page, pc, tail);
    }

    /**
     * The translation of the code at {@code pc} that {@code hart} may run here; null if there is
     * none. On the hart's thread.
     */
    public Translation translation(Hart hart, long pc) {
        Block block = (pc & 1) == 0 ? find(pc) : null;
        Translation translation = block == null ? null : block.translation();
        return translation != null && translation.region().isValidIn(this, hart)
                ? translation
                : null;
    }

    /**
     * True if code at the even address {@code pc} was entered before by the interpreter, here or in
     * an address space that shares the page. Any thread.
     */
    public boolean wasEntered(long pc) {
        return find(pc) != null;
    }

    /**
     * How often the interpreter entered the block at the even address {@code pc}, until it was
     * translated: an estimate. Any thread.
     */
    public int entries(long pc) {
        Block block = find(pc);
        return block == null ? 0 : block.entries(cache.heat());
    }

    /**
     * Tells the block at the even address {@code pc}, if it was decoded, that a unit entered
     * elsewhere has its code; see {@link Block#stillNeedsUnit}. Any thread.
     */
    public void cover(long pc) {
        Block block = find(pc);
        if (block != null) {
            block.cover(cache.heat());
        }
    }

    /** The code page at a guest page if it was fetched before; else null. Any thread. */
    public CodePage known(long number) {
        return pages.get(number);
    }

    Epoch epoch() {
        return epoch;
    }

    /**
     * The block that an exit of {@code from} leads to, if it was decoded; the exit then is a link
     * for as long as that holds. Else null.
     */
    Block follow(Block from, Link exit) {
        Epoch before = epoch;
        if (exit.epoch == before || exit.epoch == Epoch.ALWAYS) {
            return exit.to; // the engine is to look at it
        }
        Block to = find(exit.pc);
        if (to != null) {
            boolean isOnePage =
                    to.page() == from.page() && from.tail() == null && to.tail() == null;
            from.link(exit, new Link(exit.pc, to, isOnePage ? Epoch.ALWAYS : before));
        }
        return to;
    }

    /**
     * The block at the even address {@code pc}, if it was decoded; a jump there then need not look
     * it up again in {@code now}, the state in which the caller runs. Else null.
     */
    Block follow(Epoch now, long pc) {
        Epoch before = epoch;
        Block known = now.jump(pc);
        if (known != null && before == now) {
            return known; // the engine is to look at it
        }
        Block to = find(pc);
        if (to != null && before == now) {
            now.remember(to);
        }
        return to;
    }

    private Block make(Hart hart, long pc) {
        if ((pc & 1) != 0) {
            return refuse(hart, Cause.FETCH_MISALIGNED, pc);
        }
        CodePage page = page(hart, pc >>> PhysMem.PAGE_SHIFT);
        if (page == null) {
            return refuse(hart, Cause.FETCH_FAULT, pc);
        }
        CodePage tail = null;
        if (BlockDecoder.straddles(page, (int) pc & (PhysMem.PAGE_SIZE - 1))) {
            tail = page(hart, page.number() + 1);
            if (tail == null) {
                return refuse(hart, Cause.FETCH_FAULT, pc + 2);
            }
        }
        Block shared = find(pc); // decoded by another address space
        return shared != null ? shared : decode(page, pc, tail);
    }

    private Block decode(CodePage page, long pc, CodePage tail) {
        int offset = (int) pc & (PhysMem.PAGE_SIZE - 1);
        Block block = BlockDecoder.decode(page, offset, tail);
        block.heat = cache.heat();
        page.put(offset, block);
        cache.count(block);
        return block;
    }

    private static Block refuse(Hart hart, Cause cause, long tval) {
        hart.fault(cause, tval);
        return null;
    }

    /**
     * The code page at a guest page, fetching it if need be; null if it is not executable. On the
     * hart's thread.
     */
    CodePage page(Hart hart, long number) {
        while (number >= 0 && number < PageTable.ADDRESS_LIMIT >>> PhysMem.PAGE_SHIFT) {
            CodePage page = pages.get(number);
            if (page != null) {
                return page;
            }
            long changesBefore = changes();
            int frame = hart.supervisor.fetch(hart, number);
            if (frame == 0) {
                return null;
            }
            page = cache.page(frame, number);
            if (add(page, changesBefore)) {
                return page;
            }
        }
        return null;
    }

    private long changes() {
        synchronized (lock) {
            return changes;
        }
    }

    /**
     * False if the mapping may have changed since the frame was asked for, or another hart was
     * first: look again.
     */
    private boolean add(CodePage page, long changesBefore) {
        synchronized (lock) {
            if (changes != changesBefore || pages.get(page.number()) != null) {
                return false;
            }
            pages = pages.with(page);
            return true;
        }
    }

    // ---- harts inside ----

    /** The hart is about to run code of this space; until {@link #leave} it is told of changes. */
    void enter(Hart hart) {
        synchronized (lock) {
            harts.add(hart);
        }
    }

    void leave(Hart hart) {
        synchronized (lock) {
            harts.remove(hart);
        }
    }

    // ---- changes ----

    @Override
    public void invalidate(long firstPage, long pageCount) {
        synchronized (lock) {
            changes++;
            if (pages.containsAny(firstPage, pageCount)) {
                keepIf(page -> !PageMap.isWithin(page.number(), firstPage, pageCount));
            }
        }
    }

    @Override
    public void synchronize() {
        byte[] scratch = new byte[PhysMem.PAGE_SIZE];
        dropIf(page -> !cache.isCurrent(page, scratch));
    }

    /** Everything goes away: to bound memory. */
    void forget() {
        dropIf(page -> true);
    }

    private void dropIf(Predicate<CodePage> isGone) {
        synchronized (lock) {
            changes++;
            if (pages.contains(isGone)) {
                keepIf(isGone.negate());
            }
        }
    }

    private void keepIf(Predicate<CodePage> keep) {
        assert Thread.holdsLock(lock);
        pages = pages.filter(keep);
        epoch.end();
        epoch = new Epoch(this);
        harts.forEach(Hart::codeChanged);
    }

    @Override
    public CodeSpace fork() {
        synchronized (lock) {
            return new GuestCode(cache, pages.filter(page -> true));
        }
    }

    @Override
    public void close() {
        cache.remove(this);
        synchronized (lock) {
            changes++;
            pages = PageMap.empty();
            epoch.end();
            harts.forEach(Hart::codeChanged);
        }
    }
}
