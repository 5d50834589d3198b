package callgate.kernel.task;

/**
 * What a process does on a signal: {@code struct sigaction} of riscv64, which has no restorer.
 *
 * @param handler address of a function, or {@link #SIG_DFL} or {@link #SIG_IGN}
 * @param mask signals blocked while the handler runs
 */
public record SignalAction(long handler, long flags, long mask) {
    public static final long SIG_DFL = 0;
    public static final long SIG_IGN = 1;

    public static final long SA_NOCLDSTOP = 1;
    public static final long SA_NOCLDWAIT = 2;
    public static final long SA_SIGINFO = 4;
    public static final long SA_ONSTACK = 0x0800_0000;
    public static final long SA_RESTART = 0x1000_0000;
    public static final long SA_NODEFER = 0x4000_0000;
    public static final long SA_RESETHAND = 0x8000_0000L;

    public static final SignalAction DEFAULT = new SignalAction(SIG_DFL, 0, 0);

    public boolean is(long flag) {
        return (flags & flag) != 0;
    }

    public boolean isIgnore() {
        return handler == SIG_IGN;
    }

    public boolean isDefault() {
        return handler == SIG_DFL;
    }

    public boolean isHandler() {
        return handler != SIG_DFL && handler != SIG_IGN;
    }
}
