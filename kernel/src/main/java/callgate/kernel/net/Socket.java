package callgate.kernel.net;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.abi.SocketNumbers;
import callgate.kernel.ipc.Ioctls;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.Credentials;
import callgate.kernel.vfs.Inode;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.vfs.Path;
import callgate.kernel.wait.Scheduler;
import callgate.kernel.wait.WaitQueue;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * A socket: the open file, and what sockets of all families share. Results are as those of the
 * system calls: a value or a negative errno, or ErrnoException. Thread-safe.
 */
public abstract class Socket extends OpenFile {
    /**
     * Lengths that {@code net.core.wmem_max} and the like allow to ask for; what is kept is twice
     * that.
     */
    private static final int LARGEST_BUFFER = 212_992;

    static final int DEFAULT_BUFFER = 212_992;

    private static final int SMALLEST_SEND_BUFFER = 4608;
    private static final int SMALLEST_RECEIVE_BUFFER = 2304;

    private final Network network;
    private final Inode inode;
    private final int family;
    private final int type;
    private final WaitQueue queue = new WaitQueue();
    private final AtomicInteger error = new AtomicInteger();
    private final SocketOptions options;
    private volatile int sendBuffer = DEFAULT_BUFFER;
    private volatile int receiveBuffer = DEFAULT_BUFFER;
    private volatile long sendTimeoutNanos;
    private volatile long receiveTimeoutNanos;

    Socket(Network network, int family, int type, Credentials owner) {
        super(OpenFlags.O_RDWR);
        this.network = network;
        this.family = family;
        this.type = type;
        inode = network.newInode(owner);
        options = new SocketOptions(family, type);
    }

    @Override
    protected void closed() {
        network.closed(this);
    }

    // ---- what it is ----

    @Override
    public final Inode inode() {
        return inode;
    }

    @Override
    public final Path path() {
        return Path.detached("socket:[" + inode.number() + "]", inode);
    }

    final Network network() {
        return network;
    }

    public final int family() {
        return family;
    }

    public final int type() {
        return type;
    }

    int protocol() {
        return 0;
    }

    final SocketOptions options() {
        return options;
    }

    // ---- what each kind does its own way ----

    /** {@code bind} to an encoded address. */
    public long bind(Caller caller, byte[] address) {
        return -Errno.EOPNOTSUPP;
    }

    public long connect(Caller caller, byte[] address) {
        return -Errno.EOPNOTSUPP;
    }

    public long listen(Caller caller, int backlog) {
        return -Errno.EOPNOTSUPP;
    }

    /**
     * Takes the next connection, waiting for one.
     *
     * @throws ErrnoException e.g. EAGAIN, EINVAL if it does not listen, EOPNOTSUPP
     */
    public Socket accept(Caller caller) {
        throw new ErrnoException(Errno.EOPNOTSUPP);
    }

    /** Gives back a connection that could not be given a descriptor: it is the next again. */
    public void unaccept(Socket connection) {
        connection.release();
    }

    public abstract Address localAddress();

    /** ErrnoException ENOTCONN. */
    public abstract Address peerAddress();

    /**
     * @param how SHUT_RD, SHUT_WR or SHUT_RDWR
     */
    public long shutdown(int how) {
        return -Errno.EOPNOTSUPP;
    }

    public abstract long send(Caller caller, IoBuffer from, Sending message);

    public abstract long receive(Caller caller, IoBuffer to, Receiving message);

    /** Bytes that can be received now, or of the next message. */
    abstract int available();

    /** Whether there is another end, for /proc/net/unix. */
    boolean isConnected() {
        return false;
    }

    /** The size of the send buffer was changed. */
    void sendBufferChanged(int lengthBytes) {}

    // ---- as a file ----

    @Override
    public final long read(Caller caller, IoBuffer to) {
        if (to.remaining() == 0 && type == SocketNumbers.SOCK_STREAM) {
            return 0;
        }
        Receiving message = new Receiving(0);
        try {
            return receive(caller, to, message);
        } finally {
            if (message.ancillary != null) {
                message.ancillary.release(); // what came along is lost
            }
        }
    }

    @Override
    public final long write(Caller caller, IoBuffer from) {
        return send(caller, from, new Sending(0, null, null));
    }

    @Override
    public long ioctl(Caller caller, int request, long argument) {
        return switch (request) {
            case Ioctls.FIONREAD -> tell(caller, argument, available());
            case Ioctls.TIOCOUTQ -> tell(caller, argument, unsent());
            default -> InterfaceIoctls.ioctl(caller, request, argument);
        };
    }

