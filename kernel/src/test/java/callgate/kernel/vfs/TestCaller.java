package callgate.kernel.vfs;

import callgate.kernel.mm.UserMemory;
import callgate.kernel.wait.Clock;
import callgate.kernel.wait.HostClock;
import callgate.kernel.wait.HostScheduler;
import callgate.kernel.wait.Waiter;

/** A caller without a task. */
public final class TestCaller implements Caller {
    private static final Clock CLOCK = new HostClock();

    private final Credentials credentials;
    private final Waiter waiter;
    int lastSignal;
    long fileSizeLimit = Long.MAX_VALUE;

    TestCaller(Credentials credentials, HostScheduler scheduler) {
        this.credentials = credentials;
        waiter = scheduler.newWaiter();
    }

    @Override
    public Credentials credentials() {
        return credentials;
    }

    @Override
    public Waiter waiter() {
        return waiter;
    }

    @Override
    public UserMemory memory() {
        throw new UnsupportedOperationException("no guest memory here");
    }

    @Override
    public Clock clock() {
        return CLOCK;
    }

    @Override
    public int processId() {
        return 1;
    }

    @Override
    public long fileSizeLimit() {
        return fileSizeLimit;
    }

    @Override
    public void signalSelf(int signal) {
        lastSignal = signal;
    }

    @Override
    public void signalOwnGroup(int signal) {
        lastSignal = signal;
    }

    @Override
    public int sessionId() {
        return 1;
    }

    @Override
    public int groupId() {
        return 1;
    }

    @Override
    public ControllingTerminal terminal() {
        return null;
    }

    @Override
    public void setTerminal(ControllingTerminal terminal) {}

    @Override
    public boolean ignoresOrBlocks(int signal) {
        return false;
    }

    @Override
    public boolean isGroupOrphaned() {
        return false;
    }
}
