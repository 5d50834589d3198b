package callgate.kernel.net;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.abi.Signals;
import callgate.kernel.abi.SocketNumbers;
import callgate.kernel.ipc.ByteRing;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.Credentials;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * A socket with connections: listening, or one end of a connection. What differs between
 * UNIX-domain and TCP is left to subclasses.
 */
abstract class StreamSocket extends Socket {
    static final int MAX_BACKLOG = 4096;

    /** How far it has come. */
    enum State {
        UNCONNECTED,
        LISTENING,
        CONNECTING,
        CONNECTED
    }

    // written under this
    private volatile State state = State.UNCONNECTED;
    private volatile StreamChannel in;
    private volatile StreamChannel out;
    private volatile StreamSocket other;
    private volatile boolean readShut;
    private volatile boolean writeShut;
    private volatile boolean gone;

    // of a listener; guarded by this
    private final ArrayDeque<StreamSocket> connections = new ArrayDeque<>();
    private int backlog;

    StreamSocket(Network network, int family, int type, Credentials owner) {
        super(network, family, type, owner);
    }

    @Override
    protected final int heapBytes() {
        return ORDINARY_BYTES + ByteRing.MINIMUM;
    }

    // ---- state ----

    final State state() {
        return state;
    }

    final StreamChannel in() {
        return in;
    }

    final StreamChannel out() {
        return out;
    }

    /** The other end, also after it has been closed; null if there never was one. */
    final StreamSocket other() {
        return other;
    }

    final boolean isReadShut() {
        return readShut;
    }

    final boolean isWriteShut() {
        return writeShut;
    }

    /** Whether its last descriptor is closed. */
    final boolean isGone() {
        return gone;
    }

    @Override
    final boolean isListening() {
        return state == State.LISTENING;
    }

    @Override
    final boolean isConnected() {
        return state == State.CONNECTED;
    }

    final void setState(State newState) {
        state = newState;
    }

    abstract StreamChannel.Framing framing();

    /**
     * Takes the right to connect this socket: 0, or a negative errno if it is something else
     * already.
     */
    final synchronized int beginConnecting() {
        return switch (state) {
            case UNCONNECTED -> {
                state = State.CONNECTING;
                yield 0;
            }
            case CONNECTING -> -Errno.EALREADY;
            case CONNECTED -> -Errno.EISCONN;
            case LISTENING -> family() == SocketNumbers.AF_UNIX ? -Errno.EINVAL : -Errno.EISCONN;
        };
    }

    /** Connecting failed. */
    final synchronized void endConnecting() {
        if (state == State.CONNECTING) {
            state = State.UNCONNECTED;
        }
    }

    /**
     * Connects two sockets: one that is {@link State#CONNECTING} on behalf of the caller, and one
     * that nobody else knows yet.
     */
    static void join(StreamSocket one, StreamSocket two) {
        StreamChannel there = channel(one, two);
        StreamChannel back = channel(two, one);
        one.becomeConnected(back, there, two);
        two.becomeConnected(there, back, one);
        one.network().opened(two);
    }

    private static StreamChannel channel(StreamSocket from, StreamSocket to) {
        return new StreamChannel(
                from.network(),
                from.framing(),
                from.waitQueue(),
                to.waitQueue(),
                from.sendBuffer());
    }

    private void becomeConnected(StreamChannel newIn, StreamChannel newOut, StreamSocket peer) {
        in = newIn;
        out = newOut;
        other = peer;
        state = State.CONNECTED;
    }

    @Override
    void sendBufferChanged(int lengthBytes) {
        StreamChannel channel = out;
        if (channel != null) {
            channel.setCapacity(lengthBytes);
        }
    }

    // ---- listening ----

    /**
     * Begins to listen, or changes the backlog; {@code -EINVAL} if it is connected or about to be.
     */
    final synchronized int startListening(int newBacklog) {
        if (state == State.CONNECTED || state == State.CONNECTING) {
            return -Errno.EINVAL;
        }
        backlog = newBacklog < 0 || newBacklog > MAX_BACKLOG ? MAX_BACKLOG : newBacklog;
        state = State.LISTENING;
        return 0;
    }

    /** How many connections may wait. */
    final synchronized int backlog() {
        return backlog;
    }

    /** Connections that nobody has accepted. */
    final synchronized int waitingConnections() {
        return connections.size();
    }

    /** Whether one more connection may wait, as far as the backlog goes. Guarded by this. */
    final boolean hasRoom() {
        return connections.size() <= backlog;
    }

    /**
     * Takes what a connection costs that waits for accept: it has no descriptor yet, and may
     * outlive that of the client. Guarded by this.
     */
    final boolean chargeConnection() {
        return network().budget().take(heapBytes());
    }

    /**
     * Puts a connection's server side, which has been charged for, into the queue. Guarded by this;
     * the caller wakes the queue.
     */
    final void enqueue(StreamSocket serverSide) {
        connections.add(serverSide);
    }

