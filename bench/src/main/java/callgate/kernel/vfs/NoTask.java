package callgate.kernel.vfs;

import callgate.kernel.mm.UserMemory;
import callgate.kernel.wait.Clock;
import callgate.kernel.wait.HostClock;
import callgate.kernel.wait.HostScheduler;
import callgate.kernel.wait.Waiter;

/** Root, without a task, a session or a terminal. */
final class NoTask implements Caller, AutoCloseable {
    private final Credentials credentials = Credentials.of(0, 0);
    private final Clock clock = new HostClock();
    private final HostScheduler scheduler = new HostScheduler(clock, 1);
    private final Waiter waiter = scheduler.newWaiter();

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
    public void signalSelf(int signal) {
        throw new IllegalStateException("signal " + signal);
    }

    @Override
    public void signalOwnGroup(int signal) {
        throw new IllegalStateException("signal " + signal);
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

    @Override
    public void close() {
        scheduler.close();
    }
}
