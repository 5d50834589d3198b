package callgate.kernel.mm;

import java.util.Arrays;

/**
 * The regions of an address space, sorted and disjoint, with their sums. Tells each file when a
 * region of it comes and (through {@link Dropped}) goes. Guarded by the address space's lock.
 */
final class Regions {
    /** Takes note of regions that are gone, to release their files when no lock is held. */
    interface Dropped {
        void dropped(Region region);
    }

    private final AddressSpace space;
    private final Dropped dropped;
    private Region[] regions = new Region[16];
    private int count;
    private long totalPages;
    private long dataPages;
    private long lockedPages;

    Regions(AddressSpace space, Dropped dropped) {
        this.space = space;
        this.dropped = dropped;
    }

    int count() {
        return count;
    }

    Region at(int index) {
        return regions[index];
    }

    long totalPages() {
        return totalPages;
    }

    long dataPages() {
        return dataPages;
    }

    long lockedPages() {
        return lockedPages;
    }

    /** The region that holds a page, or null. */
    Region find(long page) {
        int index = firstEndingAfter(page);
        return index < count && regions[index].start() <= page ? regions[index] : null;
    }

    /**
     * Index of the first region whose end lies above {@code page}; {@link #count} if there is none.
     */
    int firstEndingAfter(long page) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (regions[middle].end() > page) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    boolean isFree(long start, long end) {
        int index = firstEndingAfter(start);
        return index == count || regions[index].start() >= end;
    }

    /** How many pages of a range lie in regions. */
    long pagesIn(long start, long end) {
        long pages = 0;
        for (int i = firstEndingAfter(start); i < count && regions[i].start() < end; i++) {
            pages += Math.min(end, regions[i].end()) - Math.max(start, regions[i].start());
        }
        return pages;
    }

    /** Adds a region where there is none, joining it with its neighbours if they fit. */
    void add(Region region) {
        assert isFree(region.start(), region.end());
        retain(region);
        int index = firstEndingAfter(region.start());
        boolean joinsBelow = index > 0 && regions[index - 1].joins(region);
        boolean joinsAbove = index < count && region.joins(regions[index]);
        if (!joinsBelow && !joinsAbove) {
            insert(index, region);
            return;
        }
        int from = joinsBelow ? index - 1 : index;
        int to = joinsAbove ? index + 1 : index;
        Region joined =
                region.range(
                        regions[from].start() < region.start()
                                ? regions[from].start()
                                : region.start(),
                        to > index ? regions[index].end() : region.end());
        retain(joined);
        dropped.dropped(region);
        replace(from, to, joined);
    }

    /** Removes a range, cutting regions at its ends. The pages were unmapped before. */
    void remove(long start, long end) {
        int index = firstEndingAfter(start);
        while (index < count && regions[index].start() < end) {
            Region region = regions[index];
            boolean keepsBelow = region.start() < start;
            boolean keepsAbove = region.end() > end;
            if (keepsBelow && keepsAbove) {
                Region above = region.range(end, region.end());
                retain(above);
                substitute(index, region.range(region.start(), start));
                insert(index + 1, above);
                return;
            } else if (keepsBelow) {
                substitute(index++, region.range(region.start(), start));
            } else if (keepsAbove) {
                substitute(index, region.range(end, region.end()));
                return;
            } else {
                replace(index, index + 1, null);
            }
        }
    }

    /**
     * Exchanges a region for one that differs in rights or extent, and joins it with neighbours.
     */
    void change(Region old, Region changed) {
        int index = firstEndingAfter(old.start());
        assert regions[index] == old;
        remove(old.start(), old.end());
        add(changed);
    }

    private void substitute(int index, Region region) {
        retain(region);
        replace(index, index + 1, region);
    }

    private void insert(int index, Region region) {
        if (count == regions.length) {
            regions = Arrays.copyOf(regions, count * 2);
        }
        System.arraycopy(regions, index, regions, index + 1, count - index);
        regions[index] = region;
        count++;
        account(region, 1);
    }

    /** Puts one region, or none, in the place of those from {@code from} to {@code to}. */
    private void replace(int from, int to, Region region) {
        for (int i = from; i < to; i++) {
            account(regions[i], -1);
            dropped.dropped(regions[i]);
        }
        int added = region == null ? 0 : 1;
        System.arraycopy(regions, to, regions, from + added, count - to);
        if (region != null) {
            regions[from] = region;
            account(region, 1);
        }
        int newCount = count - (to - from) + added;
        for (int i = newCount; i < count; i++) {
            regions[i] = null;
        }
        count = newCount;
    }

    private void account(Region region, int sign) {
        totalPages += sign * region.pages();
        dataPages += region.isData() ? sign * region.pages() : 0;
        lockedPages += region.has(Region.LOCKED) ? sign * region.pages() : 0;
    }

    private void retain(Region region) {
        if (region.file() != null) {
            region.file().retain();
            region.file().pages().mapped(space, region.filePage(), region.pages());
        }
    }
}
