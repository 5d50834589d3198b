package callgate.kernel.sys;

import callgate.kernel.task.Process;
import callgate.kernel.task.Task;
import java.util.function.LongSupplier;

/** The clocks of clock_gettime(2), by number. */
final class Clocks {
    static final int REALTIME = 0;
    static final int MONOTONIC = 1;
    static final int PROCESS_CPUTIME = 2;
    static final int THREAD_CPUTIME = 3;
    static final int MONOTONIC_RAW = 4;
    static final int REALTIME_COARSE = 5;
    static final int MONOTONIC_COARSE = 6;
    static final int BOOTTIME = 7;
    static final int REALTIME_ALARM = 8;
    static final int BOOTTIME_ALARM = 9;
    static final int TAI = 11;

    /** Resolution of the coarse clocks: a jiffy. */
    static final long COARSE_NANOS = 4_000_000;

    private Clocks() {}

    /**
     * Now, by a clock; a negative result is a negative errno's absence: {@link #isKnown} must hold.
     */
    static long now(Task task, int clock) {
        return switch (clock) {
            case REALTIME, REALTIME_ALARM, TAI -> task.clock().realtimeNanos();
            case MONOTONIC, MONOTONIC_RAW, BOOTTIME, BOOTTIME_ALARM ->
                    task.clock().monotonicNanos();
            case REALTIME_COARSE -> coarse(task.clock().realtimeNanos());
            case MONOTONIC_COARSE -> coarse(task.clock().monotonicNanos());
            case PROCESS_CPUTIME -> cpu(task.process());
            case THREAD_CPUTIME -> task.usage().cpuNanos();
            default -> dynamic(task, clock).getAsLong();
        };
    }

    private static long coarse(long nanos) {
        return nanos - nanos % COARSE_NANOS;
    }

    private static long cpu(Process process) {
        return process.usage().cpuNanos();
    }

    static boolean isKnown(Task task, int clock) {
        return clock >= 0 ? clock <= BOOTTIME_ALARM || clock == TAI : dynamic(task, clock) != null;
    }

    /**
     * The CPU clock of another process or task: {@code ~pid << 3}, with 4 for a task, and 0 to 2
     * for what is counted (linux/posix-timers.h). Null if there is none.
     */
    private static LongSupplier dynamic(Task task, int clock) {
        int number = ~(clock >> 3);
        int kind = clock & 3;
        if (clock >= 0 || kind == 3) {
            return null;
        }
        if ((clock & 4) != 0) {
            Task other = number == 0 ? task : task.process().table().task(number);
            return other == null || other.process() != task.process()
                    ? null
                    : () -> other.usage().cpuNanos();
        }
        Process process = number == 0 ? task.process() : task.process().table().process(number);
        return process == null ? null : () -> cpu(process);
    }

    /** adjtimex(2) that only asks: a {@code struct timex} of a clock that nobody disciplines. */
    static long adjust(Task task, long values) {
        var memory = task.memory();
        if (memory.readInt(values) != 0) {
            return -callgate.kernel.abi.Errno.EPERM;
        }
        memory.clear(values + 8, 200);
        memory.writeInt(values + 40, STA_UNSYNC);
        memory.writeLong(values + 88, 10_000); // microseconds a tick
        TimeValues.writeTimeval(memory, values + 72, task.clock().realtimeNanos());
        return TIME_ERROR;
    }

    private static final int STA_UNSYNC = 0x40;
    private static final int TIME_ERROR = 5;

    /** A clock to read later, from any thread; null if it cannot be used for timers. */
    static LongSupplier forTimer(Task task, int clock) {
        return switch (clock) {
            case REALTIME, REALTIME_ALARM, TAI -> task.clock()::realtimeNanos;
            case MONOTONIC, BOOTTIME, BOOTTIME_ALARM -> task.clock()::monotonicNanos;
            case PROCESS_CPUTIME -> {
                Process process = task.process();
                yield () -> cpu(process);
            }
            case THREAD_CPUTIME -> () -> task.usage().cpuNanos();
            default -> dynamic(task, clock);
        };
    }
}
