package callgate.kernel.sys;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.mm.UserMemory;
import callgate.kernel.task.Task;
import callgate.kernel.wait.Scheduler;

/**
 * {@code struct timespec} and {@code struct timeval} in guest memory: 64-bit seconds, and 64-bit
 * nano- or microseconds.
 */
final class TimeValues {
    static final long SECOND = 1_000_000_000L;

    private static final long MICROSECOND = 1_000L;
    private static final long LARGEST_SECONDS = Long.MAX_VALUE / SECOND - 1;

    private TimeValues() {}

    /**
     * Nanoseconds of a timespec, cut to what a long holds; EINVAL if it is negative or its
     * nanoseconds are not below a second.
     */
    static long readTimespec(UserMemory memory, long address) {
        return nanos(memory.readLong(address), memory.readLong(address + 8), SECOND, 1);
    }

    /** As {@link #readTimespec}, for a timeval. */
    static long readTimeval(UserMemory memory, long address) {
        return nanos(
                memory.readLong(address),
                memory.readLong(address + 8),
                SECOND / MICROSECOND,
                MICROSECOND);
    }

    private static long nanos(long seconds, long fraction, long limit, long unit) {
        if (seconds < 0 || fraction < 0 || fraction >= limit) {
            throw new ErrnoException(Errno.EINVAL);
        }
        return seconds > LARGEST_SECONDS ? Long.MAX_VALUE : seconds * SECOND + fraction * unit;
    }

    static void writeTimespec(UserMemory memory, long address, long nanos) {
        memory.writeLong(address, Math.floorDiv(nanos, SECOND));
        memory.writeLong(address + 8, Math.floorMod(nanos, SECOND));
    }

    static void writeTimeval(UserMemory memory, long address, long nanos) {
        memory.writeLong(address, Math.floorDiv(nanos, SECOND));
        memory.writeLong(address + 8, Math.floorMod(nanos, SECOND) / MICROSECOND);
    }

    /**
     * The monotonic deadline of an optional relative timespec: {@link Scheduler#NEVER} if the
     * address is 0.
     */
    static long deadline(Task task, long timespec) {
        return timespec == 0 ? Scheduler.NEVER : after(task, readTimespec(task.memory(), timespec));
    }

    /** The monotonic time {@code nanos} from now. */
    static long after(Task task, long nanos) {
        long now = task.clock().monotonicNanos();
        return nanos > Scheduler.NEVER - now ? Scheduler.NEVER : now + nanos;
    }
}
