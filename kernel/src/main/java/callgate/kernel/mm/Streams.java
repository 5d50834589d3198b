package callgate.kernel.mm;

/**
 * Tells which faults of an address space go on from page to page, and how many pages to bring in at
 * once: twice as many as the last time, up to {@link #MOST_PAGES}; so what is brought in for
 * nothing is never more than what was asked for. Guarded by the space's lock.
 */
final class Streams {
    static final int MOST_PAGES = 64;

    private static final int STREAMS = 16;

    private final long[] nextPage = new long[STREAMS];
    private final int[] window = new int[STREAMS];

    /** How many pages, from this one on, to bring in at a fault. */
    int pagesAt(long page) {
        int stream = streamOf(page);
        return nextPage[stream] == page ? Math.min(window[stream] * 2, MOST_PAGES) : 1;
    }

    /** So many pages were brought in. */
    void brought(long page, int pages) {
        int stream = streamOf(page + pages);
        nextPage[stream] = page + pages;
        window[stream] = pages;
    }

    /** Streams of different areas seldom disturb each other. */
    private static int streamOf(long page) {
        return (int) (page >>> PageMap.LEAF_SHIFT) & STREAMS - 1;
    }
}
