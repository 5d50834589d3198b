package callgate.kernel.net;

import callgate.kernel.abi.SocketNumbers;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The options of a socket that are plain numbers. Those that this kernel acts on are asked for by
 * name; the others are kept so that a program reads back what it wrote, as is right where there are
 * no wires. Thread-safe.
 */
final class SocketOptions {
    static final int SOL_IP = 0;
    static final int SOL_SOCKET = 1;
    static final int SOL_TCP = 6;
    static final int SOL_IPV6 = 41;

    static final int SO_REUSEADDR = 2;
    static final int SO_TYPE = 3;
    static final int SO_ERROR = 4;
    static final int SO_SNDBUF = 7;
    static final int SO_RCVBUF = 8;
    static final int SO_LINGER = 13;
    static final int SO_REUSEPORT = 15;
    static final int SO_PASSCRED = 16;
    static final int SO_PEERCRED = 17;
    static final int SO_RCVLOWAT = 18;
    static final int SO_RCVTIMEO = 20;
    static final int SO_SNDTIMEO = 21;
    static final int SO_BINDTODEVICE = 25;
    static final int SO_ACCEPTCONN = 30;
    static final int SO_SNDBUFFORCE = 32;
    static final int SO_RCVBUFFORCE = 33;
    static final int SO_PROTOCOL = 38;
    static final int SO_DOMAIN = 39;

    static final int TCP_INFO = 11;
    static final int TCP_CONGESTION = 13;
    static final int IPV6_V6ONLY = 26;

    /** Kinds of plain options. */
    private enum Kind {
        FLAG,
        NUMBER
    }

    private record Option(Kind kind, int initial) {}

    private static final Map<Integer, Option> COMMON =
            Map.ofEntries(
                    flag(SOL_SOCKET, 1), // SO_DEBUG
                    flag(SOL_SOCKET, SO_REUSEADDR),
                    flag(SOL_SOCKET, 5), // SO_DONTROUTE
                    flag(SOL_SOCKET, 6), // SO_BROADCAST
                    flag(SOL_SOCKET, 9), // SO_KEEPALIVE
                    flag(SOL_SOCKET, 10), // SO_OOBINLINE
                    flag(SOL_SOCKET, 11), // SO_NO_CHECK
                    number(SOL_SOCKET, 12, 0), // SO_PRIORITY
                    flag(SOL_SOCKET, SO_REUSEPORT),
                    flag(SOL_SOCKET, SO_PASSCRED),
                    number(SOL_SOCKET, SO_RCVLOWAT, 1),
                    number(SOL_SOCKET, 36, 0), // SO_MARK
                    number(SOL_SOCKET, 46, 0)); // SO_BUSY_POLL

    private static final Map<Integer, Option> INET =
            Map.ofEntries(
                    number(SOL_IP, 1, 0), // IP_TOS
                    number(SOL_IP, 2, 64), // IP_TTL
                    number(SOL_IP, 10, 1), // IP_MTU_DISCOVER
                    flag(SOL_IP, 11), // IP_RECVERR
                    flag(SOL_IP, 12), // IP_RECVTTL
                    flag(SOL_IP, 13), // IP_RECVTOS
                    flag(SOL_IP, 15), // IP_FREEBIND
                    flag(SOL_IP, 24), // IP_BIND_ADDRESS_NO_PORT
                    number(SOL_IP, 33, 1), // IP_MULTICAST_TTL
                    number(SOL_IP, 34, 1)); // IP_MULTICAST_LOOP

    private static final Map<Integer, Option> INET6 =
            Map.ofEntries(
                    flag(SOL_IPV6, IPV6_V6ONLY),
                    number(SOL_IPV6, 16, 64), // IPV6_UNICAST_HOPS
                    number(SOL_IPV6, 18, 1), // IPV6_MULTICAST_HOPS
                    number(SOL_IPV6, 19, 1), // IPV6_MULTICAST_LOOP
                    number(SOL_IPV6, 23, 1), // IPV6_MTU_DISCOVER
                    flag(SOL_IPV6, 25), // IPV6_RECVERR
                    flag(SOL_IPV6, 51), // IPV6_RECVHOPLIMIT
                    flag(SOL_IPV6, 62), // IPV6_DONTFRAG
                    flag(SOL_IPV6, 66), // IPV6_RECVTCLASS
                    number(SOL_IPV6, 67, 0)); // IPV6_TCLASS

    private static final Map<Integer, Option> TCP =
            Map.ofEntries(
                    flag(SOL_TCP, 1), // TCP_NODELAY
                    number(SOL_TCP, 2, 65483), // TCP_MAXSEG
                    flag(SOL_TCP, 3), // TCP_CORK
                    number(SOL_TCP, 4, 7200), // TCP_KEEPIDLE
                    number(SOL_TCP, 5, 75), // TCP_KEEPINTVL
                    number(SOL_TCP, 6, 9), // TCP_KEEPCNT
                    number(SOL_TCP, 7, 6), // TCP_SYNCNT
                    number(SOL_TCP, 8, 60), // TCP_LINGER2
                    number(SOL_TCP, 9, 0), // TCP_DEFER_ACCEPT
                    number(SOL_TCP, 10, 0), // TCP_WINDOW_CLAMP
                    flag(SOL_TCP, 12), // TCP_QUICKACK
                    number(SOL_TCP, 18, 0), // TCP_USER_TIMEOUT
                    number(SOL_TCP, 23, 0), // TCP_FASTOPEN
                    number(SOL_TCP, 25, 0)); // TCP_NOTSENT_LOWAT

    private final int family;
    private final int type;
    private final Map<Integer, Integer> values = new ConcurrentHashMap<>();

    SocketOptions(int family, int type) {
        this.family = family;
        this.type = type;
    }

    private static int key(int level, int name) {
        return level << 16 | name;
    }

    private static Map.Entry<Integer, Option> flag(int level, int name) {
        return Map.entry(key(level, name), new Option(Kind.FLAG, 0));
    }

    private static Map.Entry<Integer, Option> number(int level, int name, int initial) {
        return Map.entry(key(level, name), new Option(Kind.NUMBER, initial));
    }

    private Option option(int level, int name) {
        if (name < 0 || name > 0xffff) {
            return null;
        }
        boolean inet = family == SocketNumbers.AF_INET || family == SocketNumbers.AF_INET6;
        return switch (level) {
            case SOL_SOCKET -> COMMON.get(key(level, name));
            case SOL_IP -> inet ? INET.get(key(level, name)) : null;
            case SOL_IPV6 -> family == SocketNumbers.AF_INET6 ? INET6.get(key(level, name)) : null;
            case SOL_TCP ->
                    inet && type == SocketNumbers.SOCK_STREAM ? TCP.get(key(level, name)) : null;
            default -> null;
        };
    }

    boolean knows(int level, int name) {
        return option(level, name) != null;
    }

    int get(int level, int name) {
        Integer value = values.get(key(level, name));
        return value != null ? value : option(level, name).initial;
    }

    boolean isSet(int level, int name) {
        return get(level, name) != 0;
    }

    void set(int level, int name, int value) {
        values.put(
                key(level, name),
                option(level, name).kind == Kind.FLAG ? (value != 0 ? 1 : 0) : value);
    }

    /** What an accepted socket has from its listener. */
    void copyFrom(SocketOptions other) {
        values.putAll(other.values);
    }
}
