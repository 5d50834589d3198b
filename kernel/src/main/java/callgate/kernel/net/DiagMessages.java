package callgate.kernel.net;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.SocketNumbers;
import java.io.ByteArrayOutputStream;
import java.util.List;

/** NETLINK_SOCK_DIAG: lists sockets, as {@code ss} does. See sock_diag(7). */
final class DiagMessages {
    private static final int SOCK_DIAG_BY_FAMILY = 20;
    private static final int AF_PACKET = 17;

    /** struct inet_diag_req_v2 and struct unix_diag_req. */
    private static final int INET_REQUEST_BYTES = 56;

    private static final int UNIX_REQUEST_BYTES = 24;

    /** struct inet_diag_msg and struct unix_diag_msg. */
    private static final int INET_BYTES = 72;

    private static final int UNIX_BYTES = 16;

    private static final int UNIX_DIAG_NAME = 0;
    private static final int UNIX_DIAG_PEER = 2;
    private static final int UNIX_DIAG_RQLEN = 4;
    private static final int UNIX_DIAG_SHUTDOWN = 6;

    private static final int ESTABLISHED = 1;
    private static final int CLOSE = 7;
    private static final int LISTEN = 10;

    private final Network network;

    DiagMessages(Network network) {
        this.network = network;
    }

    /** The answers to what one datagram asks, each a datagram. */
    List<byte[]> answer(byte[] datagram, int port) {
        return NetlinkAnswers.of(datagram, port, this::answerOne);
    }

    private void answerOne(NetlinkAnswers.Request request, NetlinkAnswers answers) {
        int bytes = request.bodyBytes();
        if (request.type() != SOCK_DIAG_BY_FAMILY || bytes < 2) {
            answers.error(request, Errno.EINVAL);
            return;
        }
        int family = request.datagram()[request.body()] & 0xff;
        switch (family) {
            case SocketNumbers.AF_INET, SocketNumbers.AF_INET6 -> {
                if (check(request, answers, INET_REQUEST_BYTES)) {
                    inet(request, answers, family);
                }
            }
            case SocketNumbers.AF_UNIX -> {
                if (check(request, answers, UNIX_REQUEST_BYTES)) {
                    unix(request, answers);
                }
            }
            case SocketNumbers.AF_NETLINK, AF_PACKET -> {
                if (check(request, answers, 2)) {
                    answers.done(request);
                }
            }
            default -> answers.error(request, Errno.ENOENT);
        }
    }

    /** Lists only: one socket is not looked up. */
    private static boolean check(
            NetlinkAnswers.Request request, NetlinkAnswers answers, int bytes) {
        if (request.bodyBytes() < bytes) {
            answers.error(request, Errno.EINVAL);
            return false;
        }
        if (!request.isDump()) {
            answers.error(request, Errno.ENOENT);
            return false;
        }
        return true;
    }

    // ---- internet ----

    private void inet(NetlinkAnswers.Request request, NetlinkAnswers answers, int family) {
        int protocol = request.datagram()[request.body() + 1] & 0xff;
        int states = SocketBytes.getInt(request.datagram(), request.body() + 4);
        for (Socket socket : network.sockets()) {
            if (socket.family() != family || socket.protocol() != protocol) {
                continue;
            }
            byte[] message =
                    switch (socket) {
                        case TcpSocket tcp -> tcp(tcp);
                        case UdpSocket udp -> udp(udp);
                        default -> null;
                    };
            if (message != null && (states >>> message[1] & 1) != 0) {
                answers.append(request, SOCK_DIAG_BY_FAMILY, NetlinkAnswers.NLM_F_MULTI, message);
            }
        }
        answers.done(request);
    }

    /** Null if it is not shown. */
    private static byte[] tcp(TcpSocket socket) {
        int state = socket.tcpState();
        if (state == 0) {
            return null;
        }
        byte[] message = inet(socket, state, socket.localAddress(), socket.remoteOrNull());
        SocketBytes.putInt(message, 56, socket.unread());
        SocketBytes.putInt(message, 60, socket.isListening() ? socket.backlog() : socket.unsent());
        return message;
    }

