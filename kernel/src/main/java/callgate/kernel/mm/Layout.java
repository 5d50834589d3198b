package callgate.kernel.mm;

import callgate.machine.memory.PageTable;

/**
 * Where the parts of a program lie, in guest addresses. Set by exec; the heap's end moves. Guarded
 * by the address space's lock, and read for /proc without it.
 *
 * <pre>
 *   0x00_0001_0000  lowest mapping
 *   0x00_1000_0000  position-independent programs, their heap above
 *   0x00_8000_0000  end of the first mmap area, filled downwards
 *   ...             second mmap area, filled downwards from {@link #mmapBase}
 *   0x40_0000_0000  end of the stack
 * </pre>
 *
 * Linux puts all but programs that ask for low addresses far above 2 GiB. Here they lie below as
 * long as there is room, since pointers that fit into an int are followed faster by translated
 * code.
 */
public final class Layout {
    /** Where programs are put that can lie anywhere and have an interpreter. */
    public static final long PIE_BASE = 256L << 20;

    /** The end of the area where mappings are put first. */
    static final long LOW_END = 2L << 30;

    /** The end of the stack. */
    public static final long STACK_TOP = PageTable.ADDRESS_LIMIT;

    private static final long SMALLEST_STACK_GAP = 128L << 20;
    private static final long LARGEST_STACK_GAP = PageTable.ADDRESS_LIMIT / 6 * 5;
    private static final long GUARD_GAP = Faults.STACK_GUARD_PAGES << 12;

    public volatile long mmapBase = mmapBaseFor(8L << 20);
    public volatile long codeStart;
    public volatile long codeEnd;
    public volatile long dataStart;
    public volatile long dataEnd;
    public volatile long breakStart;
    public volatile long breakEnd;
    public volatile long stackStart;
    public volatile long argumentsStart;
    public volatile long argumentsEnd;
    public volatile long environmentStart;
    public volatile long environmentEnd;

    /** The auxiliary vector, as /proc/PID/auxv shows it. */
    public volatile long[] auxiliaryVector = {};

    /** Address of the vDSO, or 0. */
    public volatile long vdso;

    /** Address of the code that ends a signal handler, in the vDSO, or 0. */
    public volatile long signalReturn;

    void copyFrom(Layout other) {
        mmapBase = other.mmapBase;
        codeStart = other.codeStart;
        codeEnd = other.codeEnd;
        dataStart = other.dataStart;
        dataEnd = other.dataEnd;
        breakStart = other.breakStart;
        breakEnd = other.breakEnd;
        stackStart = other.stackStart;
        argumentsStart = other.argumentsStart;
        argumentsEnd = other.argumentsEnd;
        environmentStart = other.environmentStart;
        environmentEnd = other.environmentEnd;
        auxiliaryVector = other.auxiliaryVector;
        vdso = other.vdso;
        signalReturn = other.signalReturn;
    }

    /** Where the mmap area ends, leaving room for a stack of the given limit. */
    public static long mmapBaseFor(long stackLimit) {
        long gap = stackLimit > LARGEST_STACK_GAP ? LARGEST_STACK_GAP : stackLimit + GUARD_GAP;
        gap = Math.max(SMALLEST_STACK_GAP, Math.min(LARGEST_STACK_GAP, gap));
        return STACK_TOP - gap & -4096L;
    }
}
