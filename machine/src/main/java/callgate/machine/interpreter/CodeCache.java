package callgate.machine.interpreter;

import callgate.machine.memory.PhysMem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The code pages of one machine, shared by its address spaces, and the bound on all decoded code: when it is reached, everything is forgotten and what is
 * still used is decoded again. Thread-safe; its lock is a leaf.
 */
final class CodeCache {
    /** Most code pages made between two times of forgetting: 12 KiB of heap each. */
    private static final int PAGE_LIMIT = 16_384;

    /** Most decoded words (8 bytes each) made between two times of forgetting. */
    private static final long WORD_LIMIT = 8L << 20;

    private record Key(int frame, long number) {}

    private final PhysMem memory;
    private final int heat;
    private final Object lock = new Object();
    private final Map<Key, CodePage> pages = new HashMap<>();
    private final Set<GuestCode> spaces = new HashSet<>();
    private final AtomicLong words = new AtomicLong();
    private final byte[] scratch = new byte[PhysMem.PAGE_SIZE]; // guarded by lock
    private int made;

    /** @param heat how often a block is interpreted before the engine looks at it */
    CodeCache(PhysMem memory, int heat) {
        this.memory = memory;
        this.heat = heat;
    }

    int heat() {
        return heat;
    }

    void add(GuestCode space) {
        synchronized (lock) {
            spaces.add(space);
        }
    }

    void remove(GuestCode space) {
        synchronized (lock) {
            spaces.remove(space);
        }
    }

    /** The code page of a frame at a guest page, as the bytes are now. */
    CodePage page(int frame, long number) {
        long address = memory.address(frame);
        Key key = new Key(frame, number);
        synchronized (lock) {
            CodePage page = pages.get(key);
            if (page == null || !page.isSameAs(address, scratch)) {
                page = new CodePage(number, frame, address);
                pages.put(key, page);
                made++;
            }
            return page;
        }
    }

    /** True if the page's frame still has the bytes it was decoded from. {@code scratch} holds a page and is overwritten. */
    boolean isCurrent(CodePage page, byte[] scratch) {
        return page.isSameAs(memory.address(page.frame()), scratch);
    }

    /** Counts newly decoded words; forgets everything if that was the last straw. Called without locks. */
    void count(int newWords) {
        boolean isFull = words.addAndGet(newWords) > WORD_LIMIT;
        List<GuestCode> all;
        synchronized (lock) {
            if (!isFull && made <= PAGE_LIMIT) {
                return;
            }
            all = new ArrayList<>(spaces);
            pages.clear();
            made = 0;
            words.set(0);
        }
        all.forEach(GuestCode::forget);
    }
}
