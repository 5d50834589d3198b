package callgate.kernel;

import callgate.kernel.abi.Signals;
import callgate.kernel.ipc.HostOutput;
import callgate.kernel.task.Process;
import callgate.kernel.task.Services;
import callgate.kernel.task.Shutdown;
import callgate.kernel.task.SignalInfo;
import callgate.kernel.wait.WaitQueue;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The outside's hold on a process that was started from there. */
final class StartedProcess implements GuestProcess {
    /** How long the rest of a terminal's output may take to reach the host. */
    private static final long DRAIN_NANOS = 2_000_000_000L;

    private static final int SIGNAL_BITS = 0x7f;

    private final Process process;
    private final Services services;
    private final Terminal terminal;
    private final List<HostOutput> outputs;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean killed;

    /**
     * @param outputs the streams of the host that it was given
     */
    StartedProcess(
            Process process, Services services, Terminal terminal, List<HostOutput> outputs) {
        this.process = process;
        this.services = services;
        this.terminal = terminal;
        this.outputs = outputs;
        WaitQueue.Listener look = events -> look();
        process.endEvents().add(look, -1);
        outputs.forEach(output -> output.waitQueue().add(look, -1));
        look();
    }

    /**
     * Finds out whether it has ended and its output has reached the host. What a killed one wrote
     * is not waited for: the host may never take it.
     */
    private void look() {
        if (process.isLive()) {
            return;
        }
        boolean byItself = !killed && (process.exitStatus() & SIGNAL_BITS) == 0;
        if (!byItself || outputs.stream().allMatch(HostOutput::isIdle)) {
            ended.countDown();
        }
    }

    @Override
    public int pid() {
        return process.pid();
    }

    @Override
    public Exit waitFor(Duration timeout) throws InterruptedException {
        if (timeout == null) {
            ended.await();
        } else if (!ended.await(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
            return null;
        }
        if (terminal != null) {
            terminal.awaitOutput(killed ? 0 : DRAIN_NANOS);
        }
        int status = process.exitStatus();
        int signal = status & SIGNAL_BITS;
        return new Exit(signal == 0 ? status >> 8 & 0xff : 0, signal);
    }

    @Override
    public void kill(int signal) {
        process.signal(SignalInfo.kernel(signal));
        if (signal == Signals.SIGKILL) {
            killed = true;
            look();
            Shutdown.killSession(services.table(), process.pid());
        }
    }

    @Override
    public void end() {
        kill(Signals.SIGKILL);
        services.table().killSession(process.pid()); // it leads the session
    }

    @Override
    public void interrupt(int signal) {
        int group = terminal == null ? 0 : terminal.foregroundGroup();
        if (group > 0) {
            services.table().signalGroup(group, signal);
        } else {
            kill(signal);
        }
    }

    @Override
    public void resize(int columns, int rows) {
        if (terminal != null) {
            terminal.resize(columns, rows);
        }
    }

    @Override
    public Usage usage() {
        callgate.kernel.task.Usage used = process.usage().plus(process.childrenUsage());
        return new Usage(used.userNanos(), used.systemNanos(), used.maxResidentBytes());
    }
}
