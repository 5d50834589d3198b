package callgate.bench.soak;

/** What must not grow. */
enum Figure {
    METASPACE("metaspace KiB", 1024, 0.02),
    CLASSES("classes", 100, 0.02),
    /** Grows a little for as long as the JVM compiles more of the kernel itself. */
    CODE_CACHE("code cache KiB", 4096, 0.10),
    HEAP("heap KiB", 2048, 0.05),
    HOST_THREADS("threads", 1, 0),
    OPEN_FILES("open files", 1, 0),
    /** Of the whole process: what the host's allocator keeps, and the garbage collector. */
    RESIDENT("resident KiB", 64 << 10, 0.10),
    /** Of the sandbox that lives all the time. */
    GUEST_MEMORY("guest memory KiB", 256, 0.02),
    GUEST_HEAP("guest heap KiB", 64, 0.02),
    GUEST_TASKS("guest tasks", 0, 0),
    GUEST_THREADS("guest threads", 0, 0);

    private final String title;
    private final long slack;
    private final double share;

    /**
     * @param slack what it may grow
     * @param share and the part of itself by which it may grow beyond that
     */
    Figure(String title, long slack, double share) {
        this.title = title;
        this.slack = slack;
        this.share = share;
    }

    String title() {
        return title;
    }

    /** Whether the later value is too large, seen the earlier one. */
    boolean grew(long earlier, long later) {
        return later > earlier + slack + share * earlier;
    }
}
