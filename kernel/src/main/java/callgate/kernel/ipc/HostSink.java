package callgate.kernel.ipc;

import callgate.kernel.abi.PollEvents;
import callgate.kernel.wait.Scheduler;
import callgate.kernel.wait.WaitQueue;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;

/**
 * Where guests write to a stream of the host. Once a write of the host has failed, there are no
 * more. Thread-safe.
 */
final class HostSink {
    private final Scheduler scheduler;
    private final OutputStream stream;
    private final WaitQueue queue = new WaitQueue();
    private volatile boolean broken;

    HostSink(Scheduler scheduler, OutputStream stream) {
        this.scheduler = scheduler;
        this.stream = stream;
    }

    WaitQueue queue() {
        return queue;
    }

    boolean isBroken() {
        return broken;
    }

    /** Writes and flushes all, on this thread; false if that failed, now or before. */
    boolean write(byte[] bytes, int count) {
        if (broken) {
            return false;
        }
        try {
            scheduler.blocking(
                    () -> {
                        synchronized (stream) { // output and error may be the same stream
                            stream.write(bytes, 0, count);
                            stream.flush();
                        }
                        if (stream instanceof PrintStream print && print.checkError()) {
                            throw new IOException("a print stream keeps its errors to itself");
                        }
                    });
            return true;
        } catch (IOException
                | RuntimeException e) { // RuntimeException: the stream is the embedder's code
            broken = true;
            queue.wake(PollEvents.POLLERR);
            return false;
        }
    }
}
