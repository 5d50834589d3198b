package callgate.kernel.vfs;

/**
 * What {@code statfs} tells about a file system. Counts are 0 where a file system has no limit or
 * does not know.
 *
 * @param magic f_type
 */
public record FsStatistics(
        long magic,
        int blockSizeBytes,
        long blocks,
        long freeBlocks,
        long availableBlocks,
        long files,
        long freeFiles) {
    static final FsStatistics NONE = empty(0);

    /** For file systems without storage. */
    public static FsStatistics empty(long magic) {
        return new FsStatistics(magic, 4096, 0, 0, 0, 0, 0);
    }
}
