package callgate.kernel.net;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.abi.Signals;
import callgate.kernel.abi.SocketNumbers;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.Credentials;

/** UDP over loopback: datagrams that are dropped if the receiver has no room. See udp(7). */
final class UdpSocket extends Socket implements InetSocket {
    /** The most that an IPv4 packet carries. */
    private static final int MAX_DATAGRAM = 65507;

    private final MessageQueue messages;
    private final InetName name;
    private volatile InetAddress remote;
    private volatile boolean readShut;
    private volatile boolean writeShut;

    UdpSocket(Network network, int family, Credentials owner) {
        super(network, family, SocketNumbers.SOCK_DGRAM, owner);
        messages = new MessageQueue(network, waitQueue());
        name = new InetName(this, network.udpPorts());
    }

    @Override
    int protocol() {
        return SocketNumbers.IPPROTO_UDP;
    }

    // ---- names ----

    @Override
    public synchronized long bind(Caller caller, byte[] encoded) {
        return name.bind(caller, encoded);
    }

    @Override
    public synchronized long connect(Caller caller, byte[] encoded) {
        if (encoded.length >= 2 && SocketBytes.getShort(encoded, 0) == SocketNumbers.AF_UNSPEC) {
            remote = null;
            return 0;
        }
        InetAddress target = name.destination(encoded);
        int result = name.bindIfNeeded(caller);
        if (result != 0) {
            return result;
        }
        if (name.local().ip().isAny()) {
            name.setLocal(name.local().withIp(target.ip().loopback()));
        }
        remote = target;
        return 0;
    }

    @Override
    public InetAddress localAddress() {
        return name.local();
    }

    @Override
    public Address peerAddress() {
        InetAddress address = remote;
        if (address == null) {
            throw new ErrnoException(Errno.ENOTCONN);
        }
        return address;
    }

    @Override
    public boolean keepsOthersOff() {
        return false;
    }

    InetAddress remoteOrNull() {
        return remote;
    }

    boolean isBound() {
        return name.isBound();
    }

    // ---- datagrams ----

    @Override
    public long send(Caller caller, IoBuffer from, Sending message) {
        if ((message.flags & SocketNumbers.MSG_OOB) != 0) {
            return -Errno.EOPNOTSUPP;
        }
        if (writeShut) {
            if ((message.flags & SocketNumbers.MSG_NOSIGNAL) == 0) {
                caller.signalSelf(Signals.SIGPIPE);
            }
            return -Errno.EPIPE;
        }
        int error = takeError();
        if (error != 0) {
            return -error;
        }
        InetAddress target = message.address != null ? name.destination(message.address) : remote;
        if (target == null) {
            return -Errno.EDESTADDRREQ;
        }
        if (target.port() == 0) {
            return -Errno.EINVAL;
        }
        long length = from.remaining();
        if (length > MAX_DATAGRAM) {
            return -Errno.EMSGSIZE;
        }
        synchronized (this) {
            int result = name.bindIfNeeded(caller);
            if (result != 0) {
                return result;
            }
        }
        byte[] bytes = new byte[(int) length];
        if (length > 0 && from.get(bytes, 0, bytes.length) < length) {
            return -Errno.EFAULT;
        }
        deliver(target, bytes);
        return length;
    }

    private void deliver(InetAddress target, byte[] bytes) {
        Ip local = name.local().ip();
        InetAddress source = name.local().withIp(local.isAny() ? target.ip().loopback() : local);
        InetSocket receiver =
                network()
                        .udpPorts()
                        .find(
                                target.ip(),
                                target.port(),
                                socket -> ((UdpSocket) socket).fitness(source));
        if (receiver instanceof UdpSocket socket) {
            socket.messages.offer(
                    new MessageQueue.Message(bytes, source.as(socket.family()), null),
                    socket.receiveBuffer(),
                    Integer.MAX_VALUE);
        } else if (remote
                != null) { // an ICMP message tells a connected socket that the port is closed
            fail(Errno.ECONNREFUSED);
            waitQueue().wake(PollEvents.POLLERR);
        }
    }

    /** A connected socket takes only what comes from its peer, and before others. */
    private int fitness(InetAddress source) {
        InetAddress only = remote;
        if (only == null) {
            return 0;
        }
        return only.port() == source.port() && only.ip().equals(source.ip()) ? 1 : -1;
    }

    @Override
    public long receive(Caller caller, IoBuffer to, Receiving message) {
        if (message.has(SocketNumbers.MSG_ERRQUEUE)) {
            return -Errno.EAGAIN;
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
        long result = messages.tryRead(to, message);
        return result == -Errno.EAGAIN && readShut ? 0 : result;
    }

    @Override
    public long shutdown(int how) {
        if (remote == null) {
            return -Errno.ENOTCONN;
        }
        readShut |= how != SocketNumbers.SHUT_WR;
        writeShut |= how != SocketNumbers.SHUT_RD;
        waitQueue().wakeAll();
        return 0;
    }

    @Override
    protected void closed() {
        super.closed();
        name.release();
        messages.close();
    }

    // ---- readiness ----

    @Override
    public int poll() {
        int events = PollEvents.WRITABLE | PollEvents.POLLWRBAND;
        events |= hasError() ? PollEvents.POLLERR : 0;
        events |= messages.isReadable() || readShut ? PollEvents.READABLE : 0;
        events |= readShut ? PollEvents.POLLRDHUP : 0;
        return readShut && writeShut ? events | PollEvents.POLLHUP : events;
    }

    @Override
    int available() {
        return messages.available();
    }
}
