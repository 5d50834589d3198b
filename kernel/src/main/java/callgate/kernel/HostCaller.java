package callgate.kernel;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.mm.UserMemory;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.ControllingTerminal;
import callgate.kernel.vfs.Credentials;
import callgate.kernel.wait.Clock;
import callgate.kernel.wait.Scheduler;
import callgate.kernel.wait.Waiter;

/**
 * The kernel itself as a caller of file operations, on a thread of the host: root, without memory,
 * session or signals.
 */
final class HostCaller implements Caller {
    private static final Credentials ROOT = Credentials.of(0, 0);

    private final Clock clock;
    private final Waiter waiter;

    HostCaller(Scheduler scheduler, Clock clock) {
        this.clock = clock;
        waiter = scheduler.newWaiter();
    }

    @Override
    public Credentials credentials() {
        return ROOT;
    }

    @Override
    public Waiter waiter() {
        return waiter;
    }

    @Override
    public UserMemory memory() {
        throw new ErrnoException(Errno.EFAULT);
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public int processId() {
        return 1;
    }

    @Override
    public long fileSizeLimit() {
        return Long.MAX_VALUE;
    }

    @Override
    public void signalSelf(int signal) {}

    @Override
    public void signalOwnGroup(int signal) {}

    @Override
    public int sessionId() {
        return 0;
    }

    @Override
    public int groupId() {
        return 0;
    }

    @Override
    public ControllingTerminal terminal() {
        return null;
    }

    @Override
    public void setTerminal(ControllingTerminal terminal) {}

    @Override
    public boolean ignoresOrBlocks(int signal) {
        return true;
    }

    @Override
    public boolean isGroupOrphaned() {
        return true;
    }
}
