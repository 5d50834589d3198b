package callgate.kernel.task;

/** An alternate signal stack: sigaltstack(2). */
record AltStack(long base, int flags, long sizeBytes) {
    static final int SS_ONSTACK = 1;
    static final int SS_DISABLE = 2;
    static final int SS_AUTODISARM = 1 << 31;

    /** riscv64's MINSIGSTKSZ. */
    static final long MINIMUM_BYTES = 2048;

    static final AltStack NONE = new AltStack(0, 0, 0);

    boolean isEnabled() {
        return sizeBytes != 0;
    }

    /** Whether a stack pointer lies in it; one that disarms itself is never "in use". */
    boolean contains(long stackPointer) {
        return (flags & SS_AUTODISARM) == 0 && isWithin(stackPointer);
    }

    boolean isWithin(long stackPointer) {
        return isEnabled() && stackPointer - base > 0 && stackPointer - base <= sizeBytes;
    }

    /** What sigaltstack reports in {@code ss_flags}. */
    int reportedFlags(long stackPointer) {
        int state = !isEnabled() ? SS_DISABLE : contains(stackPointer) ? SS_ONSTACK : 0;
        return state | flags & SS_AUTODISARM;
    }

    /** An alternate stack from a {@code stack_t}; null if its flags or size are not valid. */
    static AltStack parse(long base, int flags, long sizeBytes) {
        int mode = flags & ~SS_AUTODISARM;
        if (mode == SS_DISABLE) {
            return new AltStack(0, flags & SS_AUTODISARM, 0);
        }
        return mode == 0 || mode == SS_ONSTACK
                ? new AltStack(base, flags & SS_AUTODISARM, sizeBytes)
                : null;
    }
}
