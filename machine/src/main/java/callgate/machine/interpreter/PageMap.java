package callgate.machine.interpreter;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Predicate;

/**
 * Code pages by number: open addressing, read without a lock, added to under the owner's. Nothing
 * is ever taken out; the owner publishes a new map without it.
 */
final class PageMap {
    private static final int INITIAL_SLOTS = 64;
    private static final VarHandle PAGE = MethodHandles.arrayElementVarHandle(CodePage[].class);

    private final CodePage[] slots;
    private int size;

    private PageMap(int slotCount) {
        slots = new CodePage[slotCount];
    }

    static PageMap empty() {
        return new PageMap(INITIAL_SLOTS);
    }

    /** The page, or null. */
    CodePage get(long number) {
        int mask = slots.length - 1;
        for (int i = hash(number); ; i++) {
            CodePage page = (CodePage) PAGE.getAcquire(slots, i & mask);
            if (page == null || page.number() == number) {
                return page;
            }
        }
    }

    /**
     * Adds a page whose number is not there; returns the map to use from now on, this one or a
     * larger one.
     */
    PageMap with(CodePage page) {
        PageMap map =
                2 * (size + 1) <= slots.length ? this : copyOf(this, 2 * slots.length, any -> true);
        map.add(page);
        return map;
    }

    /** A copy of the pages that pass. */
    PageMap filter(Predicate<CodePage> keep) {
        return copyOf(this, slots.length, keep);
    }

    /** True if there is a page with a number from {@code first} up to {@code first + count - 1}. */
    boolean containsAny(long first, long count) {
        if (count > slots.length) {
            return contains(page -> isWithin(page.number(), first, count));
        }
        for (long number = first; number < first + count; number++) {
            if (get(number) != null) {
                return true;
            }
        }
        return false;
    }

    static boolean isWithin(long number, long first, long count) {
        return Long.compareUnsigned(number - first, count) < 0;
    }

    /** True if some page passes. */
    boolean contains(Predicate<CodePage> test) {
        for (CodePage page : slots) {
            if (page != null && test.test(page)) {
                return true;
            }
        }
        return false;
    }

    private void add(CodePage page) {
        int mask = slots.length - 1;
        int i = hash(page.number());
        while (slots[i & mask] != null) {
            i++;
        }
        PAGE.setRelease(slots, i & mask, page);
        size++;
    }

    private static PageMap copyOf(PageMap from, int slotCount, Predicate<CodePage> keep) {
        PageMap copy = new PageMap(slotCount);
        for (CodePage page : from.slots) {
            if (page != null && keep.test(page)) {
                copy.add(page);
            }
        }
        return copy;
    }

    // Neighbouring pages get neighbouring slots; distant areas of an address space are spread by
    // the higher bits.
    private static int hash(long number) {
        return (int) (number ^ number >>> 9 ^ number >>> 18) & Integer.MAX_VALUE;
    }
}
