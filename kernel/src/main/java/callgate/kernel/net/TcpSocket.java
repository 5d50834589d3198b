package callgate.kernel.net;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.abi.SocketNumbers;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.Credentials;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** TCP over loopback. See tcp(7). */
final class TcpSocket extends StreamSocket implements InetSocket {
    /** Bytes of struct tcp_info that are told; all but the state are 0. */
    private static final int INFO_BYTES = 104;

    private static final int MAX_CONNECTING = 4096;

    private static final int INFO_ESTABLISHED = 1;
    private static final int TCP_SYN_SENT = 2;
    private static final int TCP_FIN_WAIT2 = 5;
    private static final int INFO_CLOSE = 7;
    private static final int TCP_CLOSE_WAIT = 8;
    private static final int INFO_LISTEN = 10;

    private static final byte[] CONGESTION =
            "cubic\0\0\0\0\0\0\0\0\0\0\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private final InetName name;
    private volatile InetAddress remote;

    /**
     * A connection was made without the program waiting for it: its next connect call is to hear of
     * it.
     */
    private boolean connectUnheard;

    /** The connection was broken off by either end. */
    private volatile boolean aborted;

    /** The peer broke it off, with no end of its stream before. */
    private volatile boolean wasResetByPeer;

    /** The listener that has it among {@link #connecting}, or had. */
    private volatile TcpSocket knockedAt;

    /**
     * Of a listener: those that connect while the queue is full, as if their SYN were sent again
     * later. Guarded by this.
     */
    private final ArrayDeque<TcpSocket> connecting = new ArrayDeque<>();

    TcpSocket(Network network, int family, Credentials owner) {
        super(network, family, SocketNumbers.SOCK_STREAM, owner);
        name = new InetName(this, network.tcpPorts());
    }

    @Override
    StreamChannel.Framing framing() {
        return StreamChannel.Framing.BYTES;
    }

    @Override
    int protocol() {
        return SocketNumbers.IPPROTO_TCP;
    }

    // ---- names ----

    @Override
    public synchronized long bind(Caller caller, byte[] encoded) {
        return state() == State.UNCONNECTED ? name.bind(caller, encoded) : -Errno.EINVAL;
    }

    @Override
    public InetAddress localAddress() {
        return name.local();
    }

    @Override
    public Address peerAddress() {
        InetAddress address = remote;
        if (address == null || state() != State.CONNECTED || aborted) {
            throw new ErrnoException(Errno.ENOTCONN);
        }
        return address;
    }

    @Override
    public boolean keepsOthersOff() {
        return isListening();
    }

    // ---- listening ----

    @Override
    public synchronized long listen(Caller caller, int backlog) {
        int result = name.bindIfNeeded(caller);
        if (result == 0 && !isListening()) {
            result = network().tcpPorts().mayListen(name.binding());
        }
        return result == 0 ? startListening(backlog) : result;
    }

    @Override
    void connectionTaken() {
        while (true) {
            TcpSocket client;
            synchronized (this) {
                client = isListening() && hasRoom() ? connecting.poll() : null;
                if (client == null) {
                    return;
                }
                establish(client);
            }
            if (client.isGone()) { // it closed while nobody knew of its connection
                client.closeConnection();
            }
            client.waitQueue().wakeAll();
            waitQueue().wake(PollEvents.READABLE);
        }
    }

    /** Makes a connection that has been charged for. Guarded by this. */
    private void establish(TcpSocket client) {
        TcpSocket serverSide = new TcpSocket(network(), family(), client.ownerForPeer());
        serverSide.options().copyFrom(options());
        serverSide.name.setLocal(client.remote.as(family()));
        serverSide.remote = client.name.local().as(family());
        join(client, serverSide);
        enqueue(serverSide);
    }

    private Credentials ownerForPeer() {
        return Credentials.of(inode().uid(), inode().gid());
    }

    @Override
    void stopListening(State next) {
        super.stopListening(next);
        List<TcpSocket> refused;
        synchronized (this) {
            refused = new ArrayList<>(connecting);
            connecting.clear();
        }
        network().budget().give((long) heapBytes() * refused.size());
        refused.forEach(TcpSocket::refuse);
    }

    private synchronized void forget(TcpSocket client) {
        if (connecting.remove(client)) {
            network().budget().give(heapBytes());
        }
    }

    private void refuse() {
        fail(Errno.ECONNREFUSED);
        endConnecting();
        waitQueue().wakeAll();
    }

    // ---- connecting ----

    @Override
    public long connect(Caller caller, byte[] encoded) {
        if (encoded.length >= 2 && SocketBytes.getShort(encoded, 0) == SocketNumbers.AF_UNSPEC) {
            return disconnect();
        }
        synchronized (this) {
            if (connectUnheard && state() == State.CONNECTED) {
                connectUnheard = false;
                return 0;
            }
        }
        if (state() != State.CONNECTING && hasError()) {
            return -takeError();
        }
        int begun = beginConnecting();
        if (begun == -Errno.EALREADY && !isNonBlocking()) {
            return awaitConnection(caller);
        }
        if (begun != 0) {
            return begun;
        }
        boolean started = false;
        try {
            InetAddress target = name.destination(encoded);
            int result = start(caller, target);
            started = result == 0;
            if (!started) {
                return result;
            }
        } finally {
            if (!started) {
                endConnecting();
            }
        }
        if (isNonBlocking()) {
            synchronized (this) {
                connectUnheard = true;
            }
            return -Errno.EINPROGRESS;
        }
        return awaitConnection(caller);
    }

