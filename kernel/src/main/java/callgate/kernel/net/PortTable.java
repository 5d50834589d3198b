package callgate.kernel.net;

import callgate.kernel.abi.Errno;
import callgate.kernel.wait.Entropy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The ports of TCP or of UDP, and which sockets are bound to them. Thread-safe. */
final class PortTable {
    /** What {@code net.ipv4.ip_local_port_range} says. */
    private static final int FIRST_EPHEMERAL = 32768;

    private static final int LAST_EPHEMERAL = 60999;

    private final Entropy entropy;
    private final Map<Integer, List<Binding>> ports = new HashMap<>();

    /** Whether several sockets may have one port. */
    enum Sharing {
        NONE,
        /** SO_REUSEADDR on all of them, and none of TCP listens. */
        REUSE_ADDRESS,
        /** SO_REUSEPORT on all of them, and one owner. */
        REUSE_PORT
    }

    /** A socket's place; {@code dual} if it also gets what is sent to IPv4 addresses. */
    static final class Binding {
        private final InetSocket socket;
        private final Ip ip;
        private final int port;
        private final boolean dual;
        private final Sharing sharing;
        private final int uid;

        private Binding(
                InetSocket socket, Ip ip, int port, boolean dual, Sharing sharing, int uid) {
            this.socket = socket;
            this.ip = ip;
            this.port = port;
            this.dual = dual;
            this.sharing = sharing;
            this.uid = uid;
        }

        int port() {
            return port;
        }

        /** How well it fits a packet to an address: 0 not at all, an exact address best. */
        private int match(Ip to) {
            if (ip.equals(to)) {
                return 3;
            }
            if (!ip.isAny()) {
                return 0;
            }
            if (ip.isV4()) {
                return to.isV4() ? 2 : 0;
            }
            return !to.isV4() ? 2 : dual ? 1 : 0;
        }

        private boolean overlaps(Binding other) {
            return ip.equals(other.ip) || covers(other) || other.covers(this);
        }

        private boolean covers(Binding other) {
            return ip.isAny() && (ip.isV4() == other.ip.isV4() || !ip.isV4() && dual);
        }

        private boolean conflicts(Binding other) {
            if (!overlaps(other)) {
                return false;
            }
            if (sharing == Sharing.REUSE_PORT && other.sharing == Sharing.REUSE_PORT) {
                return uid != other.uid;
            }
            boolean bothReuse = sharing != Sharing.NONE && other.sharing != Sharing.NONE;
            return !bothReuse || socket.keepsOthersOff() || other.socket.keepsOthersOff();
        }
    }

    PortTable(Entropy entropy) {
        this.entropy = entropy;
    }

    /** Binds a socket; port 0 is any free one. Null if it is in use (EADDRINUSE). */
    synchronized Binding bind(
            InetSocket socket, Ip ip, int port, boolean dual, Sharing sharing, int uid) {
        if (port != 0) {
            Binding binding = new Binding(socket, ip, port, dual, sharing, uid);
            return isFree(binding) ? add(binding) : null;
        }
        int count = LAST_EPHEMERAL - FIRST_EPHEMERAL + 1;
        int start = random(count);
        for (int i = 0; i < count; i++) {
            int candidate = FIRST_EPHEMERAL + (start + i) % count;
            if (!ports.containsKey(candidate)) {
                return add(new Binding(socket, ip, candidate, dual, sharing, uid));
            }
        }
        return null;
    }

    private int random(int bound) {
        byte[] bytes = new byte[Integer.BYTES];
        entropy.fill(bytes);
        return Integer.remainderUnsigned(SocketBytes.getInt(bytes, 0), bound);
    }

    private boolean isFree(Binding wanted) {
        for (Binding other : ports.getOrDefault(wanted.port, List.of())) {
            if (wanted.conflicts(other)) {
                return false;
            }
        }
        return true;
    }

    private Binding add(Binding binding) {
        ports.computeIfAbsent(binding.port, port -> new ArrayList<>(1)).add(binding);
        return binding;
    }

    synchronized void unbind(Binding binding) {
        List<Binding> list = ports.get(binding.port);
        if (list != null) {
            list.remove(binding);
            if (list.isEmpty()) {
                ports.remove(binding.port);
            }
        }
    }

    /**
     * Whether a bound socket may listen, or {@code -EADDRINUSE}: another one with the port does.
     */
    synchronized int mayListen(Binding binding) {
        for (Binding other : ports.getOrDefault(binding.port, List.of())) {
            boolean shared =
                    binding.sharing == Sharing.REUSE_PORT && other.sharing == Sharing.REUSE_PORT;
            if (other != binding
                    && other.socket.keepsOthersOff()
                    && binding.overlaps(other)
                    && !shared) {
                return -Errno.EADDRINUSE;
            }
        }
        return 0;
    }

    /** Chooses among sockets. */
    interface Choice {
        /**
         * How well a socket takes what comes from an address: negative not at all, a higher number
         * better.
         */
        int of(InetSocket socket);
    }

    /**
     * The socket that takes what is sent to an address and port, the last bound of equals; null if
     * there is none.
     */
    synchronized InetSocket find(Ip to, int port, Choice choice) {
        InetSocket best = null;
        int bestScore = -1;
        int equals = 1;
        for (Binding binding : ports.getOrDefault(port, List.of())) {
            int match = binding.match(to);
            int chosen = match == 0 ? -1 : choice.of(binding.socket);
            int score = chosen < 0 ? -1 : chosen * 8 + match;
            boolean turn =
                    score == bestScore && binding.sharing == Sharing.REUSE_PORT
                            ? random(++equals) == 0
                            : score == bestScore;
            if (score >= 0 && (score > bestScore || turn)) {
                equals = score > bestScore ? 1 : equals;
                best = binding.socket;
                bestScore = score;
            }
        }
        return best;
    }
}
