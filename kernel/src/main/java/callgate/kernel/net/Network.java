package callgate.kernel.net;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.Mode;
import callgate.kernel.abi.SocketNumbers;
import callgate.kernel.vfs.AnonymousFs;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.Credentials;
import callgate.kernel.vfs.HeapBudget;
import callgate.kernel.vfs.Inode;
import callgate.kernel.wait.Entropy;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A kernel's sockets: makes them, and knows their names. One per kernel. Thread-safe. */
public final class Network {
    private static final int NETLINK_ROUTE = 0;
    private static final int NETLINK_SOCK_DIAG = 4;

    private final AnonymousFs inodes;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final HeapBudget budget;
    private final FilesInFlight filesInFlight = new FilesInFlight();
    private final UnixNames unixNames = new UnixNames();
    private final PortTable tcpPorts;
    private final PortTable udpPorts;
    private final AtomicInteger netlinkPorts = new AtomicInteger(1 << 22);

    /**
     * @param inodes where the inodes of sockets are
     * @param budget memory of the host for what is sent and not received
     */
    public Network(AnonymousFs inodes, HeapBudget budget, Entropy entropy) {
        this.inodes = inodes;
        this.budget = budget;
        tcpPorts = new PortTable(entropy);
        udpPorts = new PortTable(entropy);
    }

    HeapBudget budget() {
        return budget;
    }

    FilesInFlight filesInFlight() {
        return filesInFlight;
    }

    /** Whether no more open files may be sent for now (ETOOMANYREFS). */
    public boolean hasTooManyFilesInFlight() {
        return filesInFlight.isFull();
    }

    /** A socket is complete: it is shown from now on. */
    <S extends Socket> S opened(S socket) {
        sockets.add(socket);
        return socket;
    }

    void closed(Socket socket) {
        sockets.remove(socket);
    }

    Collection<Socket> sockets() {
        return sockets;
    }

    /** What /proc/net shows of sockets. */
    public SocketTexts texts() {
        return new SocketTexts(sockets);
    }

    UnixNames unixNames() {
        return unixNames;
    }

    PortTable tcpPorts() {
        return tcpPorts;
    }

    PortTable udpPorts() {
        return udpPorts;
    }

    Inode newInode(Credentials owner) {
        return inodes.newInode(Mode.S_IFSOCK | 0777, owner.fsuid(), owner.fsgid());
    }

    /**
     * A port for a netlink socket: the process's number is usual, but a process may have several.
     */
    int newNetlinkPort(Caller caller) {
        return netlinkPorts.incrementAndGet();
    }

    /**
     * {@code socket}.
     *
     * @param type without flags
     * @throws ErrnoException EAFNOSUPPORT, ESOCKTNOSUPPORT, EPROTONOSUPPORT, EPERM
     */
    public Socket open(Caller caller, int family, int type, int protocol) {
        return opened(newSocket(caller, family, type, protocol));
    }

    private Socket newSocket(Caller caller, int family, int type, int protocol) {
        return switch (family) {
            case SocketNumbers.AF_UNIX -> openUnix(caller, type, protocol);
            case SocketNumbers.AF_INET, SocketNumbers.AF_INET6 ->
                    openInet(caller, family, type, protocol);
            case SocketNumbers.AF_NETLINK -> openNetlink(caller, type, protocol);
            default -> throw new ErrnoException(Errno.EAFNOSUPPORT);
        };
    }

    private Socket openUnix(Caller caller, int type, int protocol) {
        if (protocol != 0 && protocol != SocketNumbers.AF_UNIX) {
            throw new ErrnoException(Errno.EPROTONOSUPPORT);
        }
        return switch (type) {
            case SocketNumbers.SOCK_STREAM, SocketNumbers.SOCK_SEQPACKET ->
                    new UnixStreamSocket(this, type, caller.credentials());
            case SocketNumbers.SOCK_DGRAM, SocketNumbers.SOCK_RAW ->
                    new UnixDatagramSocket(this, caller.credentials());
            default -> throw new ErrnoException(Errno.ESOCKTNOSUPPORT);
        };
    }

    private Socket openInet(Caller caller, int family, int type, int protocol) {
        switch (type) {
            case SocketNumbers.SOCK_STREAM -> {
                if (protocol == 0 || protocol == SocketNumbers.IPPROTO_TCP) {
                    return new TcpSocket(this, family, caller.credentials());
                }
                throw new ErrnoException(Errno.EPROTONOSUPPORT);
            }
            case SocketNumbers.SOCK_DGRAM -> {
                if (protocol == 0 || protocol == SocketNumbers.IPPROTO_UDP) {
                    return new UdpSocket(this, family, caller.credentials());
                }
                throw new ErrnoException(Errno.EPROTONOSUPPORT);
            }
            case SocketNumbers.SOCK_RAW -> throw new ErrnoException(Errno.EPERM);
            default -> throw new ErrnoException(Errno.ESOCKTNOSUPPORT);
        }
    }

    private Socket openNetlink(Caller caller, int type, int protocol) {
        if (type != SocketNumbers.SOCK_RAW && type != SocketNumbers.SOCK_DGRAM) {
            throw new ErrnoException(Errno.ESOCKTNOSUPPORT);
        }
        NetlinkSocket.Protocol answers =
                switch (protocol) {
                    case NETLINK_ROUTE -> RouteMessages::answer;
                    case NETLINK_SOCK_DIAG -> new DiagMessages(this)::answer;
                    default -> throw new ErrnoException(Errno.EPROTONOSUPPORT);
                };
        return new NetlinkSocket(this, answers, type, caller.credentials());
    }

    /**
     * {@code socketpair}: two connected sockets. ErrnoException as {@link #open}, and EOPNOTSUPP.
     */
    public Socket[] openPair(Caller caller, int family, int type, int protocol) {
        Socket one = open(caller, family, type, protocol);
        if (family != SocketNumbers.AF_UNIX) {
            one.release();
            throw new ErrnoException(Errno.EOPNOTSUPP);
        }
        Socket two = open(caller, family, type, protocol);
        if (one instanceof UnixStreamSocket first && two instanceof UnixStreamSocket second) {
            UnixStreamSocket.pair(caller, first, second);
        } else if (one instanceof UnixDatagramSocket first
                && two instanceof UnixDatagramSocket second) {
            UnixDatagramSocket.pair(caller, first, second);
        }
        return new Socket[] {one, two};
    }
}
