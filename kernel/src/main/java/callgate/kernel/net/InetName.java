package callgate.kernel.net;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.SocketNumbers;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.Credentials;

/**
 * The local address of a TCP or UDP socket. Thread-safe; changes are made under the socket's
 * monitor.
 */
final class InetName {
    private static final int FIRST_UNPRIVILEGED_PORT = 1024;

    private final Socket socket;
    private final PortTable ports;
    private volatile PortTable.Binding binding;
    private volatile InetAddress local;

    <S extends Socket & InetSocket> InetName(S socket, PortTable ports) {
        this.socket = socket;
        this.ports = ports;
        local = new InetAddress(socket.family(), anyOf(socket.family()), 0);
    }

    private static Ip anyOf(int family) {
        return family == SocketNumbers.AF_INET ? Ip.ANY4 : Ip.ANY6;
    }

    InetAddress local() {
        return local;
    }

    PortTable.Binding binding() {
        return binding;
    }

    boolean isBound() {
        return binding != null;
    }

    /** Where the socket's packets come from, as the peer sees it. */
    void setLocal(InetAddress address) {
        local = address;
    }

    /** {@code bind}: 0 or a negative errno. */
    int bind(Caller caller, byte[] encoded) {
        InetAddress wanted = InetAddress.decode(encoded, socket.family());
        if (binding != null) {
            return -Errno.EINVAL;
        }
        Ip ip = wanted.ip();
        if (!ip.isAny() && !ip.isLoopback() || ip.isV4() && isV6Only()) {
            return -Errno.EADDRNOTAVAIL;
        }
        boolean privileged = wanted.port() != 0 && wanted.port() < FIRST_UNPRIVILEGED_PORT;
        if (privileged && !caller.credentials().has(Credentials.CAP_NET_BIND_SERVICE)) {
            return -Errno.EACCES;
        }
        return bind(caller, ip, wanted.port());
    }

    private boolean isV6Only() {
        return socket.family() == SocketNumbers.AF_INET6
                && socket.options().isSet(SocketOptions.SOL_IPV6, SocketOptions.IPV6_V6ONLY);
    }

    private int bind(Caller caller, Ip ip, int port) {
        boolean dual = socket.family() == SocketNumbers.AF_INET6 && !isV6Only();
        binding =
                ports.bind(
                        (InetSocket) socket,
                        ip,
                        port,
                        dual,
                        sharing(),
                        caller.credentials().euid());
        if (binding == null) {
            return -Errno.EADDRINUSE;
        }
        local = new InetAddress(socket.family(), ip, binding.port());
        return 0;
    }

    private PortTable.Sharing sharing() {
        SocketOptions options = socket.options();
        if (options.isSet(SocketOptions.SOL_SOCKET, SocketOptions.SO_REUSEPORT)) {
            return PortTable.Sharing.REUSE_PORT;
        }
        return options.isSet(SocketOptions.SOL_SOCKET, SocketOptions.SO_REUSEADDR)
                ? PortTable.Sharing.REUSE_ADDRESS
                : PortTable.Sharing.NONE;
    }

    /** Gives the socket a free port if it has none; 0 or {@code -EADDRINUSE}. */
    int bindIfNeeded(Caller caller) {
        if (binding != null) {
            return 0;
        }
        int result = bind(caller, local.ip(), 0);
        return result == -Errno.EADDRINUSE ? -Errno.EADDRNOTAVAIL : result;
    }

    /**
     * Where a packet for an encoded address goes: the any-address is this host.
     *
     * @throws ErrnoException ENETUNREACH for every address but this host's
     */
    InetAddress destination(byte[] encoded) {
        InetAddress wanted = InetAddress.decode(encoded, socket.family());
        Ip ip = wanted.ip();
        if (ip.isAny()) {
            ip = ip.loopback();
        }
        if (!ip.isLoopback()
                || ip.isV4() && isV6Only()
                || !ip.isV4() && local.ip().isV4() && !local.ip().isAny()) {
            throw new ErrnoException(Errno.ENETUNREACH);
        }
        return wanted.withIp(ip);
    }

    void release() {
        PortTable.Binding old = binding;
        if (old != null) {
            ports.unbind(old);
            binding = null;
        }
    }
}