    private static long tell(Caller caller, long address, int value) {
        caller.memory().writeInt(address, value);
        return 0;
    }

    /** Bytes sent and not received yet by the peer. */
    int unsent() {
        return 0;
    }

    @Override
    public final WaitQueue waitQueue() {
        return queue;
    }

    // ---- waiting ----

    final boolean dontWait(int messageFlags) {
        return (messageFlags & SocketNumbers.MSG_DONTWAIT) != 0 || isNonBlocking();
    }

    private static long deadline(Caller caller, long timeoutNanos) {
        long now = caller.clock().monotonicNanos();
        return timeoutNanos == 0 || timeoutNanos > Scheduler.NEVER - now
                ? Scheduler.NEVER
                : now + timeoutNanos;
    }

    final long receiveDeadline(Caller caller) {
        return deadline(caller, receiveTimeoutNanos);
    }

    final long sendDeadline(Caller caller) {
        return deadline(caller, sendTimeoutNanos);
    }

    /** Repeats a receiving attempt; of several that wait for the same, one is woken by an event. */
    final long awaitToReceive(Caller caller, int events, long deadline, LongSupplier attempt) {
        long result = caller.waiter().retryExclusive(queue, events, deadline, attempt);
        return result == -Errno.ERESTARTSYS && receiveTimeoutNanos != 0 ? -Errno.EINTR : result;
    }

    /** Repeats a sending attempt while it gives EAGAIN, whenever {@code where} tells. */
    final long awaitToSend(
            Caller caller, WaitQueue where, int events, long deadline, LongSupplier attempt) {
        long result = caller.waiter().retry(where, events, deadline, attempt);
        return result == -Errno.ERESTARTSYS && sendTimeoutNanos != 0 ? -Errno.EINTR : result;
    }

    // ---- errors that come from the other end ----

    final void fail(int errno) {
        error.set(errno);
    }

    /** The pending error, 0 if there is none; forgets it. */
    final int takeError() {
        return error.get() == 0 ? 0 : error.getAndSet(0);
    }

    final boolean hasError() {
        return error.get() != 0;
    }

    // ---- options ----

    final int sendBuffer() {
        return sendBuffer;
    }

    final int receiveBuffer() {
        return receiveBuffer;
    }

    /**
     * @throws ErrnoException ENOPROTOOPT, EINVAL, EDOM
     */
    public long setOption(Caller caller, int level, int name, byte[] value) {
        if (level == SocketOptions.SOL_SOCKET) {
            switch (name) {
                case SocketOptions.SO_SNDBUF, SocketOptions.SO_SNDBUFFORCE -> {
                    sendBuffer =
                            bufferSize(
                                    caller,
                                    name == SocketOptions.SO_SNDBUFFORCE,
                                    number(value),
                                    SMALLEST_SEND_BUFFER);
                    sendBufferChanged(sendBuffer);
                    return 0;
                }
                case SocketOptions.SO_RCVBUF, SocketOptions.SO_RCVBUFFORCE -> {
                    receiveBuffer =
                            bufferSize(
                                    caller,
                                    name == SocketOptions.SO_RCVBUFFORCE,
                                    number(value),
                                    SMALLEST_RECEIVE_BUFFER);
                    return 0;
                }
                case SocketOptions.SO_RCVTIMEO -> {
                    receiveTimeoutNanos = timeout(value);
                    return 0;
                }
                case SocketOptions.SO_SNDTIMEO -> {
                    sendTimeoutNanos = timeout(value);
                    return 0;
                }
                case SocketOptions.SO_LINGER -> {
                    return setLinger(value);
                }
                case SocketOptions.SO_BINDTODEVICE -> {
                    return InterfaceIoctls.isLoopbackName(value) ? 0 : -Errno.ENODEV;
                }
                default -> {}
            }
        }
        if (!options.knows(level, name)) {
            return -Errno.ENOPROTOOPT;
        }
        boolean asByte =
                level == SocketOptions.SOL_IP && value.length > 0 && value.length < Integer.BYTES;
        options.set(level, name, asByte ? value[0] & 0xff : number(value));
        return 0;
    }

    private static int number(byte[] value) {
        if (value.length < Integer.BYTES) {
            throw new ErrnoException(Errno.EINVAL);
        }
        return SocketBytes.getInt(value, 0);
    }

    private static int bufferSize(Caller caller, boolean force, int wanted, int smallest) {
        if (force && !caller.credentials().has(Credentials.CAP_NET_ADMIN)) {
            throw new ErrnoException(Errno.EPERM);
        }
        return Math.max(
                2 * Math.min(wanted < 0 ? LARGEST_BUFFER : wanted, LARGEST_BUFFER), smallest);
    }