    @Override
    public final Socket accept(Caller caller) {
        StreamSocket[] taken = new StreamSocket[1];
        long result = tryAccept(taken);
        if (result == -Errno.EAGAIN && !isNonBlocking()) {
            result =
                    awaitToReceive(
                            caller,
                            PollEvents.READABLE,
                            receiveDeadline(caller),
                            () -> tryAccept(taken));
        }
        if (result < 0) {
            throw new ErrnoException((int) -result);
        }
        connectionTaken();
        return taken[0];
    }

    private long tryAccept(StreamSocket[] taken) {
        boolean more;
        synchronized (this) {
            if (state != State.LISTENING) {
                return -Errno.EINVAL;
            }
            taken[0] = connections.poll();
            more = !connections.isEmpty();
        }
        if (taken[0] != null) {
            network().budget().give(heapBytes());
        }
        if (more) {
            waitQueue().wakeNext(PollEvents.READABLE);
        }
        return taken[0] == null ? -Errno.EAGAIN : 0;
    }

    /** A connection has left the queue: others that wait for room may go on. */
    void connectionTaken() {
        waitQueue().wake(PollEvents.WRITABLE);
    }

    @Override
    public final void unaccept(Socket connection) {
        boolean kept;
        synchronized (this) {
            kept = state == State.LISTENING;
            if (kept) {
                network().budget().charge(heapBytes());
                connections.addFirst((StreamSocket) connection);
            }
        }
        if (kept) {
            waitQueue().wake(PollEvents.READABLE);
        } else {
            connection.release();
        }
    }

    /** Listens no more; connections that nobody took are reset. */
    void stopListening(State next) {
        List<StreamSocket> left;
        synchronized (this) {
            state = next;
            left = new ArrayList<>(connections);
            connections.clear();
        }
        for (StreamSocket connection : left) {
            network().budget().give(heapBytes());
            connection.resetOther();
            connection.release();
        }
        waitQueue().wakeAll();
    }

    /** The other end learns that the connection was broken off. */
    final void resetOther() {
        StreamSocket peer = other;
        if (peer != null) {
            peer.fail(Errno.ECONNRESET);
            peer.wasReset();
        }
    }

    /** The other end broke the connection off. */
    void wasReset() {}

    // ---- bytes ----

    /** What a read gives that is not connected: 0 or a negative errno. */
    abstract long readUnconnected();

    @Override
    public final long receive(Caller caller, IoBuffer to, Receiving message) {
        if (message.has(SocketNumbers.MSG_OOB)) {
            return framing() == StreamChannel.Framing.BYTES && family() != SocketNumbers.AF_UNIX
                    ? -Errno.EINVAL
                    : -Errno.EOPNOTSUPP;
        }
        if (message.has(SocketNumbers.MSG_ERRQUEUE)) {
            return -Errno.EAGAIN;
        }
        boolean all =
                message.has(SocketNumbers.MSG_WAITALL)
                        && !message.has(SocketNumbers.MSG_PEEK)
                        && framing() == StreamChannel.Framing.BYTES;
        long deadline = 0;
        while (true) {
            long result = tryReceive(to, message);
            if (result == -Errno.EAGAIN && !dontWait(message.flags)) {
                deadline = deadline == 0 ? receiveDeadline(caller) : deadline;
                result =
                        awaitToReceive(
                                caller,
                                PollEvents.READABLE,
                                deadline,
                                () -> tryReceive(to, message));
            }
            if (!all) {
                return result;
            }
            if (result <= 0) {
                return to.transferred() > 0 ? to.transferred() : result;
            }
            if (to.remaining() == 0 || message.ancillary != null) {
                return to.transferred();
            }
        }
    }

    private long tryReceive(IoBuffer to, Receiving message) {
        StreamChannel channel = in;
        if (channel == null) {
            int error = takeError();
            return error != 0 ? -error : readUnconnected();
        }
        if (to.remaining() == 0 && framing() == StreamChannel.Framing.BYTES) {
            return 0;
        }
        if (!channel.isReadable() && readsSeeErrors()) {
            int error = takeError();
            if (error != 0) {
                return -error;
            }
        }
        long result = channel.tryRead(to, message);
        return result == -Errno.EAGAIN && readShut ? 0 : result;
    }

    /** Whether a pending error is told before the end of the stream. */
    boolean readsSeeErrors() {
        return true;
    }

    /** The errno, negative, for sending without a connection. */
    abstract long writeUnconnected();

    /** May this message be sent over a connection? 0 or a negative errno. */
    abstract long checkSending(Sending message);

    /** What becomes of a write that nobody will read: the bytes swallowed, or a negative errno. */
    abstract long writeToClosed(IoBuffer from);

