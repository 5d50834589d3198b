package callgate.kernel.mm;

/**
 * What a file mapping gets its pages from: the page cache of an inode, in most cases. Thread-safe.
 *
 * <p>Called with the address space locked: an implementation must not take an inode's lock, touch
 * guest addresses, or call back into an address space while it holds a lock of its own that it
 * takes here.
 */
public interface PageSource {
    /** No such page: the access is beyond the end of the file; the guest gets SIGBUS. */
    int BEYOND_END = 0;

    /**
     * The frame that holds page {@code index} of the file, read in if need be, with a reference
     * added for the caller.
     *
     * @return a frame number; {@link #BEYOND_END}; or a negative errno ({@code -ENOMEM}, {@code
     *     -EIO})
     */
    int page(long index);

    /**
     * The frame of page {@code index} with a reference added, if it is there without any reading;
     * else 0.
     */
    default int pageIfPresent(long index) {
        return 0;
    }

    /**
     * A shared mapping is about to write to page {@code index}, whose frame is {@code frame}: it
     * will have to be written back.
     */
    void willWrite(long index, int frame);

    /** Writes the pages of a range back to where they belong (msync); 0 or a negative errno. */
    int writeBack(long firstIndex, long count);

    /**
     * One more, or one fewer, region maps this source. A file with mappings stays alive after its
     * last close.
     */
    void mapped(AddressSpace space, long firstIndex, long count);

    void unmapped(AddressSpace space, long firstIndex, long count);
}
