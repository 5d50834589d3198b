package callgate.kernel.task;

import callgate.kernel.mm.SpaceLimits;

/** Resource limits of a process: getrlimit(2). Immutable; -1 is infinite. */
public final class Limits {
    public static final int COUNT = 16;
    public static final long INFINITE = -1;

    public static final int CPU = 0;
    public static final int FSIZE = 1;
    public static final int DATA = 2;
    public static final int STACK = 3;
    public static final int CORE = 4;
    public static final int RSS = 5;
    public static final int NPROC = 6;
    public static final int NOFILE = 7;
    public static final int MEMLOCK = 8;
    public static final int AS = 9;
    public static final int LOCKS = 10;
    public static final int SIGPENDING = 11;
    public static final int MSGQUEUE = 12;
    public static final int NICE = 13;
    public static final int RTPRIO = 14;
    public static final int RTTIME = 15;

    /** Highest descriptor limit that anybody may set, as Linux's fs.nr_open. */
    public static final long MAXIMUM_DESCRIPTORS = 1 << 20;

    private final long[] soft;
    private final long[] hard;

    private Limits(long[] soft, long[] hard) {
        this.soft = soft;
        this.hard = hard;
    }

    /** What a first process gets; {@code taskLimit} is that of the whole kernel. */
    static Limits initial(int taskLimit) {
        long[] soft = new long[COUNT];
        java.util.Arrays.fill(soft, INFINITE);
        long[] hard = soft.clone();
        soft[STACK] = 8L << 20;
        soft[CORE] = 0;
        soft[NPROC] = hard[NPROC] = taskLimit;
        soft[NOFILE] = 1024;
        hard[NOFILE] = 65536;
        soft[MEMLOCK] = hard[MEMLOCK] = 8L << 20;
        soft[SIGPENDING] = hard[SIGPENDING] = 4096;
        soft[MSGQUEUE] = hard[MSGQUEUE] = 819200;
        soft[NICE] = hard[NICE] = 0;
        soft[RTPRIO] = hard[RTPRIO] = 0;
        return new Limits(soft, hard);
    }

    public long soft(int resource) {
        return soft[resource];
    }

    public long hard(int resource) {
        return hard[resource];
    }

    /** These limits with one changed. */
    Limits with(int resource, long newSoft, long newHard) {
        long[] changedSoft = soft.clone();
        long[] changedHard = hard.clone();
        changedSoft[resource] = newSoft;
        changedHard[resource] = newHard;
        return new Limits(changedSoft, changedHard);
    }

    /** Those that address spaces keep to. */
    SpaceLimits forMemory() {
        return new SpaceLimits(bounded(AS), bounded(DATA), bounded(STACK), bounded(MEMLOCK));
    }

    private long bounded(int resource) {
        return soft[resource] < 0 ? Long.MAX_VALUE : soft[resource];
    }
}
