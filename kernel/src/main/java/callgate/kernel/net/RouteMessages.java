package callgate.kernel.net;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.SocketNumbers;
import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * Requests of rtnetlink(7) and their answers: the interface {@code lo} and its two addresses can be
 * listed, nothing can be changed.
 */
final class RouteMessages {
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_GETLINK = 18;
    private static final int RTM_NEWADDR = 20;
    private static final int RTM_GETADDR = 22;
    private static final int RTM_GETROUTE = 26;
    private static final int RTM_GETNEIGH = 30;
    private static final int RTM_GETRULE = 34;

    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_BROADCAST = 2;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_QDISC = 6;
    private static final int IFLA_STATS = 7;
    private static final int IFLA_TXQLEN = 13;
    private static final int IFLA_OPERSTATE = 16;
    private static final int IFLA_LINKMODE = 17;
    private static final int IFLA_STATS64 = 23;
    private static final int IFLA_GROUP = 27;

    /** Counters of struct rtnl_link_stats and of its 64-bit form. */
    private static final int STATISTICS = 24;

    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_LABEL = 3;
    private static final int IFA_CACHEINFO = 6;
    private static final int IFA_FLAGS = 8;

    private static final int PERMANENT = 0x80;
    private static final int SCOPE_HOST = 254;

    private RouteMessages() {}

    /** The answers to what one datagram asks, each a datagram. */
    static List<byte[]> answer(byte[] datagram, int port) {
        return NetlinkAnswers.of(datagram, port, RouteMessages::answerOne);
    }

    private static void answerOne(NetlinkAnswers.Request request, NetlinkAnswers answers) {
        int family = request.bodyBytes() > 0 ? request.datagram()[request.body()] & 0xff : 0;
        switch (request.type()) {
            case RTM_GETLINK -> {
                int flags = request.isDump() ? NetlinkAnswers.NLM_F_MULTI : 0;
                answers.append(request, RTM_NEWLINK, flags, link());
                if (request.isDump()) {
                    answers.done(request);
                } else if (request.wantsAcknowledgement()) {
                    answers.error(request, 0);
                }
            }
            case RTM_GETADDR -> {
                if (family == 0 || family == SocketNumbers.AF_INET) {
                    answers.append(request, RTM_NEWADDR, NetlinkAnswers.NLM_F_MULTI, address4());
                }
                if (family == 0 || family == SocketNumbers.AF_INET6) {
                    answers.append(request, RTM_NEWADDR, NetlinkAnswers.NLM_F_MULTI, address6());
                }
                answers.done(request);
            }
            case RTM_GETROUTE, RTM_GETNEIGH, RTM_GETRULE -> {
                if (request.isDump()) {
                    answers.done(request);
                } else {
                    answers.error(request, Errno.ENETUNREACH);
                }
            }
            default -> answers.error(request, Errno.EOPNOTSUPP);
        }
    }

    private static byte[] link() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] info = new byte[16]; // struct ifinfomsg
        SocketBytes.putShort(info, 2, InterfaceIoctls.ARPHRD_LOOPBACK);
        SocketBytes.putInt(info, 4, InterfaceIoctls.LOOPBACK_INDEX);
        SocketBytes.putInt(info, 8, InterfaceIoctls.LOOPBACK_FLAGS | 0x10000); // IFF_LOWER_UP
        out.writeBytes(info);
        NetlinkAnswers.attribute(out, IFLA_IFNAME, NetlinkAnswers.text(InterfaceIoctls.LOOPBACK));
        NetlinkAnswers.attribute(out, IFLA_TXQLEN, SocketBytes.ofInt(1000));
        NetlinkAnswers.attribute(out, IFLA_OPERSTATE, new byte[] {0});
        NetlinkAnswers.attribute(out, IFLA_LINKMODE, new byte[] {0});
        NetlinkAnswers.attribute(out, IFLA_MTU, SocketBytes.ofInt(InterfaceIoctls.LOOPBACK_MTU));
        NetlinkAnswers.attribute(out, IFLA_QDISC, NetlinkAnswers.text("noqueue"));
        NetlinkAnswers.attribute(out, IFLA_ADDRESS, new byte[6]);
        NetlinkAnswers.attribute(out, IFLA_BROADCAST, new byte[6]);
        NetlinkAnswers.attribute(out, IFLA_GROUP, new byte[4]);
        NetlinkAnswers.attribute(out, IFLA_STATS, new byte[STATISTICS * Integer.BYTES]);
        NetlinkAnswers.attribute(out, IFLA_STATS64, new byte[STATISTICS * Long.BYTES]);
        return out.toByteArray();
    }

    /** struct ifa_cacheinfo: preferred and valid for ever. */
    private static byte[] forEver() {
        byte[] info = new byte[16];
        SocketBytes.putInt(info, 0, -1);
        SocketBytes.putInt(info, 4, -1);
        return info;
    }

    private static byte[] addressHeader(int family, int prefixBits) {
        byte[] header = new byte[8]; // struct ifaddrmsg
        header[0] = (byte) family;
        header[1] = (byte) prefixBits;
        header[2] = (byte) PERMANENT;
        header[3] = (byte) SCOPE_HOST;
        SocketBytes.putInt(header, 4, InterfaceIoctls.LOOPBACK_INDEX);
        return header;
    }

    private static byte[] address4() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(addressHeader(SocketNumbers.AF_INET, 8));
        byte[] address = {127, 0, 0, 1};
        NetlinkAnswers.attribute(out, IFA_ADDRESS, address);
        NetlinkAnswers.attribute(out, IFA_LOCAL, address);
        NetlinkAnswers.attribute(out, IFA_LABEL, NetlinkAnswers.text(InterfaceIoctls.LOOPBACK));
        NetlinkAnswers.attribute(out, IFA_FLAGS, SocketBytes.ofInt(PERMANENT));
        NetlinkAnswers.attribute(out, IFA_CACHEINFO, forEver());
        return out.toByteArray();
    }

    private static byte[] address6() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(addressHeader(SocketNumbers.AF_INET6, 128));
        byte[] address = new byte[16];
        address[15] = 1;
        NetlinkAnswers.attribute(out, IFA_ADDRESS, address);
        NetlinkAnswers.attribute(out, IFA_FLAGS, SocketBytes.ofInt(PERMANENT));
        NetlinkAnswers.attribute(out, IFA_CACHEINFO, forEver());
        return out.toByteArray();
    }
}
