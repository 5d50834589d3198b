package callgate.kernel.net;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.abi.SocketNumbers;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.Credentials;

/** AF_UNIX with connections: SOCK_STREAM and SOCK_SEQPACKET. See unix(7). */
final class UnixStreamSocket extends StreamSocket {
    private volatile UnixNames.Bound bound;
    private volatile UnixAddress address = UnixAddress.UNNAMED;

    /** Who connected or listened at the other end. */
    private volatile Sender peer = new Sender(0, -1, -1);

    /** Of a listener: who called listen. */
    private volatile Sender listener;

    UnixStreamSocket(Network network, int type, Credentials owner) {
        super(network, SocketNumbers.AF_UNIX, type, owner);
    }

    /** Makes two sockets the ends of a connection. */
    static void pair(Caller caller, UnixStreamSocket one, UnixStreamSocket two) {
        Sender who = Sender.of(caller);
        one.peer = who;
        two.peer = who;
        join(one, two);
    }

    @Override
    StreamChannel.Framing framing() {
        return type() == SocketNumbers.SOCK_STREAM
                ? StreamChannel.Framing.BYTES
                : StreamChannel.Framing.MESSAGES;
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
            address = bound.address();
            return 0;
        }
    }

    @Override
    public Address localAddress() {
        return address;
    }

    @Override
    public Address peerAddress() {
        if (!(other() instanceof UnixStreamSocket peerSocket)) {
            throw new ErrnoException(Errno.ENOTCONN);
        }
        return peerSocket.address;
    }

    @Override
    Sender peer() {
        return peer;
    }

    @Override
    public Sender defaultSender() {
        return peer;
    }

    // ---- connecting ----

    @Override
    public long listen(Caller caller, int backlog) {
        if (bound == null) {
            return -Errno.EINVAL;
        }
        listener = Sender.of(caller);
        return startListening(backlog);
    }

    @Override
    public long connect(Caller caller, byte[] encoded) {
        UnixAddress target = UnixAddress.decode(encoded);
        int begun = beginConnecting();
        if (begun != 0) {
            return begun;
        }
        try {
            return connectTo(caller, network().unixNames().find(caller, target));
        } finally {
            endConnecting(); // no change if it has succeeded
        }
    }

    private long connectTo(Caller caller, Socket found) {
        if (found.type() != type()) {
            return -Errno.EPROTOTYPE;
        }
        if (!(found instanceof UnixStreamSocket server)) {
            return -Errno.ECONNREFUSED;
        }
        long result = tryConnect(caller, server);
        if (result == -Errno.EAGAIN && !isNonBlocking()) {
            result =
                    awaitToSend(
                            caller,
                            server.waitQueue(),
                            PollEvents.WRITABLE,
                            sendDeadline(caller),
                            () -> tryConnect(caller, server));
        }
        return result;
    }

    private long tryConnect(Caller caller, UnixStreamSocket server) {
        synchronized (server) {
            if (!server.isListening() || server.isReadShut()) {
                return -Errno.ECONNREFUSED;
            }
            if (!server.hasRoom()) {
                return -Errno.EAGAIN;
            }
            if (!server.chargeConnection()) {
                return -Errno.ENOMEM;
            }
            UnixStreamSocket serverSide =
                    new UnixStreamSocket(network(), type(), caller.credentials());
            serverSide.address = server.address;
            serverSide.peer = Sender.of(caller);
            serverSide.options().copyFrom(server.options());
            peer = server.listener;
            join(this, serverSide);
            server.enqueue(serverSide);
        }
        server.waitQueue().wake(PollEvents.READABLE);
        waitQueue().wakeAll();
        return 0;
    }

    // ---- bytes ----

    @Override
    long readUnconnected() {
        return type() == SocketNumbers.SOCK_STREAM ? -Errno.EINVAL : -Errno.ENOTCONN;
    }

    @Override
    long writeUnconnected() {
        return -Errno.ENOTCONN;
    }

    @Override
    long checkSending(Sending message) {
        if ((message.flags & SocketNumbers.MSG_OOB) != 0) {
            return -Errno.EOPNOTSUPP;
        }
        if (message.address != null && type() == SocketNumbers.SOCK_STREAM) {
            return state() == State.CONNECTED ? -Errno.EISCONN : -Errno.EOPNOTSUPP;
        }
        return 0;
    }

    @Override
    long writeToClosed(IoBuffer from) {
        return -Errno.EPIPE;
    }

    // ---- ends ----

    @Override
    public long shutdown(int how) {
        shutDirections(how);
        return 0;
    }

    @Override
    void readingShut(StreamChannel channel) {
        channel.endReading();
    }

    @Override
    void wasReset() {
        waitQueue().wakeAll();
    }

    @Override
    boolean isHungUp() {
        StreamChannel reading = in();
        if (reading == null) {
            return !isListening();
        }
        return (isReadShut() || reading.isWriterDone()) && (isWriteShut() || out().isReaderDone());
    }

    @Override
    protected void closed() {
        network().unixNames().unbind(this, bound);
        super.closed();
        network().filesInFlight().collect();
    }
}
