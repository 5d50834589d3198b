package callgate.kernel.mm;

/**
 * What a file mapping gets its pages from: the page cache of an inode, in most cases. Thread-safe.
 */
public interface PageSource {
    /** No such page: the access is beyond the end of the file; the guest gets SIGBUS. */
    int BEYOND_END = 0;

    /**
     * The frame that holds page {@code index} of the file, read in if need be, with a reference added for the caller.
     *
     * @return a frame number; {@link #BEYOND_END}; or a negative errno ({@code -ENOMEM}, {@code -EIO})
     */
    int page(long index);

    /** A shared mapping is about to write to page {@code index}, whose frame is {@code frame}: it will have to be written back. */
    void willWrite(long index, int frame);

    /** Writes the pages of a range back to where they belong (msync); 0 or a negative errno. */
    int writeBack(long firstIndex, long count);

    /** One more, or one fewer, region maps this source. A file with mappings stays alive after its last close. */
    void mapped(AddressSpace space, long firstIndex, long count);

    void unmapped(AddressSpace space, long firstIndex, long count);
}
