package callgate.kernel.net;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.abi.SocketNumbers;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.vfs.HeapBudget;
import callgate.kernel.wait.WaitQueue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** Datagrams that a socket has got and not read. Thread-safe. */
final class MessageQueue {
    /** What a message costs besides its bytes. */
    private static final int MESSAGE_COST = 512;

    private final HeapBudget budget;
    private final FilesInFlight inFlight;
    private final WaitQueue reader;

    // guarded by this
    private final ArrayDeque<Message> messages = new ArrayDeque<>();
    private int bytes;
    private boolean closed;

    /**
     * @param ancillary or null
     */
    record Message(byte[] bytes, Address from, Ancillary ancillary) {
        private int cost() {
            return bytes.length + MESSAGE_COST;
        }
    }

    MessageQueue(Network network, WaitQueue reader) {
        budget = network.budget();
        inFlight = network.filesInFlight();
        this.reader = reader;
    }

    /**
     * Adds a message, taking over what goes along with it.
     *
     * @return 0, {@code -EAGAIN} if there is no room, {@code -ECONNREFUSED} if the reader is gone
     */
    int offer(Message message, int capacityBytes, int capacityMessages) {
        synchronized (this) {
            if (closed) {
                return -Errno.ECONNREFUSED;
            }
            boolean full =
                    messages.size() >= capacityMessages
                            || !messages.isEmpty() && bytes + message.cost() > capacityBytes;
            if (full || !budget.take(message.cost())) {
                return -Errno.EAGAIN;
            }
            messages.add(message);
            inFlight.sent(message.ancillary);
            bytes += message.cost();
        }
        reader.wake(PollEvents.READABLE);
        return 0;
    }

    /** Reads a message, or as much of it as the buffer takes; {@code -EAGAIN} if there is none. */
    long tryRead(IoBuffer to, Receiving receiving) {
        boolean peek = receiving.has(SocketNumbers.MSG_PEEK);
        Message message;
        boolean left;
        synchronized (this) {
            message = messages.peek();
            if (message == null) {
                return -Errno.EAGAIN;
            }
            if (peek && message.ancillary != null) {
                message.ancillary.copy();
            }
            if (!peek) {
                inFlight.leaving(message.ancillary);
                messages.poll();
                bytes -= message.cost();
                budget.give(message.cost());
            }
            left = !messages.isEmpty();
        }
        if (left) {
            reader.wakeNext(PollEvents.READABLE);
        }
        receiving.ancillary = message.ancillary;
        receiving.from = message.from;
        receiving.messageBytes = message.bytes.length;
        int length = (int) Math.min(message.bytes.length, to.remaining());
        int done = length == 0 ? 0 : to.put(message.bytes, 0, length);
        if (done < message.bytes.length) {
            receiving.messageFlags |= SocketNumbers.MSG_TRUNC;
        }
        return done;
    }

    synchronized boolean isReadable() {
        return !messages.isEmpty();
    }

    synchronized int size() {
        return messages.size();
    }

    /** Bytes of the next message. */
    synchronized int available() {
        Message message = messages.peek();
        return message == null ? 0 : message.bytes.length;
    }

    /** Forgets everything, and takes no more. */
    void close() {
        List<Message> left;
        synchronized (this) {
            closed = true;
            left = new ArrayList<>(messages);
            left.forEach(message -> inFlight.leaving(message.ancillary));
            messages.clear();
            budget.give(bytes);
            bytes = 0;
        }
        for (Message message : left) {
            if (message.ancillary != null) {
                message.ancillary.release();
            }
        }
        reader.wakeAll();
    }

    /** What came along with unread messages. */
    synchronized List<Ancillary> filesInFlight() {
        List<Ancillary> found = new ArrayList<>();
        for (Message message : messages) {
            if (message.ancillary != null) {
                found.add(message.ancillary);
            }
        }
        return found;
    }
}
