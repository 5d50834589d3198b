package callgate.kernel.task;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.Signals;
import callgate.kernel.wait.Alarm;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Interval timers (setitimer), POSIX timers (timer_create) and the CPU limit of a process.
 * Thread-safe.
 */
public final class ProcessTimers {
    public static final int ITIMER_REAL = 0;
    public static final int ITIMER_VIRTUAL = 1;
    public static final int ITIMER_PROF = 2;
    private static final int INTERVAL_TIMERS = 3;
    private static final int[] SIGNALS = {Signals.SIGALRM, Signals.SIGVTALRM, Signals.SIGPROF};

    private static final long SECOND = 1_000_000_000L;

    /** POSIX timers that a process may have; Linux bounds them by RLIMIT_SIGPENDING. */
    private static final int POSIX_LIMIT = 4096;

    /** What a POSIX timer takes of the host's heap, the scheduler's part included. */
    private static final int TIMER_BYTES = 512;

    private final Process process;
    private final Services services;

    /** Looked up under the lock of the process: so it has none of its own. */
    private final ConcurrentHashMap<Integer, PosixTimer> posix = new ConcurrentHashMap<>();

    // guarded by this
    private final Alarm[] intervals = new Alarm[INTERVAL_TIMERS];
    private int nextId;
    private Alarm cpuLimit;
    private boolean closed;

    ProcessTimers(Process process, Services services) {
        this.process = process;
        this.services = services;
    }

    private Alarm newAlarm(LongSupplier clock, java.util.function.LongConsumer action) {
        return new Alarm(services.scheduler(), services.clock(), clock, action);
    }

    private LongSupplier clock(int which) {
        return switch (which) {
            case ITIMER_REAL -> services.clock()::monotonicNanos;
            case ITIMER_VIRTUAL -> () -> process.usage().userNanos();
            default -> cpuClock();
        };
    }

    private LongSupplier cpuClock() {
        return () -> process.usage().cpuNanos();
    }

    // ---- interval timers ----

    /** One of the three, or null if the number is not valid. */
    public synchronized Alarm interval(int which) {
        if (which < 0 || which >= INTERVAL_TIMERS) {
            return null;
        }
        if (intervals[which] == null) {
            LongSupplier clock = clock(which);
            int signal = SIGNALS[which];
            intervals[which] = newAlarm(clock, count -> process.signal(SignalInfo.kernel(signal)));
        }
        return intervals[which];
    }

    // ---- POSIX timers ----

    /** A timer that tells its process by a signal, or not at all. */
    public final class PosixTimer {
        private final int id;
        private final int signal;
        private final long value;
        private final int tid;
        private final Alarm alarm;
        // guarded by the process: expirations since the signal was sent that is still pending, and
        // those of the one taken last
        private long overrun;
        private long reported;

        private PosixTimer(int id, int signal, long value, int tid, LongSupplier clock) {
            this.id = id;
            this.signal = signal;
            this.value = value;
            this.tid = tid;
            alarm = newAlarm(clock, this::expired);
        }

        public Alarm alarm() {
            return alarm;
        }

        private void expired(long count) {
            if (signal == 0) {
                return;
            }
            Task one = tid == 0 ? null : process.table().task(tid);
            if (tid != 0 && (one == null || one.process() != process)) {
                return;
            }
            synchronized (process) {
                if (process.pending.hasTimer(signal, id)
                        || one != null && one.pending.hasTimer(signal, id)) {
                    overrun += count;
                    return;
                }
                overrun = count - 1;
            }
            Signalling.send(process, one, SignalInfo.timer(signal, id, 0, value));
        }

        /**
         * Its signal is taken: says how many expirations that stands for. Guarded by the process.
         */
        private SignalInfo complete(SignalInfo info) {
            reported = Math.min(overrun, Integer.MAX_VALUE);
            overrun = 0;
            return SignalInfo.timer(info.signal(), id, (int) reported, value);
        }

        /** Expirations that were not told one by one before the last signal. */
        public int overrun() {
            return (int) reported;
        }
    }

    /**
     * A new timer.
     *
     * @param signal 0 for none
     * @param tid the task that gets it, or 0 for the process
     * @return its number or {@code -EAGAIN}
     */
    public synchronized int create(LongSupplier clock, int signal, long value, int tid) {
        if (posix.size() >= POSIX_LIMIT || closed || !services.heap().take(TIMER_BYTES)) {
            return -Errno.EAGAIN;
        }
        int id = nextId;
        while (posix.containsKey(id)) {
            id = id + 1 & Integer.MAX_VALUE;
        }
        nextId = id + 1 & Integer.MAX_VALUE;
        // without a value of the caller's, a timer's signal carries its number
        posix.put(id, new PosixTimer(id, signal, value == DEFAULT_VALUE ? id : value, tid, clock));
        return id;
    }

    /** As value of {@link #create}: the timer's own number. */
    public static final long DEFAULT_VALUE = Long.MIN_VALUE;

    /** A timer's signal as it is taken: with the overruns up to now. Guarded by the process. */
    SignalInfo complete(SignalInfo info) {
        PosixTimer timer = posix.get(info.pid());
        return timer == null ? info : timer.complete(info);
    }

    /** A timer, or null. */
    public PosixTimer find(int id) {
        return posix.get(id);
    }

    public boolean delete(int id) {
        PosixTimer timer = posix.remove(id);
        if (timer != null) {
            timer.alarm.cancel();
            services.heap().give(TIMER_BYTES);
        }
        return timer != null;
    }

    /** For exec: POSIX timers are not kept. */
    synchronized void deletePosix() {
        posix.keySet().forEach(this::delete);
    }

    // ---- the CPU limit ----

    /** RLIMIT_CPU: SIGXCPU each second beyond the soft limit, SIGKILL at the hard one. */
    synchronized void cpuLimitChanged() {
        long soft = process.limits.soft(Limits.CPU);
        if (closed || soft < 0 && cpuLimit == null) {
            return;
        }
        if (cpuLimit == null) {
            cpuLimit = newAlarm(cpuClock(), count -> beyondCpuLimit());
        }
        if (soft < 0 || soft > Long.MAX_VALUE / SECOND) {
            cpuLimit.cancel();
        } else {
            cpuLimit.setAt(Math.max(1, soft * SECOND), SECOND);
        }
    }

    /** A child begins with its parent's limit, and no time used. */
    void cpuLimitInherited() {
        if (process.limits.soft(Limits.CPU) >= 0) {
            cpuLimitChanged();
        }
    }

    private void beyondCpuLimit() {
        long hard = process.limits.hard(Limits.CPU);
        boolean atEnd = hard >= 0 && process.usage().cpuNanos() / SECOND >= hard;
        process.signal(SignalInfo.kernel(atEnd ? Signals.SIGKILL : Signals.SIGXCPU));
    }

    // ---- the end ----

    synchronized void close() {
        closed = true;
        deletePosix();
        for (Alarm alarm : intervals) {
            if (alarm != null) {
                alarm.cancel();
            }
        }
        if (cpuLimit != null) {
            cpuLimit.cancel();
        }
    }
}
