package callgate.kernel.mm;

import java.util.Objects;

/**
 * A range of pages with the same rights and the same origin (Linux: vm_area_struct). Immutable.
 *
 * @param start first page
 * @param end the page after the last
 * @param flags a set of the constants below
 * @param file what it maps, or null for anonymous memory; anonymous shared memory has a file of its
 *     own
 * @param filePage page of the file that {@code start} shows; 0 without a file
 * @param name what /proc/PID/maps calls it, such as {@code [heap]}; null: the file's path, if any
 */
record Region(long start, long end, int flags, MappedFile file, long filePage, String name) {
    // the first three are PROT_READ, PROT_WRITE, PROT_EXEC
    static final int READ = 1;
    static final int WRITE = 2;
    static final int EXECUTE = 4;
    static final int RIGHTS = READ | WRITE | EXECUTE;
    static final int SHARED = 1 << 3;

    /** What mprotect may grant, three bits beside {@link #RIGHTS}. */
    static final int MAY_SHIFT = 4;

    static final int GROWS_DOWN = 1 << 8;
    static final int DONT_FORK = 1 << 9;
    static final int WIPE_ON_FORK = 1 << 10;
    static final int DONT_DUMP = 1 << 11;
    static final int LOCKED = 1 << 12;
    static final int NO_RESERVE = 1 << 13;

    Region {
        assert 0 <= start && start < end;
        assert file != null || filePage == 0;
    }

    long pages() {
        return end - start;
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** Loads are allowed where stores are: RISC-V has no write-only pages. */
    boolean isReadable() {
        return has(READ | WRITE);
    }

    boolean isWritable() {
        return has(WRITE);
    }

    boolean isExecutable() {
        return has(EXECUTE);
    }

    boolean isShared() {
        return has(SHARED);
    }

    /**
     * Whether its pages count as the process's own data (RLIMIT_DATA): private, writable, and no
     * stack.
     */
    boolean isData() {
        return (flags & (WRITE | SHARED | GROWS_DOWN)) == WRITE;
    }

    long fileIndex(long page) {
        return filePage + (page - start);
    }

    /**
     * The part from {@code from} to {@code to}, which may also lie outside: then it is the region
     * grown.
     */
    Region range(long from, long to) {
        return from == start && to == end
                ? this
                : new Region(
                        from, to, flags, file, file == null ? 0 : filePage + (from - start), name);
    }

    Region withFlags(int newFlags) {
        return newFlags == flags ? this : new Region(start, end, newFlags, file, filePage, name);
    }

    /** Whether this region and the one above it can be one. */
    boolean joins(Region next) {
        return end == next.start
                && flags == next.flags
                && file == next.file
                && (file == null || fileIndex(end) == next.filePage)
                && Objects.equals(name, next.name);
    }
}
