package callgate.machine.interpreter;

import callgate.machine.hart.Hart;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Pages whose translations may call each other without looking anything up. An address space runs
 * translated code of a region only if it has exactly the region's pages, which is checked once per
 * {@link Epoch}, when it first enters. A region only grows by pages that all address spaces have
 * that may be inside it. So many address spaces share translated code, and none ever runs code that
 * it does not have.
 *
 * <p>Regions that call each other are merged; the one given up forwards to the other. Thread-safe;
 * one lock for all regions of a machine.
 */
public final class CodeRegion {
    private static final int SMALLEST_SWEEP = 16;

    private final Object lock;
    private final Map<Long, CodePage> pages = new HashMap<>();
    private final Set<Epoch> inside = new HashSet<>();
    private volatile CodeRegion mergedInto;

    /** When so many are inside, those that are over are thrown out: fork leaves one each time. */
    private int enoughToSweep = SMALLEST_SWEEP;

    /** The state of an address space that entered last: mostly the one that enters next. */
    private volatile Epoch last;

    /** An empty region. {@code lock} is the one lock of all regions that may be merged. */
    public CodeRegion(Object lock) {
        this.lock = lock;
    }

    /** This region, or the one it became part of. */
    public CodeRegion current() {
        CodeRegion next = mergedInto;
        return next == null ? this : next.mergedInto == null ? next : shortened();
    }

    /** The end of a chain of merged regions, made short for the next look. */
    private CodeRegion shortened() {
        CodeRegion end = mergedInto;
        while (end.mergedInto != null) {
            end = end.mergedInto;
        }
        for (CodeRegion region = this; region != end; ) {
            CodeRegion next = region.mergedInto;
            region.mergedInto = end; // another thread may write an older end, which leads here too
            region = next;
        }
        return end;
    }

    /**
     * True if {@code space} has this region's pages, so that {@code hart}, on whose thread this is,
     * may run its code there. Pages not fetched yet are fetched.
     */
    public boolean isValidIn(GuestCode space, Hart hart) {
        CodeRegion region = current();
        Epoch epoch = space.epoch();
        return region.last == epoch || region.enter(epoch, hart);
    }

    /** As {@link #isValidIn}, but true only if that is known already. */
    public boolean isKnownValidIn(GuestCode space) {
        CodeRegion region = current();
        Epoch epoch = space.epoch();
        return region.last == epoch || epoch.valid.contains(region);
    }

    /** Forgets a state that is over. */
    void left(Epoch epoch) {
        synchronized (lock) {
            CodeRegion region = current();
            region.inside.remove(epoch);
            if (region.last == epoch) {
                region.last = null;
            }
        }
    }

    private boolean enter(Epoch epoch, Hart hart) {
        if (epoch.valid.contains(this)) {
            last = epoch;
            return true;
        }
        if (epoch.refused.contains(this)) {
            return false;
        }
        for (CodePage page : pages()) {
            if (epoch.space.page(hart, page.number()) != page) {
                epoch.refused.add(this);
                return false;
            }
        }
        synchronized (lock) {
            if (mergedInto != null || !has(epoch, pages.values())) {
                return false; // it has just changed: the next entry tries again
            }
            admit(epoch);
            last = epoch;
        }
        return true;
    }

    private void admit(Epoch epoch) {
        epoch.valid.add(this);
        inside.add(epoch);
        if (inside.size() >= enoughToSweep) {
            inside.removeIf(old -> old.isOver);
            enoughToSweep = Math.max(SMALLEST_SWEEP, 2 * inside.size());
        }
    }

    /** Address spaces that may be inside, some of which may have ended. */
    int insideCount() {
        synchronized (lock) {
            return inside.size();
        }
    }

    /** The region's page of that number; null if it has none. */
    public CodePage page(long number) {
        synchronized (lock) {
            return current().pages.get(number);
        }
    }

    private CodePage[] pages() {
        synchronized (lock) {
            return pages.values().toArray(CodePage[]::new);
        }
    }

    /**
     * Adds the pages of new code, if all address spaces that may be inside have them, {@code space}
     * too; false if not.
     */
    public boolean add(GuestCode space, Collection<CodePage> more) {
        synchronized (lock) {
            Epoch epoch = space.epoch();
            if (mergedInto != null
                    || !allHave(more)
                    || !has(epoch, more)
                    || !has(epoch, pages.values())) {
                return false;
            }
            more.forEach(page -> pages.put(page.number(), page));
            admit(epoch);
            return true;
        }
    }

    /**
     * True if {@code space} may enter, as far as is known without trying; lifts an earlier refusal,
     * so that it tries again.
     */
    public boolean mayBecomeValidIn(GuestCode space) {
        CodeRegion region = current();
        Epoch epoch = space.epoch();
        return epoch.valid.contains(region) || !epoch.refused.remove(region);
    }

    /**
     * Makes this and {@code other} one region, if all address spaces inside one have the other's
     * pages; false if not.
     */
    public boolean unite(CodeRegion other) {
        synchronized (lock) {
            CodeRegion left = current();
            CodeRegion right = other.current();
            return left == right || left.merge(right);
        }
    }

    private boolean merge(CodeRegion other) {
        if (!allHave(other.pages.values()) || !other.allHave(pages.values())) {
            return false;
        }
        pages.putAll(other.pages);
        for (Epoch epoch : other.inside) {
            inside.add(epoch);
            epoch.valid.add(this);
            epoch.refused.remove(this);
        }
        for (Epoch epoch : inside) {
            epoch.valid.remove(other);
        }
        other.mergedInto = this;
        other.pages.clear();
        other.inside.clear();
        return true;
    }

    private boolean allHave(Collection<CodePage> wanted) {
        inside.removeIf(epoch -> epoch.isOver);
        return inside.stream().allMatch(epoch -> has(epoch, wanted));
    }

    private static boolean has(Epoch epoch, Collection<CodePage> wanted) {
        return !epoch.isOver
                && wanted.stream().allMatch(page -> epoch.space.known(page.number()) == page);
    }
}