    private static byte[] udp(UdpSocket socket) {
        if (!socket.isBound()) {
            return null;
        }
        int state = socket.remoteOrNull() == null ? CLOSE : ESTABLISHED;
        byte[] message = inet(socket, state, socket.localAddress(), socket.remoteOrNull());
        SocketBytes.putInt(message, 56, socket.available());
        return message;
    }

    /** struct inet_diag_msg: four bytes, then ports and addresses, then queues, uid and inode. */
    private static byte[] inet(Socket socket, int state, InetAddress local, InetAddress remote) {
        byte[] message = new byte[INET_BYTES];
        message[0] = (byte) socket.family();
        message[1] = (byte) state;
        SocketBytes.putPort(message, 4, local.port());
        putIp(message, 8, local.ip(), socket.family());
        if (remote != null) {
            SocketBytes.putPort(message, 6, remote.port());
            putIp(message, 24, remote.ip(), socket.family());
        }
        SocketBytes.putLong(message, 44, socket.inode().number()); // the cookie
        SocketBytes.putInt(message, 64, socket.inode().uid());
        SocketBytes.putInt(message, 68, (int) socket.inode().number());
        return message;
    }

    private static void putIp(byte[] message, int at, Ip ip, int family) {
        if (family == SocketNumbers.AF_INET) {
            SocketBytes.putBigInt(message, at, ip.isV4() ? ip.v4() : 0);
        } else {
            SocketBytes.putBigLong(message, at, ip.high());
            SocketBytes.putBigLong(message, at + 8, ip.low());
        }
    }

    // ---- UNIX domain ----

    private void unix(NetlinkAnswers.Request request, NetlinkAnswers answers) {
        int states = SocketBytes.getInt(request.datagram(), request.body() + 4);
        for (Socket socket : network.sockets()) {
            if (socket.family() != SocketNumbers.AF_UNIX) {
                continue;
            }
            int state = unixState(socket);
            if ((states >>> state & 1) != 0) {
                answers.append(
                        request,
                        SOCK_DIAG_BY_FAMILY,
                        NetlinkAnswers.NLM_F_MULTI,
                        unix(socket, state));
            }
        }
        answers.done(request);
    }

    private static int unixState(Socket socket) {
        if (socket instanceof StreamSocket stream && stream.isListening()) {
            return LISTEN;
        }
        return socket.isConnected() ? ESTABLISHED : CLOSE;
    }

    private static byte[] unix(Socket socket, int state) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] message = new byte[UNIX_BYTES];
        message[0] = SocketNumbers.AF_UNIX;
        message[1] = (byte) socket.type();
        message[2] = (byte) state;
        SocketBytes.putInt(message, 4, (int) socket.inode().number());
        SocketBytes.putLong(message, 8, socket.inode().number());
        out.writeBytes(message);
        byte[] address = socket.localAddress().encode();
        if (address.length > 2) {
            NetlinkAnswers.attribute(
                    out, UNIX_DIAG_NAME, java.util.Arrays.copyOfRange(address, 2, address.length));
        }
        byte[] queues = new byte[8];
        int shutdown = 0;
        if (socket instanceof StreamSocket stream) {
            boolean listens = stream.isListening();
            SocketBytes.putInt(
                    queues, 0, listens ? stream.waitingConnections() : stream.available());
            SocketBytes.putInt(queues, 4, listens ? stream.backlog() : stream.unsent());
            StreamSocket peer = stream.other();
            if (peer != null && !peer.isGone()) {
                NetlinkAnswers.attribute(
                        out, UNIX_DIAG_PEER, SocketBytes.ofInt((int) peer.inode().number()));
            }
            shutdown = (stream.isReadShut() ? 1 : 0) | (stream.isWriteShut() ? 2 : 0);
        }
        NetlinkAnswers.attribute(out, UNIX_DIAG_RQLEN, queues);
        NetlinkAnswers.attribute(out, UNIX_DIAG_SHUTDOWN, new byte[] {(byte) shutdown});
        return out.toByteArray();
    }
}
