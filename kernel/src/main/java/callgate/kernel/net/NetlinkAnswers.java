package callgate.kernel.net;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Messages of the kernel to one netlink socket, as datagrams: netlink(7). */
final class NetlinkAnswers {
    static final int HEADER_BYTES = 16;

    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int FIRST_REQUEST = 16;
    static final int NLM_F_MULTI = 2;
    static final int NLM_F_ACK = 4;
    private static final int NLM_F_DUMP = 0x300;

    /** How much goes into a datagram before the next one begins. */
    private static final int DATAGRAM_BYTES = 8192;

    private final int port;
    private final List<byte[]> datagrams = new ArrayList<>();
    private final ByteArrayOutputStream current = new ByteArrayOutputStream();

    NetlinkAnswers(int port) {
        this.port = port;
    }

    /** A request: a message of a datagram, at an offset. */
    record Request(byte[] datagram, int at, int length, int type, int flags, int sequence) {
        boolean isDump() {
            return (flags & NLM_F_DUMP) == NLM_F_DUMP;
        }

        boolean wantsAcknowledgement() {
            return (flags & NLM_F_ACK) != 0;
        }

        /** Where its body is. */
        int body() {
            return at + HEADER_BYTES;
        }

        int bodyBytes() {
            return length - HEADER_BYTES;
        }
    }

    /** Answers one request. */
    @FunctionalInterface
    interface Answering {
        void answer(Request request, NetlinkAnswers answers);
    }

    /** The answers to what one datagram asks, each a datagram. */
    static List<byte[]> of(byte[] datagram, int port, Answering answering) {
        NetlinkAnswers answers = new NetlinkAnswers(port);
        int at = 0;
        while (datagram.length - at >= HEADER_BYTES) {
            int length = SocketBytes.getInt(datagram, at);
            if (length < HEADER_BYTES || length > datagram.length - at) {
                break;
            }
            int type = SocketBytes.getShort(datagram, at + 4);
            int flags = SocketBytes.getShort(datagram, at + 6);
            int sequence = SocketBytes.getInt(datagram, at + 8);
            if (type >= FIRST_REQUEST) {
                answering.answer(new Request(datagram, at, length, type, flags, sequence), answers);
                answers.flush();
            }
            at += (length + 3) & ~3;
        }
        return answers.datagrams;
    }

    private void flush() {
        if (current.size() > 0) {
            datagrams.add(current.toByteArray());
            current.reset();
        }
    }

    /** Adds a message; {@code flags} are those of its header. */
    void append(Request request, int type, int flags, byte[] body) {
        byte[] header = new byte[HEADER_BYTES];
        SocketBytes.putInt(header, 0, HEADER_BYTES + body.length);
        SocketBytes.putShort(header, 4, type);
        SocketBytes.putShort(header, 6, flags);
        SocketBytes.putInt(header, 8, request.sequence);
        SocketBytes.putInt(header, 12, port);
        if (current.size() + body.length > DATAGRAM_BYTES) {
            flush();
        }
        current.writeBytes(header);
        current.writeBytes(body);
        current.writeBytes(new byte[-body.length & 3]);
    }

    /** The end of a list. */
    void done(Request request) {
        flush();
        append(request, NLMSG_DONE, NLM_F_MULTI, new byte[4]);
    }

    /** An error; 0 acknowledges. */
    void error(Request request, int errno) {
        byte[] body = new byte[4 + HEADER_BYTES];
        SocketBytes.putInt(body, 0, -errno);
        System.arraycopy(request.datagram, request.at, body, 4, HEADER_BYTES);
        flush();
        append(request, NLMSG_ERROR, 0, body);
    }

    // ---- attributes ----

    static void attribute(ByteArrayOutputStream out, int type, byte[] value) {
        byte[] header = new byte[4];
        SocketBytes.putShort(header, 0, header.length + value.length);
        SocketBytes.putShort(header, 2, type);
        out.writeBytes(header);
        out.writeBytes(value);
        out.writeBytes(new byte[-value.length & 3]);
    }

    static byte[] text(String text) {
        return (text + "\0").getBytes(StandardCharsets.US_ASCII);
    }
}