    @Override
    public final long send(Caller caller, IoBuffer from, Sending message) {
        long result = checkSending(message);
        if (result == 0) {
            result = sendAll(caller, from, message);
        }
        if (result == -Errno.EPIPE && (message.flags & SocketNumbers.MSG_NOSIGNAL) == 0) {
            caller.signalSelf(Signals.SIGPIPE);
        }
        return result;
    }

    private long sendAll(Caller caller, IoBuffer from, Sending message) {
        long deadline = 0;
        while (true) {
            long result = trySend(from, message);
            if (result == -Errno.EAGAIN && !dontWait(message.flags)) {
                deadline = deadline == 0 ? sendDeadline(caller) : deadline;
                result =
                        awaitToSend(
                                caller,
                                waitQueue(),
                                PollEvents.WRITABLE,
                                deadline,
                                () -> trySend(from, message));
            }
            if (result < 0) {
                return from.transferred() > 0 && framing() == StreamChannel.Framing.BYTES
                        ? from.transferred()
                        : result;
            }
            if (from.remaining() == 0 || framing() == StreamChannel.Framing.MESSAGES) {
                return result == 0 ? 0 : from.transferred();
            }
        }
    }

    private long trySend(IoBuffer from, Sending message) {
        int error = takeError();
        if (error != 0) {
            return -error;
        }
        StreamChannel channel = out;
        if (channel == null) {
            return state == State.CONNECTING ? -Errno.EAGAIN : writeUnconnected();
        }
        if (writeShut) {
            return -Errno.EPIPE;
        }
        if (from.remaining() == 0 && framing() == StreamChannel.Framing.BYTES) {
            return 0;
        }
        long result = channel.tryWrite(from, message);
        return result == -Errno.EPIPE ? writeToClosed(from) : result;
    }

    // ---- ends ----

    /**
     * Shuts down directions of a connection; what the other end notices of reading being shut is
     * left to subclasses.
     */
    final void shutDirections(int how) {
        if (how != SocketNumbers.SHUT_WR) {
            readShut = true;
            if (in != null) {
                readingShut(in);
            }
        }
        if (how != SocketNumbers.SHUT_RD) {
            writeShut = true;
            if (out != null) {
                out.endWriting();
            }
        }
        waitQueue().wakeAll();
    }

    abstract void readingShut(StreamChannel channel);

    @Override
    protected void closed() {
        super.closed();
        gone = true;
        if (state == State.LISTENING) {
            stopListening(State.UNCONNECTED);
        }
        closeConnection();
    }

    /** Closes its end of the connection, if there is one. */
    final void closeConnection() {
        StreamChannel reading = in;
        if (reading == null) {
            return;
        }
        boolean unread = reading.closeReader();
        if (unread || resetsOnClose()) {
            resetOther();
        }
        out.endWriting();
        reading.wakeBoth();
    }

    @Override
    final List<Ancillary> filesInFlight() {
        List<Ancillary> found = new ArrayList<>();
        for (StreamChannel channel : receivingChannels()) {
            found.addAll(channel.filesInFlight());
        }
        return found;
    }

    @Override
    final void dropFilesInFlight() {
        receivingChannels().forEach(StreamChannel::closeReader);
    }

    /** Its own, and of a listener those of connections that nobody has taken. */
    private List<StreamChannel> receivingChannels() {
        List<StreamChannel> channels = new ArrayList<>();
        if (in != null) {
            channels.add(in);
        }
        synchronized (this) {
            connections.forEach(connection -> channels.add(connection.in));
        }
        return channels;
    }

    // ---- readiness ----

    /** Whether the connection is over in both directions, or there never was one. */
    abstract boolean isHungUp();

    @Override
    public final int poll() {
        int events = hasError() ? PollEvents.POLLERR : 0;
        if (state == State.LISTENING) {
            boolean waiting;
            synchronized (this) {
                waiting = !connections.isEmpty();
            }
            return waiting ? events | PollEvents.READABLE : events;
        }
        StreamChannel reading = in;
        boolean atEnd = readShut || reading != null && reading.isWriterDone();
        events |= atEnd ? PollEvents.POLLRDHUP | PollEvents.READABLE : 0;
        events |= reading != null && reading.isReadable() ? PollEvents.READABLE : 0;
        events |= isHungUp() ? PollEvents.POLLHUP : 0;
        return events | (isWritableNow() ? PollEvents.WRITABLE | PollEvents.POLLWRBAND : 0);
    }

    private boolean isWritableNow() {
        StreamChannel writing = out;
        if (writing == null) {
            return state != State.CONNECTING;
        }
        return writeShut || writing.isClosed() || writing.isReaderDone() || writing.isWritable();
    }

    @Override
    final int available() {
        StreamChannel reading = in;
        return reading == null ? 0 : reading.available();
    }

    @Override
    final int unsent() {
        StreamChannel writing = out;
        return writing == null ? 0 : writing.count();
    }
}