    private static long timeout(byte[] value) {
        if (value.length < 16) {
            throw new ErrnoException(Errno.EINVAL);
        }
        long seconds = SocketBytes.getLong(value, 0);
        long micros = SocketBytes.getLong(value, 8);
        if (micros < 0 || micros >= 1_000_000) {
            throw new ErrnoException(Errno.EDOM);
        }
        if (seconds < 0) {
            return 1; // as in Linux: over at once
        }
        return seconds > Long.MAX_VALUE / 2_000_000_000L
                ? 0
                : seconds * 1_000_000_000L + micros * 1000;
    }

    private volatile long linger = -1;

    private long setLinger(byte[] value) {
        if (value.length < 8) {
            return -Errno.EINVAL;
        }
        linger =
                SocketBytes.getInt(value, 0) == 0
                        ? -1
                        : Integer.toUnsignedLong(SocketBytes.getInt(value, 4));
        return 0;
    }

    /** SO_LINGER with a time of 0: closing resets the connection. */
    final boolean resetsOnClose() {
        return linger == 0;
    }

    /** The value of an option. @throws ErrnoException ENOPROTOOPT */
    public byte[] option(Caller caller, int level, int name) {
        if (level == SocketOptions.SOL_SOCKET) {
            switch (name) {
                case SocketOptions.SO_TYPE -> {
                    return SocketBytes.ofInt(type);
                }
                case SocketOptions.SO_DOMAIN -> {
                    return SocketBytes.ofInt(family);
                }
                case SocketOptions.SO_PROTOCOL -> {
                    return SocketBytes.ofInt(protocol());
                }
                case SocketOptions.SO_ERROR -> {
                    return SocketBytes.ofInt(takeError());
                }
                case SocketOptions.SO_SNDBUF -> {
                    return SocketBytes.ofInt(sendBuffer);
                }
                case SocketOptions.SO_RCVBUF -> {
                    return SocketBytes.ofInt(receiveBuffer);
                }
                case SocketOptions.SO_ACCEPTCONN -> {
                    return SocketBytes.ofInt(isListening() ? 1 : 0);
                }
                case SocketOptions.SO_RCVTIMEO -> {
                    return timeval(receiveTimeoutNanos);
                }
                case SocketOptions.SO_SNDTIMEO -> {
                    return timeval(sendTimeoutNanos);
                }
                case SocketOptions.SO_LINGER -> {
                    return encodeLinger();
                }
                case SocketOptions.SO_PEERCRED -> {
                    return encode(peer());
                }
                default -> {}
            }
        }
        if (!options.knows(level, name)) {
            throw new ErrnoException(Errno.ENOPROTOOPT);
        }
        return SocketBytes.ofInt(options.get(level, name));
    }

    private static byte[] timeval(long nanos) {
        byte[] bytes = new byte[16];
        SocketBytes.putLong(bytes, 0, nanos / 1_000_000_000L);
        SocketBytes.putLong(bytes, 8, nanos % 1_000_000_000L / 1000);
        return bytes;
    }

    private byte[] encodeLinger() {
        byte[] bytes = new byte[8];
        SocketBytes.putInt(bytes, 0, linger >= 0 ? 1 : 0);
        SocketBytes.putInt(bytes, 4, (int) Math.max(0, linger));
        return bytes;
    }

    /** {@code struct ucred}. */
    public static byte[] encode(Sender sender) {
        byte[] bytes = new byte[12];
        SocketBytes.putInt(bytes, 0, sender.pid());
        SocketBytes.putInt(bytes, 4, sender.uid());
        SocketBytes.putInt(bytes, 8, sender.gid());
        return bytes;
    }

    boolean isListening() {
        return false;
    }

    /** Who is at the other end, as far as SO_PEERCRED tells. */
    Sender peer() {
        return new Sender(0, -1, -1);
    }

    /** What came along with messages in this socket's queues, as far as it is open files. */
    List<Ancillary> filesInFlight() {
        return List.of();
    }

    /** Drops the open files in this socket's queues, since nobody can receive them. */
    void dropFilesInFlight() {}

    /** Whether received messages are to say who sent them (SO_PASSCRED). */
    public final boolean passesCredentials() {
        return options.isSet(SocketOptions.SOL_SOCKET, SocketOptions.SO_PASSCRED);
    }

    /** Who sent a received message, where nothing came along that says so. */
    public Sender defaultSender() {
        return Sender.UNKNOWN;
    }
}