    /**
     * Binds, and knocks at the listener; an answer comes through the state, or the pending error.
     */
    private int start(Caller caller, InetAddress target) {
        synchronized (this) {
            int result = name.bindIfNeeded(caller);
            if (result != 0) {
                return result;
            }
            if (name.local().ip().isAny()) {
                name.setLocal(name.local().withIp(target.ip().loopback()));
            }
            remote = target;
        }
        if (network().tcpPorts().find(target.ip(), target.port(), TcpSocket::accepts)
                instanceof TcpSocket server) {
            server.knock(this);
        } else {
            refuse();
        }
        return 0;
    }

    private static int accepts(InetSocket socket) {
        return socket.keepsOthersOff() ? 0 : -1;
    }

    private void knock(TcpSocket client) {
        boolean listens;
        synchronized (this) {
            boolean roomy = hasRoom();
            listens =
                    isListening()
                            && (roomy || connecting.size() < MAX_CONNECTING)
                            && chargeConnection();
            if (listens && roomy) {
                establish(client);
            } else if (listens) {
                connecting.add(client);
                client.knockedAt = this;
            }
        }
        if (!listens) {
            client.refuse();
            return;
        }
        waitQueue().wake(PollEvents.READABLE);
        client.waitQueue().wakeAll();
    }

    private long awaitConnection(Caller caller) {
        long result =
                awaitToSend(
                        caller,
                        waitQueue(),
                        PollEvents.WRITABLE,
                        sendDeadline(caller),
                        () -> {
                            if (state() == State.CONNECTING) {
                                return -Errno.EAGAIN;
                            }
                            int error = takeError();
                            return error != 0 ? -error : 0;
                        });
        synchronized (this) {
            connectUnheard = result != 0;
        }
        return result == -Errno.EAGAIN ? -Errno.EINPROGRESS : result;
    }

    private long disconnect() {
        if (state() == State.CONNECTED && !aborted) {
            resetOther();
            wasReset();
            takeError();
        }
        return 0;
    }

    // ---- bytes ----

    @Override
    long readUnconnected() {
        return state() == State.CONNECTING ? -Errno.EAGAIN : -Errno.ENOTCONN;
    }

    @Override
    long writeUnconnected() {
        return -Errno.EPIPE;
    }

    @Override
    long checkSending(Sending message) {
        return (message.flags & SocketNumbers.MSG_OOB) != 0 ? -Errno.EOPNOTSUPP : 0;
    }

    /** The first write after the peer has gone is accepted, and answered with a reset. */
    @Override
    long writeToClosed(IoBuffer from) {
        if (aborted) {
            return -Errno.EPIPE;
        }
        long swallowed = from.skip(from.remaining());
        fail(Errno.EPIPE);
        aborted = true;
        waitQueue().wakeAll();
        return swallowed;
    }

    @Override
    boolean readsSeeErrors() {
        return wasResetByPeer;
    }

    // ---- for /proc/net ----

    InetAddress remoteOrNull() {
        return remote;
    }

    /** As enum in net/tcp_states.h; 0 for a socket that is not shown. */
    int tcpState() {
        return switch (state()) {
            case UNCONNECTED -> 0;
            case CONNECTING -> TCP_SYN_SENT;
            case LISTENING -> INFO_LISTEN;
            case CONNECTED -> {
                boolean ended = in().isWriterDone();
                if (aborted || ended && isWriteShut()) {
                    yield INFO_CLOSE;
                }
                yield ended ? TCP_CLOSE_WAIT : isWriteShut() ? TCP_FIN_WAIT2 : INFO_ESTABLISHED;
            }
        };
    }

    int unread() {
        return isListening() ? waitingConnections() : available();
    }

    // ---- ends ----

    @Override
    void wasReset() {
        wasResetByPeer = true;
        aborted = true;
        StreamChannel reading = in();
        if (reading != null) {
            reading.endWriting();
        }
        waitQueue().wakeAll();
    }

    @Override
    public long shutdown(int how) {
        if (isListening() && how != SocketNumbers.SHUT_WR) {
            stopListening(State.UNCONNECTED);
            return 0;
        }
        if (state() != State.CONNECTED || aborted) {
            return -Errno.ENOTCONN;
        }
        shutDirections(how);
        return 0;
    }

    /** The peer does not notice. */
    @Override
    void readingShut(StreamChannel channel) {}

    @Override
    boolean isHungUp() {
        if (state() != State.CONNECTED) {
            return state() == State.UNCONNECTED;
        }
        return aborted || (isReadShut() || in().isWriterDone()) && isWriteShut();
    }

    @Override
    protected void closed() {
        TcpSocket server = knockedAt;
        if (server != null) {
            server.forget(this);
        }
        super.closed();
        name.release();
    }

    // ---- options ----

    @Override
    public long setOption(Caller caller, int level, int option, byte[] value) {
        if (level == SocketOptions.SOL_TCP && option == SocketOptions.TCP_CONGESTION) {
            String wanted =
                    new String(value, java.nio.charset.StandardCharsets.ISO_8859_1)
                            .replace("\0", "");
            return wanted.equals("cubic") || wanted.equals("reno") ? 0 : -Errno.ENOENT;
        }
        return super.setOption(caller, level, option, value);
    }

    @Override
    public byte[] option(Caller caller, int level, int option) {
        if (level == SocketOptions.SOL_TCP && option == SocketOptions.TCP_CONGESTION) {
            return CONGESTION.clone();
        }
        if (level == SocketOptions.SOL_TCP && option == SocketOptions.TCP_INFO) {
            byte[] info = new byte[INFO_BYTES];
            boolean open = state() == State.CONNECTED && !aborted;
            info[0] = (byte) (isListening() ? INFO_LISTEN : open ? INFO_ESTABLISHED : INFO_CLOSE);
            return info;
        }
        return super.option(caller, level, option);
    }
}
