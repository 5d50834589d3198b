package callgate.kernel.mm;

/**
 * The file behind a mapping, with what /proc/PID/maps tells of it. Has references: the creator's,
 * and one for each region. Two regions that share the object can be merged. Thread-safe.
 */
public interface MappedFile {
    PageSource pages();

    void retain();

    /** Drops a reference; the last one closes the file. */
    void release();

    /**
     * Makes a hole of whole pages, in bytes, that reads as zeros (MADV_REMOVE); 0 or a negative
     * errno. Called without locks.
     */
    int punch(long offset, long lengthBytes);

    /** Its path now, as in /proc/PID/maps. */
    String path();

    /** {@code st_dev}. */
    long device();

    long inodeNumber();

    /**
     * Whether pages of a shared mapping can ever become writable: the file was opened for reading
     * and writing.
     */
    boolean isWritable();

    /** Whether pages can be made executable: the file is not on a noexec mount. */
    boolean isExecutable();
}
