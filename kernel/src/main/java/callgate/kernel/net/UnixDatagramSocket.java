package callgate.kernel.net;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.abi.Signals;
import callgate.kernel.abi.SocketNumbers;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.Credentials;
import java.util.List;

/**
 * AF_UNIX SOCK_DGRAM: messages that arrive, whole and in order; a full receiver makes the sender
 * wait. See unix(7).
 */
final class UnixDatagramSocket extends Socket {
    /** As {@code net.unix.max_dgram_qlen} allows. */
    private static final int QUEUE_MESSAGES = 11;

    /** What Linux keeps of the send buffer for itself. */
    private static final int RESERVED_BYTES = 32;

    private final MessageQueue messages;
    private volatile UnixNames.Bound bound;
    private volatile UnixDatagramSocket peer;
    private volatile Sender peerCredentials = new Sender(0, -1, -1);
    private volatile boolean readShut;
    private volatile boolean writeShut;
    private volatile boolean gone;

    UnixDatagramSocket(Network network, Credentials owner) {
        super(network, SocketNumbers.AF_UNIX, SocketNumbers.SOCK_DGRAM, owner);
        messages = new MessageQueue(network, waitQueue());
    }

    static void pair(Caller caller, UnixDatagramSocket one, UnixDatagramSocket two) {
        one.peer = two;
        two.peer = one;
        one.peerCredentials = Sender.of(caller);
        two.peerCredentials = one.peerCredentials;
    }

    // ---- names ----

    @Override
    public long bind(Caller caller, byte[] encoded) {
        UnixAddress wanted = UnixAddress.decode(encoded);
        synchronized (this) {
            if (bound != null) {
                return wanted.kind() == UnixAddress.Kind.UNNAMED ? 0 : -Errno.EINVAL;
            }
            bound = network().unixNames().bind(caller, this, wanted);
            return 0;
        }
    }

    @Override
    boolean isConnected() {
        return peer != null;
    }

    private UnixAddress address() {
        UnixNames.Bound name = bound;
        return name == null ? UnixAddress.UNNAMED : name.address();
    }

    @Override
    public Address localAddress() {
        return address();
    }

    @Override
    public Address peerAddress() {
        UnixDatagramSocket to = peer;
        if (to == null) {
            throw new ErrnoException(Errno.ENOTCONN);
        }
        return to.address();
    }

    @Override
    Sender peer() {
        return peerCredentials;
    }

    @Override
    public long connect(Caller caller, byte[] encoded) {
        if (encoded.length >= 2 && SocketBytes.getShort(encoded, 0) == SocketNumbers.AF_UNSPEC) {
            peer = null;
            waitQueue().wakeAll();
            return 0;
        }
        UnixDatagramSocket target = find(caller, encoded);
        if (!target.accepts(this)) {
            return -Errno.EPERM;
        }
        peer = target;
        waitQueue().wakeAll();
        return 0;
    }

    private UnixDatagramSocket find(Caller caller, byte[] encoded) {
        Socket found = network().unixNames().find(caller, UnixAddress.decode(encoded));
        if (!(found instanceof UnixDatagramSocket target)) {
            throw new ErrnoException(Errno.EPROTOTYPE);
        }
        return target;
    }

    /** A connected socket takes messages from its peer only. */
    private boolean accepts(UnixDatagramSocket sender) {
        UnixDatagramSocket only = peer;
        return only == null || only == sender;
    }

    // ---- messages ----

