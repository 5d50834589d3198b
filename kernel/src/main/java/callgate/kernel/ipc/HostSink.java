package callgate.kernel.ipc;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.wait.Scheduler;
import callgate.kernel.wait.WaitQueue;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Set;

/**
 * Where guests write to a stream of the host. A thread of its own writes to the host, since only so
 * can a writer be killed or interrupted while the host takes nothing; writers hand it one chunk at
 * a time. It starts with the first write. Once a write of the host has failed, there are no more.
 * Closing does not wait for a write of the host that hangs; the thread ends when that returns.
 * Thread-safe.
 */
final class HostSink {
    private static final int CHUNK_BYTES = 65536;
    private static final byte[] NONE = {};

    private enum Pump {
        NOT_STARTED,
        RUNNING
    }

    private final Scheduler scheduler;
    private final OutputStream stream;
    private final Set<HostSink> busy;
    private final WaitQueue queue = new WaitQueue();

    // guarded by this; the pump reads the chunk while its length is not 0
    private byte[] chunk;
    private int length;
    private byte[] overflow = NONE;
    private long accepted;
    private Pump pump = Pump.NOT_STARTED;
    private boolean broken;
    private int writers;

    /**
     * @param busy where this is while the host has not yet got a chunk; thread-safe
     */
    HostSink(Scheduler scheduler, OutputStream stream, Set<HostSink> busy) {
        this.scheduler = scheduler;
        this.stream = stream;
        this.busy = busy;
    }

    WaitQueue queue() {
        return queue;
    }

    // ---- the guest's side ----

    synchronized void opened() {
        writers++;
    }

    synchronized void closed() {
        writers--;
        notifyAll();
    }

    /** Takes a chunk: bytes, {@code -EAGAIN} while another is on its way, {@code -EPIPE}. */
    synchronized long tryWrite(IoBuffer from) {
        if (broken) {
            return -Errno.EPIPE;
        }
        if (length > 0) {
            return -Errno.EAGAIN;
        }
        startPump(); // first of all: it may fail, and what is taken must be written
        if (chunk == null) {
            chunk = new byte[CHUNK_BYTES];
        }
        length = from.get(chunk, 0, (int) Math.min(chunk.length, from.remaining()));
        if (length > 0) {
            accepted++;
            busy.add(this);
            notifyAll();
        }
        return length;
    }

    /**
     * How many bytes the next write takes: {@code -EAGAIN}, {@code -EPIPE} as {@link #tryWrite}.
     */
    synchronized long tryRoom() {
        if (broken) {
            return -Errno.EPIPE;
        }
        return length > 0 ? -Errno.EAGAIN : CHUNK_BYTES;
    }

    /** Takes all, behind a chunk that is on its way: a count or {@code -EPIPE}. */
    synchronized long writeWhole(IoBuffer from) {
        if (length == 0 && from.remaining() <= CHUNK_BYTES || broken) {
            return tryWrite(from);
        }
        int before = overflow.length;
        overflow = Arrays.copyOf(overflow, before + (int) from.remaining());
        return from.get(overflow, before, overflow.length - before);
    }

    /** How many chunks have been taken: {@link #tryFinish} asks for the last of them. */
    synchronized long accepted() {
        return accepted;
    }

    /** 0 if the host has got a chunk, {@code -EAGAIN} if not yet, {@code -EPIPE}. */
    synchronized long tryFinish(long chunkNumber) {
        if (accepted > chunkNumber || length == 0) {
            return 0;
        }
        return broken ? -Errno.EPIPE : -Errno.EAGAIN;
    }

    synchronized int readiness() {
        int events = length == 0 || broken ? PollEvents.WRITABLE : 0;
        return broken ? events | PollEvents.POLLERR : events;
    }

    /** Whether the host has got all that it will get. */
    synchronized boolean isIdle() {
        return length == 0 || broken;
    }

    /** Nobody waits for the host any more. */
    void abandon() {
        fail();
    }

    private void fail() {
        synchronized (this) {
            broken = true;
            busy.remove(this);
            notifyAll();
        }
        queue.wakeAll();
    }

    // ---- the host's side ----

    private void startPump() {
        if (pump == Pump.NOT_STARTED) {
            scheduler.startHostThread("callgate-output", this::pump);
            pump = Pump.RUNNING;
        }
    }

    private void pump() {
        while (awaitChunk()) {
            try {
                synchronized (stream) { // output and error may be the same stream
                    stream.write(chunk, 0, length);
                    stream.flush();
                }
                if (stream instanceof PrintStream print && print.checkError()) {
                    throw new IOException("a print stream keeps its errors to itself");
                }
            } catch (IOException
                    | RuntimeException e) { // RuntimeException: the stream is the embedder's code
                fail();
                return;
            }
            written();
        }
    }

    /** False at the end: nobody can write any more, or it makes no sense. */
    private synchronized boolean awaitChunk() {
        while (length == 0 && writers > 0 && !broken) {
            try {
                wait();
            } catch (InterruptedException e) {
                return false;
            }
        }
        boolean more = length > 0 && !broken;
        if (!more) {
            pump = Pump.NOT_STARTED; // it may be opened again
            chunk = null;
        }
        return more;
    }

    private void written() {
        synchronized (this) {
            length = overflow.length;
            if (length > 0) {
                chunk = overflow;
                overflow = NONE;
                accepted++;
            } else {
                busy.remove(this);
            }
        }
        queue.wake(PollEvents.WRITABLE);
    }
}
