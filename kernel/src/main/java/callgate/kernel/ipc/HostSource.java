package callgate.kernel.ipc;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.wait.Scheduler;
import callgate.kernel.wait.WaitQueue;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * What guests read of a stream of the host. A thread of its own reads the host, since only so can a
 * guest wait for input with poll and be interrupted by signals. It starts when a guest first asks,
 * and reads on only when guests have taken everything, so that little is read ahead. Closing does
 * not wait for a read of the host that hangs; its thread ends when that returns. Thread-safe.
 */
final class HostSource {
    private static final int CHUNK_BYTES = 65536;

    private enum Pump {
        NOT_STARTED,
        IDLE,
        READING,
        ENDED
    }

    private final Scheduler scheduler;
    private final InputStream stream;
    private final WaitQueue queue = new WaitQueue();

    // guarded by this; the pump fills the chunk while it is empty and the state is READING
    private byte[] chunk;
    private int start;
    private int end;
    private Pump pump = Pump.NOT_STARTED;
    private boolean failed;
    private int readers;

    HostSource(Scheduler scheduler, InputStream stream) {
        this.scheduler = scheduler;
        this.stream = stream;
    }

    WaitQueue queue() {
        return queue;
    }

    // ---- the guest's side ----

    synchronized void opened() {
        readers++;
    }

    synchronized void closed() {
        readers--;
        if (readers == 0) {
            pump = Pump.ENDED;
            chunk = null;
            start = 0;
            end = 0;
            notifyAll();
        }
    }

    /**
     * Takes what there is: a count, 0 at the end, {@code -EAGAIN} if there is nothing yet, {@code
     * -EIO} once if the stream failed.
     */
    synchronized long tryRead(IoBuffer to) {
        if (start < end) {
            int moved = to.put(chunk, start, (int) Math.min(end - start, to.remaining()));
            start += moved;
            return moved;
        }
        if (failed) {
            failed = false; // told once; then it is the end
            return -Errno.EIO;
        }
        if (pump == Pump.ENDED) {
            return 0;
        }
        demand();
        return -Errno.EAGAIN;
    }

    /** Puts bytes that were read back in front. */
    void unread(byte[] bytes, int offset, int length) {
        synchronized (this) {
            byte[] joined = new byte[length + end - start];
            System.arraycopy(bytes, offset, joined, 0, length);
            if (start < end) {
                System.arraycopy(chunk, start, joined, length, end - start);
            }
            chunk = joined;
            start = 0;
            end = joined.length;
        }
        queue.wake(PollEvents.READABLE);
    }

    synchronized int available() {
        return end - start;
    }

    synchronized int readiness() {
        if (start < end || failed) {
            return PollEvents.READABLE;
        }
        if (pump == Pump.ENDED) {
            return PollEvents.POLLHUP;
        }
        demand();
        return 0;
    }

    // ---- the host's side ----

    private void demand() {
        switch (pump) {
            case NOT_STARTED -> {
                pump = Pump.READING;
                scheduler.startHostThread("callgate-input", this::pump);
            }
            case IDLE -> {
                pump = Pump.READING;
                notifyAll();
            }
            case READING, ENDED -> {}
        }
    }

    private void pump() {
        byte[] bytes = new byte[CHUNK_BYTES];
        while (awaitDemand()) {
            int count;
            boolean error = false;
            try {
                count = stream.read(bytes, 0, bytes.length);
            } catch (IOException
                    | RuntimeException e) { // RuntimeException: the stream is the embedder's code
                count = -1;
                error = true;
            }
            deliver(bytes, count, error);
            queue.wake(count < 0 ? PollEvents.READABLE | PollEvents.POLLHUP : PollEvents.READABLE);
        }
    }

    private synchronized boolean awaitDemand() {
        while (pump == Pump.IDLE) {
            try {
                wait();
            } catch (InterruptedException e) {
                return false;
            }
        }
        return pump == Pump.READING;
    }

    private synchronized void deliver(byte[] bytes, int count, boolean error) {
        if (pump == Pump.ENDED) {
            return;
        }
        if (count < 0) {
            failed = error;
            pump = Pump.ENDED;
        } else if (count > 0) {
            pump = Pump.IDLE;
            if (start < end) { // something came back while the host was read
                byte[] joined = Arrays.copyOfRange(chunk, start, end + count);
                System.arraycopy(bytes, 0, joined, end - start, count);
                chunk = joined;
                end = joined.length;
            } else {
                chunk = bytes;
                end = count;
            }
            start = 0;
        }
    }
}
