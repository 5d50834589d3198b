package callgate.kernel.net;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.SocketNumbers;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Requests of rtnetlink(7) and their answers: the interface {@code lo} and its two addresses can be
 * listed, nothing can be changed.
 */
final class RouteMessages {
    private static final int HEADER_BYTES = 16;

    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_GETLINK = 18;
    private static final int RTM_NEWADDR = 20;
    private static final int RTM_GETADDR = 22;
    private static final int RTM_GETROUTE = 26;
    private static final int RTM_GETNEIGH = 30;
    private static final int RTM_GETRULE = 34;
    private static final int FIRST_REQUEST = 16;

    private static final int NLM_F_MULTI = 2;
    private static final int NLM_F_ACK = 4;
    private static final int NLM_F_DUMP = 0x300;

    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_BROADCAST = 2;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_QDISC = 6;
    private static final int IFLA_TXQLEN = 13;
    private static final int IFLA_OPERSTATE = 16;
    private static final int IFLA_LINKMODE = 17;

    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_LABEL = 3;
    private static final int IFA_FLAGS = 8;

    private static final int PERMANENT = 0x80;
    private static final int SCOPE_HOST = 254;

    private final int port;
    private final List<byte[]> answers = new ArrayList<>();

    private RouteMessages(int port) {
        this.port = port;
    }

    /** The answers to what one datagram asks, each a datagram. */
    static List<byte[]> answer(byte[] datagram, int port) {
        RouteMessages messages = new RouteMessages(port);
        int at = 0;
        while (datagram.length - at >= HEADER_BYTES) {
            int length = SocketBytes.getInt(datagram, at);
            if (length < HEADER_BYTES || length > datagram.length - at) {
                break;
            }
            messages.answerOne(datagram, at, length);
            at += (length + 3) & ~3;
        }
        return messages.answers;
    }

    private void answerOne(byte[] datagram, int at, int length) {
        int type = SocketBytes.getShort(datagram, at + 4);
        int flags = SocketBytes.getShort(datagram, at + 6);
        int sequence = SocketBytes.getInt(datagram, at + 8);
        int family = length > HEADER_BYTES ? datagram[at + HEADER_BYTES] & 0xff : 0;
        if (type < FIRST_REQUEST) {
            return;
        }
        boolean dump = (flags & NLM_F_DUMP) == NLM_F_DUMP;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        switch (type) {
            case RTM_GETLINK -> {
                append(out, RTM_NEWLINK, dump ? NLM_F_MULTI : 0, sequence, link());
                finish(out, dump, sequence);
            }
            case RTM_GETADDR -> {
                if (family == 0 || family == SocketNumbers.AF_INET) {
                    append(out, RTM_NEWADDR, NLM_F_MULTI, sequence, address4());
                }
                if (family == 0 || family == SocketNumbers.AF_INET6) {
                    append(out, RTM_NEWADDR, NLM_F_MULTI, sequence, address6());
                }
                finish(out, true, sequence);
            }
            case RTM_GETROUTE, RTM_GETNEIGH, RTM_GETRULE -> {
                if (dump) {
                    finish(out, true, sequence);
                } else {
                    error(datagram, at, sequence, Errno.ENETUNREACH);
                }
            }
            default -> error(datagram, at, sequence, Errno.EOPNOTSUPP);
        }
        if (out.size() > 0 && (flags & NLM_F_ACK) != 0 && !dump) {
            error(datagram, at, sequence, 0);
        }
    }

    private void finish(ByteArrayOutputStream out, boolean dump, int sequence) {
        if (dump) {
            if (out.size() > 0) {
                answers.add(out.toByteArray());
                out.reset();
            }
            append(out, NLMSG_DONE, NLM_F_MULTI, sequence, new byte[4]);
        }
        answers.add(out.toByteArray());
    }

    private void error(byte[] datagram, int at, int sequence, int errno) {
        byte[] body = new byte[4 + HEADER_BYTES];
        SocketBytes.putInt(body, 0, -errno);
        System.arraycopy(datagram, at, body, 4, HEADER_BYTES);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        append(out, NLMSG_ERROR, 0, sequence, body);
        answers.add(out.toByteArray());
    }

    private void append(ByteArrayOutputStream out, int type, int flags, int sequence, byte[] body) {
        byte[] header = new byte[HEADER_BYTES];
        SocketBytes.putInt(header, 0, HEADER_BYTES + body.length);
        SocketBytes.putShort(header, 4, type);
        SocketBytes.putShort(header, 6, flags);
        SocketBytes.putInt(header, 8, sequence);
        SocketBytes.putInt(header, 12, port);
        out.writeBytes(header);
        out.writeBytes(body);
        out.writeBytes(new byte[-body.length & 3]);
    }

    private static byte[] link() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] info = new byte[16]; // struct ifinfomsg
        SocketBytes.putShort(info, 2, InterfaceIoctls.ARPHRD_LOOPBACK);
        SocketBytes.putInt(info, 4, InterfaceIoctls.LOOPBACK_INDEX);
        SocketBytes.putInt(info, 8, InterfaceIoctls.LOOPBACK_FLAGS | 0x10000); // IFF_LOWER_UP
        out.writeBytes(info);
        attribute(out, IFLA_IFNAME, text(InterfaceIoctls.LOOPBACK));
        attribute(out, IFLA_TXQLEN, SocketBytes.ofInt(1000));
        attribute(out, IFLA_OPERSTATE, new byte[] {0});
        attribute(out, IFLA_LINKMODE, new byte[] {0});
        attribute(out, IFLA_MTU, SocketBytes.ofInt(InterfaceIoctls.LOOPBACK_MTU));
        attribute(out, IFLA_QDISC, text("noqueue"));
        attribute(out, IFLA_ADDRESS, new byte[6]);
        attribute(out, IFLA_BROADCAST, new byte[6]);
        return out.toByteArray();
    }

    private static byte[] text(String text) {
        return (text + "\0").getBytes(StandardCharsets.US_ASCII);
    }

    private static void attribute(ByteArrayOutputStream out, int type, byte[] value) {
        byte[] header = new byte[4];
        SocketBytes.putShort(header, 0, header.length + value.length);
        SocketBytes.putShort(header, 2, type);
        out.writeBytes(header);
        out.writeBytes(value);
        out.writeBytes(new byte[-value.length & 3]);
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
        attribute(out, IFA_ADDRESS, address);
        attribute(out, IFA_LOCAL, address);
        attribute(out, IFA_LABEL, text(InterfaceIoctls.LOOPBACK));
        attribute(out, IFA_FLAGS, SocketBytes.ofInt(PERMANENT));
        return out.toByteArray();
    }

    private static byte[] address6() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(addressHeader(SocketNumbers.AF_INET6, 128));
        byte[] address = new byte[16];
        address[15] = 1;
        attribute(out, IFA_ADDRESS, address);
        attribute(out, IFA_FLAGS, SocketBytes.ofInt(PERMANENT));
        return out.toByteArray();
    }
}
