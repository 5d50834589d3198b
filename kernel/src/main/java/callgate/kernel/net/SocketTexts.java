package callgate.kernel.net;

import callgate.kernel.abi.SocketNumbers;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The tables of sockets below /proc/net: proc_net(5), Documentation/networking/proc_net_tcp. */
public final class SocketTexts {
    private static final int TCP_LINE = 149;
    private static final int UDP_LINE = 127;
    private static final int LISTENS = 0x10000;

    private final Collection<Socket> sockets;

    SocketTexts(Collection<Socket> sockets) {
        this.sockets = sockets;
    }

    private <S extends Socket> Stream<S> all(Class<S> type) {
        return sockets.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .sorted(Comparator.comparingLong(socket -> socket.inode().number()));
    }

    // ---- TCP ----

    public String tcp() {
        return tcp(SocketNumbers.AF_INET);
    }

    public String tcp6() {
        return tcp(SocketNumbers.AF_INET6);
    }

    private String tcp(int family) {
        List<TcpSocket> shown =
                all(TcpSocket.class)
                        .filter(socket -> socket.family() == family && socket.tcpState() != 0)
                        .sorted(Comparator.comparing(socket -> !socket.isListening()))
                        .toList();
        StringBuilder text = new StringBuilder(heading("  sl", family, "inode", TCP_LINE));
        for (int i = 0; i < shown.size(); i++) {
            TcpSocket socket = shown.get(i);
            String line =
                    format(
                            "%4d: %s %s %02X %08X:%08X 00:00000000 00000000 %5d        0 %d 1 0000000000000000 100 0 0 10 0",
                            i,
                            endpoint(socket.localAddress(), family),
                            endpoint(socket.remoteOrNull(), family),
                            socket.tcpState(),
                            socket.unsent(),
                            socket.unread(),
                            socket.inode().uid(),
                            socket.inode().number());
            text.append(pad(line, TCP_LINE));
        }
        return text.toString();
    }

    // ---- UDP ----

    public String udp() {
        return udp(SocketNumbers.AF_INET);
    }

    public String udp6() {
        return udp(SocketNumbers.AF_INET6);
    }

    public String raw() {
        return udpHeading(SocketNumbers.AF_INET);
    }

    public String raw6() {
        return udpHeading(SocketNumbers.AF_INET6);
    }

    private static String udpHeading(int family) {
        return heading("   sl", family, "inode ref pointer drops", UDP_LINE);
    }

    private String udp(int family) {
        StringBuilder text = new StringBuilder(udpHeading(family));
        all(UdpSocket.class)
                .filter(socket -> socket.family() == family && socket.isBound())
                .forEach(
                        socket ->
                                text.append(
                                        pad(
                                                format(
                                                        "%5d: %s %s %02X 00000000:%08X 00:00000000 00000000 %5d        0 %d 2 0000000000000000 0",
                                                        socket.localAddress().port(),
                                                        endpoint(socket.localAddress(), family),
                                                        endpoint(socket.remoteOrNull(), family),
                                                        socket.remoteOrNull() == null ? 7 : 1,
                                                        socket.available(),
                                                        socket.inode().uid(),
                                                        socket.inode().number()),
                                                UDP_LINE)));
        return text.toString();
    }

    private static String heading(String start, int family, String end, int width) {
        String state = "st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout ";
        if (family == SocketNumbers.AF_INET) {
            return pad(start + "  local_address rem_address   " + state + end, width);
        }
        String gap = " ".repeat(24);
        return "  sl  local_address " + gap + "remote_address" + gap + state + end + "\n";
    }

    /** Address words as they lie in memory, read as numbers of this little-endian machine. */
    private static String endpoint(InetAddress address, int family) {
        if (family == SocketNumbers.AF_INET) {
            int v4 = address == null || !address.ip().isV4() ? 0 : address.ip().v4();
            return format("%08X:%04X", Integer.reverseBytes(v4), port(address));
        }
        Ip ip = address == null ? Ip.ANY6 : address.ip();
        return format(
                "%08X%08X%08X%08X:%04X",
                Integer.reverseBytes((int) (ip.high() >>> 32)),
                Integer.reverseBytes((int) ip.high()),
                Integer.reverseBytes((int) (ip.low() >>> 32)),
                Integer.reverseBytes((int) ip.low()),
                port(address));
    }

    private static int port(InetAddress address) {
        return address == null ? 0 : address.port();
    }

    // ---- the others ----

    public String unix() {
        StringBuilder text =
                new StringBuilder("Num       RefCount Protocol Flags    Type St Inode Path\n");
        all(Socket.class)
                .filter(socket -> socket.family() == SocketNumbers.AF_UNIX)
                .forEach(socket -> text.append(unixLine(socket)));
        return text.toString();
    }

    private static String unixLine(Socket socket) {
        boolean listens = socket instanceof StreamSocket stream && stream.isListening();
        UnixAddress address = (UnixAddress) socket.localAddress();
        String name =
                switch (address.kind()) {
                    case UNNAMED -> "";
                    case PATH -> " " + address.name();
                    case ABSTRACT -> " @" + address.name().replace('\0', '@');
                };
        return format(
                "0000000000000000: %08X 00000000 %08X %04X %02X %5d%s\n",
                socket.isConnected() ? 3 : 2,
                listens ? LISTENS : 0,
                socket.type(),
                socket.isConnected() ? 3 : 1,
                socket.inode().number(),
                name);
    }

    public String netlink() {
        StringBuilder text =
                new StringBuilder(
                        "sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode\n");
        all(NetlinkSocket.class)
                .forEach(
                        socket ->
                                text.append(
                                        format(
                                                "0000000000000000 0   %-10d %08x %-8d 0        0     2        0        %d\n",
                                                Integer.toUnsignedLong(
                                                        socket.localAddress().port()),
                                                socket.localAddress().groups(),
                                                socket.available(),
                                                socket.inode().number())));
        return text.toString();
    }

    /** {@code sockstat}. */
    public String statistics() {
        long tcp = all(TcpSocket.class).filter(socket -> socket.tcpState() != 0).count();
        long udp = all(UdpSocket.class).filter(UdpSocket::isBound).count();
        return "sockets: used "
                + sockets.size()
                + "\nTCP: inuse "
                + tcp
                + " orphan 0 tw 0 alloc "
                + all(TcpSocket.class).count()
                + " mem 0\nUDP: inuse "
                + udp
                + " mem 0\nUDPLITE: inuse 0\nRAW: inuse 0\nFRAG: inuse 0 memory 0\n";
    }

    /** {@code snmp}: counters nobody keeps, but for established connections. */
    public String snmp() {
        long established = all(TcpSocket.class).filter(socket -> socket.tcpState() == 1).count();
        return "Ip: Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors ForwDatagrams InUnknownProtos InDiscards InDelivers OutRequests OutDiscards OutNoRoutes ReasmTimeout ReasmReqds ReasmOKs ReasmFails FragOKs FragFails FragCreates\n"
                + "Ip: 2 64 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
                + "Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors\n"
                + "Tcp: 1 200 120000 -1 0 0 0 0 "
                + established
                + " 0 0 0 0 0 0\n"
                + "Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors\n"
                + "Udp: 0 0 0 0 0 0 0 0 0\n";
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static String pad(String line, int width) {
        return line + " ".repeat(Math.max(0, width - line.length())) + "\n";
    }
}