    @Override
    public long send(Caller caller, IoBuffer from, Sending message) {
        if ((message.flags & SocketNumbers.MSG_OOB) != 0) {
            return -Errno.EOPNOTSUPP;
        }
        UnixDatagramSocket target = message.address == null ? peer : find(caller, message.address);
        if (target == null) {
            return -Errno.ENOTCONN;
        }
        long length = from.remaining();
        if (length > sendBuffer() - RESERVED_BYTES) {
            return -Errno.EMSGSIZE;
        }
        byte[] bytes = new byte[(int) length];
        if (length > 0 && from.get(bytes, 0, bytes.length) < length) {
            return -Errno.EFAULT;
        }
        Ancillary ancillary =
                message.ancillary != null
                        ? message.ancillary
                        : new Ancillary(Sender.of(caller), Ancillary.NO_FILES);
        MessageQueue.Message whole = new MessageQueue.Message(bytes, address(), ancillary);
        long result = trySend(target, whole);
        if (result == -Errno.EAGAIN && !dontWait(message.flags)) {
            result =
                    awaitToSend(
                            caller,
                            target.waitQueue(),
                            PollEvents.WRITABLE,
                            sendDeadline(caller),
                            () -> trySend(target, whole));
        }
        if (result == 0) {
            message.ancillary = null;
            return length;
        }
        if (result == -Errno.ECONNREFUSED && message.address == null) {
            peer = null;
        }
        if (result == -Errno.EPIPE && (message.flags & SocketNumbers.MSG_NOSIGNAL) == 0) {
            caller.signalSelf(Signals.SIGPIPE);
        }
        return result;
    }

    private long trySend(UnixDatagramSocket target, MessageQueue.Message message) {
        if (writeShut || target.readShut) {
            return -Errno.EPIPE;
        }
        if (!target.gone && !target.accepts(this)) {
            return -Errno.EPERM;
        }
        return target.messages.offer(message, sendBuffer(), QUEUE_MESSAGES);
    }

    @Override
    public long receive(Caller caller, IoBuffer to, Receiving message) {
        if (message.has(SocketNumbers.MSG_OOB)) {
            return -Errno.EOPNOTSUPP;
        }
        long result = tryReceive(to, message);
        if (result == -Errno.EAGAIN && !dontWait(message.flags)) {
            result =
                    awaitToReceive(
                            caller,
                            PollEvents.READABLE,
                            receiveDeadline(caller),
                            () -> tryReceive(to, message));
        }
        return result;
    }

    private long tryReceive(IoBuffer to, Receiving message) {
        int error = takeError();
        if (error != 0) {
            return -error;
        }
        boolean wasFull = messages.size() >= QUEUE_MESSAGES;
        long result = messages.tryRead(to, message);
        if (result == -Errno.EAGAIN) {
            return readShut ? 0 : result;
        }
        tellSenders(wasFull);
        return result;
    }

    /**
     * There is room again. Senders that wait do so here; a connected one may poll its own queue.
     */
    private void tellSenders(boolean wasFull) {
        waitQueue().wake(PollEvents.WRITABLE);
        UnixDatagramSocket sender = peer;
        if (wasFull && sender != null) {
            sender.waitQueue().wake(PollEvents.WRITABLE);
        }
    }

    @Override
    public long shutdown(int how) {
        readShut |= how != SocketNumbers.SHUT_WR;
        writeShut |= how != SocketNumbers.SHUT_RD;
        waitQueue().wakeAll();
        return 0;
    }

    @Override
    protected void closed() {
        super.closed();
        gone = true;
        network().unixNames().unbind(this, bound);
        messages.close();
        peer = null;
        network().filesInFlight().collect();
    }

    @Override
    List<Ancillary> filesInFlight() {
        return messages.filesInFlight();
    }

    @Override
    void dropFilesInFlight() {
        messages.close();
    }

    // ---- readiness ----

    @Override
    public int poll() {
        int events = hasError() ? PollEvents.POLLERR : 0;
        events |= messages.isReadable() || readShut ? PollEvents.READABLE : 0;
        events |= readShut ? PollEvents.POLLRDHUP : 0;
        events |= readShut && writeShut ? PollEvents.POLLHUP : 0;
        UnixDatagramSocket target = peer;
        boolean full = target != null && !target.gone && target.messages.size() >= QUEUE_MESSAGES;
        return full ? events : events | PollEvents.WRITABLE | PollEvents.POLLWRBAND;
    }

    @Override
    int available() {
        return messages.available();
    }
}
