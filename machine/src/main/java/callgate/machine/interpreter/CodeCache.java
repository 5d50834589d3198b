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
 * The code pages of one machine, shared by its address spaces, and the bound on all decoded code:
 * when it is reached, everything is forgotten and what is still used is decoded again. Thread-safe;
 * its lock is a leaf.
 */
final class CodeCache {
    /** The part of the JVM's heap that decoded code may take before it is forgotten. */
    private static final int HEAP_PART = 8;

    /**
     * Heap bytes of a page, its copy and its table of blocks, and of a block without its words:
     * estimates.
     */
    private static final int PAGE_BYTES = 12_400;

    private static final int BLOCK_BYTES = 200;

    private record Key(int frame, long number) {}

    private final PhysMem memory;
    private final int heat;
    private final Object lock = new Object();
    private final Map<Key, CodePage> pages = new HashMap<>();
    private final Set<GuestCode> spaces = new HashSet<>();
    private final AtomicLong bytes = new AtomicLong(); // made since everything was forgotten last
    private final long bytesLimit;
    private final byte[] scratch = new byte[PhysMem.PAGE_SIZE]; // guarded by lock

    /**
     * @param heat how often a block is interpreted before the engine looks at it
     */
    CodeCache(PhysMem memory, int heat) {
        this(memory, heat, Runtime.getRuntime().maxMemory() / HEAP_PART);
    }

    /**
     * @param bytesLimit about how much heap decoded code may take
     */
    CodeCache(PhysMem memory, int heat, long bytesLimit) {
        this.memory = memory;
        this.heat = heat;
        this.bytesLimit = bytesLimit;
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
                bytes.addAndGet(PAGE_BYTES);
            }
            return page;
        }
    }

    /**
     * True if the page's frame still has the bytes it was decoded from. {@code scratch} holds a
     * page and is overwritten.
     */
    boolean isCurrent(CodePage page, byte[] scratch) {
        return page.isSameAs(memory.address(page.frame()), scratch);
    }

    /**
     * Counts a newly decoded block; forgets everything if that was the last straw. Called without
     * locks.
     */
    void count(Block block) {
        if (bytes.addAndGet(BLOCK_BYTES + 8L * block.words.length) <= bytesLimit) {
            return;
        }
        List<GuestCode> all;
        synchronized (lock) {
            if (bytes.get() <= bytesLimit) {
                return; // another hart was faster
            }
            all = new ArrayList<>(spaces);
            pages.clear();
            bytes.set(0);
        }
        all.forEach(GuestCode::forget);
    }
}
