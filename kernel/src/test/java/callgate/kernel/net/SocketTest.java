package callgate.kernel.net;

import static callgate.kernel.ipc.TestWorld.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.abi.Signals;
import callgate.kernel.abi.SocketNumbers;
import callgate.kernel.ipc.Ipc;
import callgate.kernel.ipc.TestWorld;
import callgate.kernel.mm.HeapBuffer;
import callgate.kernel.vfs.AnonymousFs;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.Credentials;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.wait.HostEntropy;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SocketTest {
    private static final int STREAM = SocketNumbers.SOCK_STREAM;
    private static final int DATAGRAM = SocketNumbers.SOCK_DGRAM;

    private final TestWorld world = new TestWorld();
    private final Network network =
            new Network(
                    new AnonymousFs(world.clock, 13, "sockfs"), world.budget, new HostEntropy());

    @AfterEach
    void close() {
        world.close();
    }

    // ---- helpers ----

    private Socket open(int family, int type) {
        return network.open(world.main, family, type, 0);
    }

    private static byte[] abstractName(String name) {
        return new UnixAddress(UnixAddress.Kind.ABSTRACT, name).encode();
    }

    private static byte[] v4(int ip, int port) {
        return new InetAddress(SocketNumbers.AF_INET, Ip.v4(ip), port).encode();
    }

    private static final int LOCALHOST = 0x7f000001;

    private static int port(Socket socket) {
        return ((InetAddress) socket.localAddress()).port();
    }

    private static String receive(Caller caller, Socket socket, int limit) {
        return receive(caller, socket, limit, new Receiving(0));
    }

    private static String receive(Caller caller, Socket socket, int limit, Receiving message) {
        byte[] bytes = new byte[limit];
        long result = socket.receive(caller, new HeapBuffer(bytes), message);
        return result < 0
                ? Errno.name((int) -result)
                : new String(bytes, 0, (int) result, StandardCharsets.ISO_8859_1);
    }

    private static long send(Caller caller, Socket socket, String text) {
        return socket.send(caller, text(text), new Sending(0, null, null));
    }

    private Socket[] pair(int type) {
        return network.openPair(world.main, SocketNumbers.AF_UNIX, type, 0);
    }

    private Socket listen(int backlog) {
        Socket server = open(SocketNumbers.AF_INET, STREAM);
        assertThat(server.bind(world.main, v4(LOCALHOST, 0))).isZero();
        assertThat(server.listen(world.main, backlog)).isZero();
        return server;
    }

    private Socket connect(Socket server) {
        Socket client = open(SocketNumbers.AF_INET, STREAM);
        assertThat(client.connect(world.main, v4(LOCALHOST, port(server)))).isZero();
        return client;
    }

    // ---- AF_UNIX ----

    @Test
    void aPairCarriesBytesBothWaysAndSeesTheOtherEndClose() {
        Socket[] pair = pair(STREAM);
        send(world.main, pair[0], "ab");
        send(world.main, pair[0], "cd");
        assertThat(receive(world.main, pair[1], 10)).isEqualTo("abcd");
        var reading = world.start(caller -> receive(caller, pair[0], 10)).blocked();
        pair[1].release();
        assertThat(reading.get()).isEmpty();
        assertThat(pair[0].poll() & (PollEvents.POLLHUP | PollEvents.POLLRDHUP))
                .isEqualTo(PollEvents.POLLHUP | PollEvents.POLLRDHUP);
        assertThat(send(world.main, pair[0], "x")).isEqualTo(-Errno.EPIPE);
        assertThat(world.main.signals).containsExactly(Signals.SIGPIPE);
    }

    @Test
    void closingWithUnreadBytesResetsTheOtherEnd() {
        Socket[] pair = pair(STREAM);
        send(world.main, pair[0], "ab");
        pair[1].release();
        assertThat(receive(world.main, pair[0], 10)).isEqualTo("ECONNRESET");
        assertThat(receive(world.main, pair[0], 10)).isEmpty();
    }

    @Test
    void recordsAreKeptApartAndCut() {
        Socket[] pair = pair(SocketNumbers.SOCK_SEQPACKET);
        send(world.main, pair[0], "abc");
        send(world.main, pair[0], "d");
        Receiving message = new Receiving(0);
        assertThat(receive(world.main, pair[1], 2, message)).isEqualTo("ab");
        assertThat(message.messageFlags).isEqualTo(SocketNumbers.MSG_TRUNC);
        assertThat(message.messageBytes).isEqualTo(3);
        assertThat(receive(world.main, pair[1], 2)).isEqualTo("d");
    }

    @Test
    void aNameInTheAbstractSpaceIsFoundAndGoesWithItsSocket() {
        Socket server = open(SocketNumbers.AF_UNIX, STREAM);
        assertThat(server.bind(world.main, abstractName("a"))).isZero();
        Socket client = open(SocketNumbers.AF_UNIX, STREAM);
        assertThat(client.connect(world.main, abstractName("a"))).isEqualTo(-Errno.ECONNREFUSED);
        server.listen(world.main, 1);
        assertThat(client.connect(world.main, abstractName("a"))).isZero();
        assertThat(client.connect(world.main, abstractName("a"))).isEqualTo(-Errno.EISCONN);
        Socket accepted = server.accept(world.main);
        send(world.main, client, "hi");
        assertThat(receive(world.main, accepted, 10)).isEqualTo("hi");
        Socket other = open(SocketNumbers.AF_UNIX, STREAM);
        assertThatThrownBy(() -> other.bind(world.main, abstractName("a")))
                .hasMessage("EADDRINUSE");
        server.release();
        assertThat(other.bind(world.main, abstractName("a"))).isZero();
    }

    @Test
    void aFullBacklogMakesConnectorsWait() {
        Socket server = open(SocketNumbers.AF_UNIX, STREAM);
        server.bind(world.main, abstractName("b"));
        server.listen(world.main, 0);
        Socket first = open(SocketNumbers.AF_UNIX, STREAM);
        assertThat(first.connect(world.main, abstractName("b"))).isZero();
        Socket impatient = open(SocketNumbers.AF_UNIX, STREAM);
        impatient.setStatusFlags(OpenFlags.O_NONBLOCK);
        assertThat(impatient.connect(world.main, abstractName("b"))).isEqualTo(-Errno.EAGAIN);
        var second =
                world.start(
                                caller ->
                                        open(SocketNumbers.AF_UNIX, STREAM)
                                                .connect(caller, abstractName("b")))
                        .blocked();
        server.accept(world.main);
        assertThat(second.get()).isZero();
    }

    @Test
    void openFilesTravelWithTheirBytesAndAreClosedIfNobodyTakesThem() {
        Socket[] pair = pair(STREAM);
        Ipc.Ends pipe = world.ipc.newPipe(world.main.credentials(), 0);
        Ancillary along = new Ancillary(null, new OpenFile[] {pipe.writer().retain()});
        pair[0].send(world.main, text("x"), new Sending(0, null, along));
        pipe.writer().release();
        assertThat(pipe.reader().poll()).isZero();
        Receiving peeked = new Receiving(SocketNumbers.MSG_PEEK);
        assertThat(receive(world.main, pair[1], 10, peeked)).isEqualTo("x");
        assertThat(peeked.ancillary.files()).hasSize(1);
        peeked.ancillary.release();
        assertThat(pipe.reader().poll()).isZero();
        pair[1].release();
        assertThat(pipe.reader().poll()).isEqualTo(PollEvents.POLLHUP);
    }

    @Test
    void aCycleOfSocketsInFlightIsCollected() {
        Ipc.Ends pipe = world.ipc.newPipe(world.main.credentials(), 0);
        Socket[] pair = pair(DATAGRAM);
        Ancillary along =
                new Ancillary(
                        null,
                        new OpenFile[] {
                            pair[0].retain(), pair[1].retain(), pipe.writer().retain()
                        });
        pair[0].send(world.main, text("x"), new Sending(0, null, along));
        pipe.writer().release();
        pair[0].release();
        pair[1].release();
        assertThat(pipe.reader().poll()).isZero();
        open(SocketNumbers.AF_UNIX, STREAM).release(); // the next one that closes looks
        assertThat(pipe.reader().poll()).isEqualTo(PollEvents.POLLHUP);
    }

    @Test
    void aSocketInFlightThatCanStillBeReceivedIsNotCollected() {
        Socket[] outer = pair(STREAM);
        Socket[] inner = pair(STREAM);
        outer[0].send(
                world.main,
                text("x"),
                new Sending(0, null, new Ancillary(null, new OpenFile[] {inner[0].retain()})));
        inner[0].release();
        Socket[] unrelated = pair(STREAM);
        unrelated[0].release();
        unrelated[1].release();
        Receiving message = new Receiving(0);
        receive(world.main, outer[1], 1, message);
        assertThat(send(world.main, (Socket) message.ancillary.files()[0], "still")).isEqualTo(5);
        assertThat(receive(world.main, inner[1], 10)).isEqualTo("still");
    }

    @Test
    void datagramsKeepTheirBoundsAndTheSenderWaitsForAFullReceiver() {
        Socket receiver = open(SocketNumbers.AF_UNIX, DATAGRAM);
        receiver.bind(world.main, abstractName("d"));
        Socket sender = open(SocketNumbers.AF_UNIX, DATAGRAM);
        sender.connect(world.main, abstractName("d"));
        int sent = 0;
        while ((sender.poll() & PollEvents.POLLOUT) != 0) {
            send(world.main, sender, "m" + sent++);
        }
        var blocked = world.start(caller -> send(caller, sender, "last")).blocked();
        assertThat(receive(world.main, receiver, 10)).isEqualTo("m0");
        assertThat(blocked.get()).isEqualTo(4);
        receiver.release();
        assertThat(send(world.main, sender, "x")).isEqualTo(-Errno.ECONNREFUSED);
        assertThat(send(world.main, sender, "x")).isEqualTo(-Errno.ENOTCONN);
    }

    @Test
    void twoSocketsThatConnectToOneAnotherDoNotLockUp() {
        for (int i = 0; i < 50; i++) {
            Socket one = open(SocketNumbers.AF_UNIX, STREAM);
            Socket two = open(SocketNumbers.AF_UNIX, STREAM);
            byte[] first = abstractName("one" + i);
            byte[] second = abstractName("two" + i);
            one.bind(world.main, first);
            two.bind(world.main, second);
            var a = world.start(caller -> connectOrListen(caller, one, second));
            var b = world.start(caller -> connectOrListen(caller, two, first));
            a.get();
            b.get();
        }
    }

    private static long connectOrListen(Caller caller, Socket socket, byte[] other) {
        socket.listen(caller, 1);
        return socket.connect(caller, other);
    }

    // ---- TCP ----

    @Test
    void aConnectionIsMadeBeforeItIsAccepted() {
        Socket server = listen(5);
        Socket client = connect(server);
        send(world.main, client, "early");
        Socket accepted = server.accept(world.main);
        assertThat(receive(world.main, accepted, 10)).isEqualTo("early");
        assertThat(accepted.peerAddress()).isEqualTo(client.localAddress());
        assertThat(client.peerAddress()).isEqualTo(server.localAddress());
    }

    @Test
    void aClosedPortRefusesAtOnceOrThroughThePendingError() {
        Socket server = listen(1);
        byte[] address = v4(LOCALHOST, port(server));
        server.release();
        Socket client = open(SocketNumbers.AF_INET, STREAM);
        assertThat(client.connect(world.main, address)).isEqualTo(-Errno.ECONNREFUSED);
        client.setStatusFlags(OpenFlags.O_NONBLOCK);
        assertThat(client.connect(world.main, address)).isEqualTo(-Errno.EINPROGRESS);
        assertThat(client.poll() & PollEvents.POLLERR).isNotZero();
        assertThat(SocketBytes.getInt(client.option(world.main, 1, SocketOptions.SO_ERROR), 0))
                .isEqualTo(Errno.ECONNREFUSED);
    }

    @Test
    void aNonBlockingConnectIsInProgressOnceAndDone() {
        Socket server = listen(1);
        Socket client = open(SocketNumbers.AF_INET, STREAM);
        client.setStatusFlags(OpenFlags.O_NONBLOCK);
        byte[] address = v4(LOCALHOST, port(server));
        assertThat(client.connect(world.main, address)).isEqualTo(-Errno.EINPROGRESS);
        assertThat(client.poll() & PollEvents.POLLOUT).isNotZero();
        assertThat(client.connect(world.main, address)).isZero();
        assertThat(client.connect(world.main, address)).isEqualTo(-Errno.EISCONN);
    }

    @Test
    void halfClosingLetsTheOtherDirectionGoOn() {
        Socket server = listen(1);
        Socket client = connect(server);
        Socket accepted = server.accept(world.main);
        client.shutdown(SocketNumbers.SHUT_WR);
        assertThat(receive(world.main, accepted, 10)).isEmpty();
        assertThat(accepted.poll() & (PollEvents.POLLRDHUP | PollEvents.POLLHUP))
                .isEqualTo(PollEvents.POLLRDHUP);
        send(world.main, accepted, "answer");
        assertThat(receive(world.main, client, 10)).isEqualTo("answer");
        assertThat(send(world.main, client, "x")).isEqualTo(-Errno.EPIPE);
    }

    @Test
    void theSecondWriteToAClosedPeerFails() {
        Socket server = listen(1);
        Socket client = connect(server);
        server.accept(world.main).release();
        assertThat(send(world.main, client, "x")).isEqualTo(1);
        assertThat(send(world.main, client, "x")).isEqualTo(-Errno.EPIPE);
        assertThat(receive(world.main, client, 10)).isEmpty();
    }

    @Test
    void unacceptedConnectionsAreResetWithTheirListener() {
        Socket server = listen(1);
        Socket client = connect(server);
        server.release();
        assertThat(receive(world.main, client, 10)).isEqualTo("ECONNRESET");
    }

    @Test
    void aThreadInAcceptIsWokenByShutdown() {
        Socket server = listen(1);
        var accepting =
                world.start(
                                caller -> {
                                    try {
                                        return server.accept(caller) == null ? 0 : 1;
                                    } catch (ErrnoException e) {
                                        return -e.errno();
                                    }
                                })
                        .blocked();
        server.shutdown(SocketNumbers.SHUT_RDWR);
        assertThat(accepting.get()).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void portsAreTakenOnceUnlessSharingIsAskedFor() {
        Socket server = listen(1);
        Socket other = open(SocketNumbers.AF_INET, STREAM);
        assertThat(other.bind(world.main, v4(LOCALHOST, port(server))))
                .isEqualTo(-Errno.EADDRINUSE);
        Socket six = open(SocketNumbers.AF_INET6, STREAM);
        byte[] any6 = new InetAddress(SocketNumbers.AF_INET6, Ip.ANY6, port(server)).encode();
        assertThat(six.bind(world.main, any6)).isEqualTo(-Errno.EADDRINUSE);
        six.setOption(
                world.main,
                SocketOptions.SOL_IPV6,
                SocketOptions.IPV6_V6ONLY,
                SocketBytes.ofInt(1));
        assertThat(six.bind(world.main, any6)).isZero();
        server.release();
        assertThat(other.bind(world.main, v4(LOCALHOST, port(server)))).isZero();
    }

    @Test
    void aListenerForIpv6TakesIpv4Connections() {
        Socket server = open(SocketNumbers.AF_INET6, STREAM);
        server.bind(world.main, new InetAddress(SocketNumbers.AF_INET6, Ip.ANY6, 0).encode());
        server.listen(world.main, 1);
        connect(server);
        InetAddress peer = (InetAddress) server.accept(world.main).peerAddress();
        assertThat(peer.family()).isEqualTo(SocketNumbers.AF_INET6);
        assertThat(peer.ip()).isEqualTo(Ip.LOOPBACK4);
    }

    @Test
    void everyOtherHostIsUnreachable() {
        Socket client = open(SocketNumbers.AF_INET, STREAM);
        assertThatThrownBy(() -> client.connect(world.main, v4(0x08080808, 53)))
                .hasMessage("ENETUNREACH");
        assertThat(client.bind(world.main, v4(0x0a000001, 0))).isEqualTo(-Errno.EADDRNOTAVAIL);
        Socket datagrams = open(SocketNumbers.AF_INET, DATAGRAM);
        assertThatThrownBy(
                        () ->
                                datagrams.send(
                                        world.main,
                                        text("x"),
                                        new Sending(0, v4(0x08080808, 53), null)))
                .hasMessage("ENETUNREACH");
    }

    @Test
    void lowPortsNeedTheCapability() {
        world.main.credentials = Credentials.of(1000, 1000);
        assertThat(open(SocketNumbers.AF_INET, STREAM).bind(world.main, v4(LOCALHOST, 80)))
                .isEqualTo(-Errno.EACCES);
    }

    @Test
    void manyBytesArriveInOrderThroughManyReadsAndWrites() {
        Socket server = listen(1);
        Socket client = connect(server);
        Socket accepted = server.accept(world.main);
        byte[] sent = new byte[3_000_000];
        new java.util.Random(1).nextBytes(sent);
        var sending =
                world.start(
                        caller ->
                                client.send(
                                        caller, new HeapBuffer(sent), new Sending(0, null, null)));
        byte[] got = new byte[sent.length];
        var receiving =
                world.start(
                        caller ->
                                accepted.receive(
                                        caller,
                                        new HeapBuffer(got),
                                        new Receiving(SocketNumbers.MSG_WAITALL)));
        assertThat(sending.get()).isEqualTo(sent.length);
        assertThat(receiving.get()).isEqualTo(sent.length);
        assertThat(got).isEqualTo(sent);
    }

    @Test
    void everyConnectionFindsOneOfManyAcceptors() {
        Socket server = listen(100);
        var acceptors =
                java.util.stream.IntStream.range(0, 4)
                        .mapToObj(
                                i ->
                                        world.start(
                                                caller -> {
                                                    int taken = 0;
                                                    try {
                                                        while (true) {
                                                            server.accept(caller).release();
                                                            taken++;
                                                        }
                                                    } catch (ErrnoException shut) {
                                                        return taken;
                                                    }
                                                }))
                        .toList();
        for (int i = 0; i < 200; i++) {
            Socket client = connect(server);
            assertThat(receive(world.main, client, 1)).isEmpty();
            client.release();
        }
        server.shutdown(SocketNumbers.SHUT_RD);
        assertThat(acceptors.stream().mapToInt(TestWorld.Running::get).sum()).isEqualTo(200);
    }

    // ---- UDP ----

    @Test
    void datagramsGoToTheirPortAndTellTheSender() {
        Socket receiver = open(SocketNumbers.AF_INET, DATAGRAM);
        receiver.bind(world.main, v4(0, 0));
        Socket sender = open(SocketNumbers.AF_INET, DATAGRAM);
        sender.send(world.main, text("hello"), new Sending(0, v4(LOCALHOST, port(receiver)), null));
        Receiving message = new Receiving(0);
        assertThat(receive(world.main, receiver, 3, message)).isEqualTo("hel");
        assertThat(message.messageBytes).isEqualTo(5);
        assertThat(((InetAddress) message.from).port()).isEqualTo(port(sender));
    }

    @Test
    void aConnectedSocketHearsOfAClosedPort() {
        Socket receiver = open(SocketNumbers.AF_INET, DATAGRAM);
        receiver.bind(world.main, v4(LOCALHOST, 0));
        Socket sender = open(SocketNumbers.AF_INET, DATAGRAM);
        sender.connect(world.main, v4(LOCALHOST, port(receiver)));
        receiver.release();
        assertThat(send(world.main, sender, "x")).isEqualTo(1);
        assertThat(receive(world.main, sender, 1)).isEqualTo("ECONNREFUSED");
    }

    // ---- limits ----

    @Test
    void allMemoryOfBuffersIsGivenBack() {
        long before = world.budget.usedBytes();
        Socket[] pair = pair(STREAM);
        pair[0].setStatusFlags(OpenFlags.O_NONBLOCK);
        pair[0].send(world.main, new HeapBuffer(new byte[150_000]), new Sending(0, null, null));
        assertThat(world.budget.usedBytes()).isGreaterThan(before);
        pair[0].release();
        pair[1].release();
        assertThat(world.budget.usedBytes()).isEqualTo(before);
    }

    @Test
    void receivingTimesOutAndIsThenNotRestarted() {
        Socket[] pair = pair(STREAM);
        byte[] time = new byte[16];
        SocketBytes.putLong(time, 8, 20_000);
        pair[0].setOption(world.main, 1, SocketOptions.SO_RCVTIMEO, time);
        assertThat(world.start(caller -> receive(caller, pair[0], 1)).get()).isEqualTo("EAGAIN");
        SocketBytes.putLong(time, 0, 100);
        pair[0].setOption(world.main, 1, SocketOptions.SO_RCVTIMEO, time);
        var interrupted = world.start(caller -> receive(caller, pair[0], 1)).blocked();
        interrupted.caller.waiter().interrupt();
        assertThat(interrupted.get()).isEqualTo("EINTR");
    }

    @Test
    void routeNetlinkListsTheLoopbackInterface() {
        Socket netlink = open(SocketNumbers.AF_NETLINK, SocketNumbers.SOCK_RAW);
        byte[] request = new byte[20];
        SocketBytes.putInt(request, 0, 20);
        SocketBytes.putShort(request, 4, 18); // RTM_GETLINK
        SocketBytes.putShort(request, 6, 0x301); // NLM_F_REQUEST | NLM_F_DUMP
        assertThat(netlink.send(world.main, new HeapBuffer(request), new Sending(0, null, null)))
                .isEqualTo(20);
        assertThat(receive(world.main, netlink, 4096)).contains("lo\0");
        assertThat(receive(world.main, netlink, 4096)).startsWith("\24\0\0\0\3\0");
    }
}
