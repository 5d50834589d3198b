package callgate.kernel.mm;

/**
 * Resource limits that bound an address space, in bytes; {@code Long.MAX_VALUE} is RLIM_INFINITY.
 * Immutable.
 *
 * @param addressSpace RLIMIT_AS
 * @param data RLIMIT_DATA
 * @param stack RLIMIT_STACK
 * @param locked RLIMIT_MEMLOCK
 */
public record SpaceLimits(long addressSpace, long data, long stack, long locked) {
    /** Linux's defaults: 8 MiB of stack, 8 MiB locked, the others without limit. */
    public static final SpaceLimits DEFAULT =
            new SpaceLimits(Long.MAX_VALUE, Long.MAX_VALUE, 8L << 20, 8L << 20);
}
