package callgate.kernel.tty;

import callgate.kernel.abi.PollEvents;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.Inode;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.vfs.Path;
import callgate.kernel.wait.WaitQueue;

/** An open master: a terminal emulator's end of a pseudo-terminal. */
final class PtyMaster extends OpenFile {
    private final PtyDriver driver;
    private final Tty tty;
    private final Path path;
    private volatile boolean packets;

    PtyMaster(PtyDriver driver, Tty tty, Path path, int flags) {
        super(flags);
        this.driver = driver;
        this.tty = tty;
        this.path = path;
    }

    Tty tty() {
        return tty;
    }

    PtyDriver driver() {
        return driver;
    }

    /** TIOCPKT: a byte before each read says what it is; here always TIOCPKT_DATA. */
    void setPackets(boolean on) {
        packets = on;
    }

    boolean packets() {
        return packets;
    }

    @Override
    public Inode inode() {
        return path.inode();
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public long read(Caller caller, IoBuffer to) {
        if (to.remaining() == 0) {
            return 0;
        }
        return whenReady(caller, PollEvents.READABLE, () -> take(to));
    }

    private long take(IoBuffer to) {
        if (!packets) {
            return tty.tryTake(to);
        }
        if (tty.shown() == 0) {
            return tty.tryTake(to); // -EAGAIN or -EIO
        }
        to.putZeros(1);
        return to.remaining() == 0 ? 1 : 1 + Math.max(0, tty.tryTake(to));
    }

    @Override
    public long write(Caller caller, IoBuffer from) {
        return writeAll(caller, from, () -> tty.tryType(from));
    }

    @Override
    public long ioctl(Caller caller, int request, long argument) {
        return TtyIoctls.master(this, caller, request, argument);
    }

    @Override
    public int poll() {
        return tty.masterReadiness();
    }

    @Override
    public WaitQueue waitQueue() {
        return tty.masterQueue();
    }

    @Override
    protected void closed() {
        driver.masterClosed(tty);
    }
}
