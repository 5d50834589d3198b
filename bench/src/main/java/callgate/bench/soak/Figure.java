package callgate.bench.soak;

/**
 * What must not grow.
 *
 * <p>Programs that run again and again in one sandbox get translated bit by bit: the rarer a piece
 * of code runs, the later. So what translations take (classes, metaspace, compiled code, heap) may
 * go on rising in the sandbox that lives all the time, ever more slowly, up to what its programs
 * have of code. It must be gone with the sandbox.
 */
enum Figure {
    METASPACE("metaspace KiB", 512, 0.02, true),
    CLASSES("classes", 50, 0.02, true),
    /** Grows a little for as long as the JVM compiles more of the kernel itself. */
    CODE_CACHE("code cache KiB", 2048, 0.10, true),
    HEAP("heap KiB", 2048, 0.05, true),
    HOST_THREADS("threads", 1, 0, false),
    /** Page tables are kept for the next address spaces, a file each. */
    OPEN_FILES("open files", 16, 0, false),
    /** Of the whole process: what the host's allocator keeps, and the garbage collector. */
    RESIDENT("resident KiB", 64 << 10, 0.10, true),
    /** Of the sandbox that lives all the time. */
    GUEST_MEMORY("guest memory KiB", 256, 0.02, false),
    GUEST_HEAP("guest heap KiB", 64, 0.02, false),
    GUEST_TASKS("guest tasks", 0, 0, false),
    GUEST_THREADS("guest threads", 0, 0, false);

    /** What translations may still take more of in the last third than in the middle one. */
    private static final double TRANSLATING = 0.25;

    private final String title;
    private final long slack;
    private final double share;
    private final boolean holdsTranslations;

    /**
     * @param slack what it may grow
     * @param share and the part of itself by which it may grow beyond that
     * @param holdsTranslations whether translated code of the lasting sandbox counts in it
     */
    Figure(String title, long slack, double share, boolean holdsTranslations) {
        this.title = title;
        this.slack = slack;
        this.share = share;
        this.holdsTranslations = holdsTranslations;
    }

    String title() {
        return title;
    }

    /** Whether the later value is too large, with no sandbox there at either time. */
    boolean grewWithoutSandboxes(long earlier, long later) {
        return later > earlier + slack + share * earlier;
    }

    /** Whether the later value is too large, while the sandbox lives. */
    boolean grew(long earlier, long later) {
        double allowed = holdsTranslations ? Math.max(share, TRANSLATING) : share;
        return later > earlier + slack + allowed * earlier;
    }
}
