package callgate.kernel;

import callgate.kernel.mm.HeapBuffer;
import callgate.kernel.task.Services;
import callgate.kernel.tty.PtyDriver;
import callgate.kernel.vfs.OpenFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;

/** A pseudo-terminal whose master's side is the host: two threads carry bytes. Thread-safe. */
final class Terminal {
    private static final int CHUNK_BYTES = 8192;

    private final Services services;
    private final PtyDriver.Ends ends;
    private final CountDownLatch outputEnded = new CountDownLatch(1);

    private Terminal(Services services, PtyDriver.Ends ends) {
        this.services = services;
        this.ends = ends;
    }

    /** Takes over the reference to the master. */
    static Terminal connect(
            Services services, PtyDriver.Ends ends, InputStream input, OutputStream output) {
        Terminal terminal = new Terminal(services, ends);
        OpenFile master = ends.master();
        master.retain();
        services.scheduler()
                .startHostThread("callgate-terminal-output", () -> terminal.carryOutput(output));
        services.scheduler()
                .startHostThread("callgate-terminal-input", () -> terminal.carryInput(input));
        return terminal;
    }

    void resize(int columns, int rows) {
        ends.resize(columns, rows);
    }

    int foregroundGroup() {
        return ends.terminal().foregroundGroup();
    }

    /** Waits until all that the guest wrote has reached the host. */
    boolean awaitOutput(long timeoutNanos) throws InterruptedException {
        return outputEnded.await(timeoutNanos, java.util.concurrent.TimeUnit.NANOSECONDS);
    }

    /** Until the last slave is closed: reading the master fails then. */
    private void carryOutput(OutputStream output) {
        HostCaller caller = new HostCaller(services.scheduler(), services.clock());
        byte[] bytes = new byte[CHUNK_BYTES];
        try {
            long count;
            while ((count = ends.master().read(caller, new HeapBuffer(bytes))) > 0) {
                if (output != null) {
                    output.write(bytes, 0, (int) count);
                    output.flush();
                }
            }
        } catch (IOException gone) {
            services.table().signalGroup(foregroundGroup(), callgate.kernel.abi.Signals.SIGHUP);
        } finally {
            outputEnded.countDown();
            ends.master().release();
        }
    }

    private void carryInput(InputStream input) {
        HostCaller caller = new HostCaller(services.scheduler(), services.clock());
        byte[] bytes = new byte[CHUNK_BYTES];
        try {
            int count;
            while (input != null && outputEnded.getCount() > 0 && (count = input.read(bytes)) > 0) {
                if (ends.master().write(caller, new HeapBuffer(bytes, 0, count)) < 0) {
                    return;
                }
            }
        } catch (IOException gone) {
            // as at the end of input: the guest reads on from a silent terminal
        } finally {
            ends.master().release();
        }
    }
}
