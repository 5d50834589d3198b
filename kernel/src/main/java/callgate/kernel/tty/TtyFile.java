package callgate.kernel.tty;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.abi.Signals;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.Inode;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.vfs.Path;
import callgate.kernel.wait.Scheduler;
import callgate.kernel.wait.WaitQueue;

/** An open slave: the terminal that programs see. */
final class TtyFile extends OpenFile {
    private static final long TENTH_OF_A_SECOND = 100_000_000L;

    private final Tty tty;
    private final Path path;

    /** The tty has been told of the opening. */
    TtyFile(Tty tty, Path path, int flags) {
        super(flags);
        this.tty = tty;
        this.path = path;
    }

    Tty tty() {
        return tty;
    }

    @Override
    public Inode inode() {
        return path.inode();
    }

    @Override
    public Path path() {
        return path;
    }

    // ---- job control: see "Terminal access control" in credentials(7) and termios(3) ----

    private boolean isInBackground(Caller caller) {
        int foreground = tty.foregroundGroup();
        return caller.terminal() == tty && foreground != 0 && caller.groupId() != foreground;
    }

    private long mayRead(Caller caller) {
        if (!isInBackground(caller)) {
            return 0;
        }
        if (caller.ignoresOrBlocks(Signals.SIGTTIN) || caller.isGroupOrphaned()) {
            return -Errno.EIO;
        }
        caller.signalOwnGroup(Signals.SIGTTIN);
        return -Errno.ERESTARTSYS;
    }

    /** Whether a background task may change the terminal, or with TOSTOP write to it. */
    long mayChange(Caller caller) {
        if (!isInBackground(caller) || caller.ignoresOrBlocks(Signals.SIGTTOU)) {
            return 0;
        }
        if (caller.isGroupOrphaned()) {
            return -Errno.EIO;
        }
        caller.signalOwnGroup(Signals.SIGTTOU);
        return -Errno.ERESTARTSYS;
    }

    // ---- data ----

    @Override
    public long read(Caller caller, IoBuffer to) {
        if (to.remaining() == 0) {
            return 0;
        }
        long allowed = mayRead(caller);
        if (allowed != 0) {
            return allowed;
        }
        Termios termios = tty.termios();
        return termios.has(Termios.ICANON)
                ? readWhen(caller, to, 1, Scheduler.NEVER)
                : readRaw(caller, to, termios);
    }

    /** Raw mode: VMIN bytes, or VTIME tenths of a second, as termios(3) says. */
    private long readRaw(Caller caller, IoBuffer to, Termios termios) {
        int minimum = (int) Math.min(termios.character(Termios.VMIN), to.remaining());
        long timeNanos = termios.character(Termios.VTIME) * TENTH_OF_A_SECOND;
        if (minimum == 0) {
            long deadline = timeNanos == 0 ? 0 : caller.clock().monotonicNanos() + timeNanos;
            long result = readWhen(caller, to, 1, deadline);
            return result == -Errno.EAGAIN && (!isNonBlocking() || timeNanos == 0) ? 0 : result;
        }
        if (timeNanos == 0 || minimum == 1) {
            return readWhen(caller, to, minimum, Scheduler.NEVER);
        }
        return readBetweenBytes(caller, to, minimum, timeNanos);
    }

    /** VMIN and VTIME both set: a timer runs between bytes, after the first. */
    private long readBetweenBytes(Caller caller, IoBuffer to, int minimum, long timeNanos) {
        long result = readWhen(caller, to, 1, Scheduler.NEVER);
        while (result > 0 && to.transferred() < minimum) {
            long next = readWhen(caller, to, 1, caller.clock().monotonicNanos() + timeNanos);
            if (next <= 0) {
                break;
            }
        }
        return result > 0 ? to.transferred() : result;
    }

    private long readWhen(Caller caller, IoBuffer to, int wanted, long deadlineNanos) {
        if (isNonBlocking()) {
            return tty.tryRead(to, wanted);
        }
        return caller.waiter()
                .retry(
                        tty.slaveQueue(),
                        PollEvents.READABLE,
                        deadlineNanos,
                        () -> {
                            long allowed = mayRead(caller);
                            return allowed != 0 ? allowed : tty.tryRead(to, wanted);
                        });
    }

    @Override
    public long write(Caller caller, IoBuffer from) {
        if (tty.termios().has(Termios.TOSTOP)) {
            long allowed = mayChange(caller);
            if (allowed != 0) {
                return allowed;
            }
        }
        return writeAll(caller, from, () -> tty.tryWrite(from));
    }

    @Override
    public long ioctl(Caller caller, int request, long argument) {
        return TtyIoctls.slave(this, caller, request, argument);
    }

    @Override
    public int poll() {
        return tty.slaveReadiness();
    }

    @Override
    public WaitQueue waitQueue() {
        return tty.slaveQueue();
    }

    @Override
    public long sync(Caller caller) {
        return -Errno.EINVAL;
    }

    @Override
    protected void closed() {
        tty.closeSlave();
    }
}
