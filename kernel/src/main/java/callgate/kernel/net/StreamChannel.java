package callgate.kernel.net;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.abi.SocketNumbers;
import callgate.kernel.ipc.ByteRing;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.wait.WaitQueue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * One direction of a connection: bytes from a writer to a reader, with messages marked where
 * something goes along with them. Thread-safe.
 */
final class StreamChannel {
    /** Whether a read takes bytes as they are, or one whole message. */
    enum Framing {
        BYTES,
        MESSAGES
    }

    /** What a message costs of the capacity besides its bytes: bounds the number of empty ones. */
    private static final int MESSAGE_COST = 256;

    private final Framing framing;
    private final FilesInFlight inFlight;
    private final WaitQueue writer;
    private final WaitQueue reader;

    // guarded by this
    private final ByteRing ring;
    private final ArrayDeque<Mark> marks = new ArrayDeque<>();
    private long taken;
    private int capacity;
    private boolean writerDone;
    private boolean readerDone;
    private boolean closed;

    /**
     * A message with something along with it, or any of {@link Framing#MESSAGES}; {@code start}
     * counts from the channel's first byte.
     */
    private record Mark(long start, int length, Ancillary ancillary) {
        long end() {
            return start + length;
        }
    }

    /**
     * @param writer the queue of the writing socket; {@code reader} that of the other
     */
    StreamChannel(
            Network network, Framing framing, WaitQueue writer, WaitQueue reader, int capacity) {
        this.framing = framing;
        inFlight = network.filesInFlight();
        this.writer = writer;
        this.reader = reader;
        this.capacity = capacity;
        ring = new ByteRing(network.budget());
    }

    // ---- writing ----

    /**
     * Writes what fits: bytes, or {@code -EAGAIN}, {@code -EPIPE} if nobody will read, {@code
     * -EMSGSIZE}.
     */
    long tryWrite(IoBuffer from, Sending message) {
        long done;
        synchronized (this) {
            if (readerDone || closed) {
                return -Errno.EPIPE;
            }
            if (writerDone) {
                return -Errno.EPIPE;
            }
            done =
                    framing == Framing.BYTES
                            ? writeBytes(from, message)
                            : writeMessage(from, message);
            if (done < 0) {
                return done;
            }
        }
        reader.wake(PollEvents.READABLE);
        return done;
    }

    private int room() {
        return capacity - ring.count() - MESSAGE_COST * marks.size();
    }

    private long writeBytes(IoBuffer from, Sending message) {
        int room = ring.reserve((int) Math.min(from.remaining(), Math.max(0, room())));
        if (room == 0) {
            return -Errno.EAGAIN;
        }
        long start = taken + ring.count();
        int moved = ring.put(from, room);
        if (message.ancillary != null && moved > 0) {
            add(new Mark(start, moved, message.ancillary));
            message.ancillary = null;
        }
        return moved;
    }

    private long writeMessage(IoBuffer from, Sending message) {
        long length = from.remaining();
        if (length > capacity - MESSAGE_COST) {
            return -Errno.EMSGSIZE;
        }
        if (length > room() - MESSAGE_COST) {
            return -Errno.EAGAIN;
        }
        if (ring.reserve((int) length) < length) {
            return ring.count() > 0 ? -Errno.EAGAIN : -Errno.ENOBUFS;
        }
        int moved = ring.put(from, (int) length);
        if (moved < length) {
            ring.unput(moved);
            return -Errno.EFAULT;
        }
        add(new Mark(taken + ring.count() - moved, moved, message.ancillary));
        message.ancillary = null;
        return moved;
    }

    private void add(Mark mark) {
        marks.add(mark);
        inFlight.sent(mark.ancillary);
    }

    // ---- reading ----

