package callgate.kernel.net;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.abi.SocketNumbers;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.Credentials;
import java.util.List;

/** AF_NETLINK: asks the kernel about interfaces and addresses, or about sockets. */
final class NetlinkSocket extends Socket {
    private static final int MAX_REQUEST = 65536;

    /** What answers a datagram, for the socket's own port. */
    @FunctionalInterface
    interface Protocol {
        List<byte[]> answer(byte[] datagram, int port);
    }

    private final Protocol protocol;
    private final MessageQueue messages;
    private volatile NetlinkAddress address = NetlinkAddress.KERNEL;

    NetlinkSocket(Network network, Protocol protocol, int type, Credentials owner) {
        super(network, SocketNumbers.AF_NETLINK, type, owner);
        this.protocol = protocol;
        messages = new MessageQueue(network, waitQueue());
    }

    @Override
    public synchronized long bind(Caller caller, byte[] encoded) {
        NetlinkAddress wanted = NetlinkAddress.decode(encoded);
        if (wanted.port() != 0 && address.port() != 0 && wanted.port() != address.port()) {
            return -Errno.EINVAL;
        }
        int port =
                wanted.port() != 0
                        ? wanted.port()
                        : address.port() != 0 ? address.port() : network().newNetlinkPort(caller);
        address = new NetlinkAddress(port, wanted.groups());
        return 0;
    }

    private synchronized NetlinkAddress bindIfNeeded(Caller caller) {
        if (address.port() == 0) {
            address = new NetlinkAddress(network().newNetlinkPort(caller), address.groups());
        }
        return address;
    }

    @Override
    public long connect(Caller caller, byte[] encoded) {
        NetlinkAddress wanted = NetlinkAddress.decode(encoded);
        bindIfNeeded(caller);
        return wanted.port() == 0 ? 0 : -Errno.ECONNREFUSED;
    }

    @Override
    public NetlinkAddress localAddress() {
        return address;
    }

    @Override
    public Address peerAddress() {
        return NetlinkAddress.KERNEL;
    }

    @Override
    public long send(Caller caller, IoBuffer from, Sending message) {
        if (message.address != null && NetlinkAddress.decode(message.address).port() != 0) {
            return -Errno.ECONNREFUSED;
        }
        if (from.remaining() > MAX_REQUEST) {
            return -Errno.EMSGSIZE;
        }
        byte[] request = new byte[(int) from.remaining()];
        if (request.length > 0 && from.get(request, 0, request.length) < request.length) {
            return -Errno.EFAULT;
        }
        NetlinkAddress own = bindIfNeeded(caller);
        for (byte[] answer : protocol.answer(request, own.port())) {
            MessageQueue.Message whole =
                    new MessageQueue.Message(answer, NetlinkAddress.KERNEL, null);
            if (messages.offer(whole, receiveBuffer(), Integer.MAX_VALUE) != 0) {
                fail(Errno.ENOBUFS);
            }
        }
        return request.length;
    }

    @Override
    public long receive(Caller caller, IoBuffer to, Receiving message) {
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
        return error != 0 ? -error : messages.tryRead(to, message);
    }

    /**
     * Options of netlink are for multicast groups and the form of errors; there is nothing to tell
     * of.
     */
    @Override
    public long setOption(Caller caller, int level, int name, byte[] value) {
        return level == SOL_NETLINK ? 0 : super.setOption(caller, level, name, value);
    }

    private static final int SOL_NETLINK = 270;

    @Override
    public byte[] option(Caller caller, int level, int name) {
        if (level == SOL_NETLINK) {
            throw new ErrnoException(Errno.ENOPROTOOPT);
        }
        return super.option(caller, level, name);
    }

    @Override
    protected void closed() {
        super.closed();
        messages.close();
    }

    @Override
    public int poll() {
        int events = PollEvents.WRITABLE | (hasError() ? PollEvents.POLLERR : 0);
        return messages.isReadable() ? events | PollEvents.READABLE : events;
    }

    @Override
    int available() {
        return messages.available();
    }
}