    /** Reads what there is: bytes, 0 at the end, or {@code -EAGAIN}. */
    long tryRead(IoBuffer to, Receiving message) {
        boolean peek = message.has(SocketNumbers.MSG_PEEK);
        long done;
        boolean left;
        boolean roomy;
        synchronized (this) {
            Mark mark = marks.peek();
            if (framing == Framing.BYTES ? ring.count() == 0 : mark == null) {
                return writerDone || closed ? 0 : -Errno.EAGAIN;
            }
            done =
                    framing == Framing.BYTES
                            ? readBytes(to, message, mark, peek)
                            : readMessage(to, message, mark, peek);
            left = isReadable();
            roomy = isWritable();
        }
        if (!peek && roomy) {
            writer.wake(PollEvents.WRITABLE);
        }
        if (left) {
            reader.wakeNext(PollEvents.READABLE);
        }
        return done;
    }

    /** Bytes up to the next message with something along, or of that one alone. */
    private int readBytes(IoBuffer to, Receiving message, Mark mark, boolean peek) {
        int limit = ring.count();
        if (mark != null) {
            limit = (int) ((mark.start > taken ? mark.start : mark.end()) - taken);
        }
        if (peek) {
            int done = ring.peek(to, limit);
            if (mark != null && mark.start <= taken && done > 0) {
                message.ancillary = mark.ancillary.copy();
            }
            return done;
        }
        int done = ring.take(to, limit);
        if (mark != null && mark.start <= taken && done > 0) {
            inFlight.leaving(mark.ancillary);
            marks.poll();
            message.ancillary = mark.ancillary;
        }
        taken += done;
        return done;
    }

    private long readMessage(IoBuffer to, Receiving message, Mark mark, boolean peek) {
        message.messageBytes = mark.length;
        int done = ring.peek(to, mark.length);
        if (done < mark.length) {
            message.messageFlags |= SocketNumbers.MSG_TRUNC;
        }
        if (mark.ancillary != null) {
            message.ancillary = peek ? mark.ancillary.copy() : mark.ancillary;
        }
        if (!peek) {
            inFlight.leaving(mark.ancillary);
            ring.drop(mark.length);
            taken += mark.length;
            marks.poll();
        }
        return done;
    }

    // ---- ends ----

    /** The writer writes no more: the reader will find the end. */
    void endWriting() {
        synchronized (this) {
            writerDone = true;
        }
        reader.wakeAll();
        writer.wakeAll();
    }

    /** Nobody will read what is written from now on. */
    void endReading() {
        synchronized (this) {
            readerDone = true;
        }
        reader.wakeAll();
        writer.wakeAll();
    }

    /** The reader is gone; whether it left something unread. */
    boolean closeReader() {
        List<Ancillary> unread = new ArrayList<>();
        boolean left;
        synchronized (this) {
            left = isReadable();
            readerDone = true;
            closed = true;
            for (Mark mark : marks) {
                if (mark.ancillary != null) {
                    inFlight.leaving(mark.ancillary);
                    unread.add(mark.ancillary);
                }
            }
            marks.clear();
            ring.clear();
        }
        unread.forEach(Ancillary::release);
        return left;
    }

    void wakeBoth() {
        reader.wakeAll();
        writer.wakeAll();
    }

    // ---- state ----

    synchronized boolean isReadable() {
        return framing == Framing.BYTES ? ring.count() > 0 : !marks.isEmpty();
    }

    /** Whether a writer should be told that there is room; not at every byte. */
    synchronized boolean isWritable() {
        return room() >= capacity / 2;
    }

    synchronized boolean isWriterDone() {
        return writerDone;
    }

    synchronized boolean isReaderDone() {
        return readerDone;
    }

    synchronized boolean isClosed() {
        return closed;
    }

    synchronized int count() {
        return ring.count();
    }

    /** Bytes that the next read would give. */
    synchronized int available() {
        Mark mark = marks.peek();
        return framing == Framing.MESSAGES && mark != null ? mark.length : ring.count();
    }

    void setCapacity(int lengthBytes) {
        synchronized (this) {
            capacity = Math.max(ByteRing.MINIMUM, lengthBytes);
        }
        writer.wake(PollEvents.WRITABLE);
    }

    /** What came along with unread messages. */
    synchronized List<Ancillary> filesInFlight() {
        List<Ancillary> found = new ArrayList<>();
        for (Mark mark : marks) {
            if (mark.ancillary != null) {
                found.add(mark.ancillary);
            }
        }
        return found;
    }
}
