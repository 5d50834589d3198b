package callgate.kernel.ipc;

import static callgate.kernel.ipc.TestWorld.read;
import static callgate.kernel.ipc.TestWorld.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.abi.Signals;
import callgate.kernel.mm.HeapBuffer;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.wait.Scheduler;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HostStreamsTest {
    private final TestWorld world = new TestWorld();

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void inputIsReadToItsEnd() {
        OpenFile input = world.ipc.hostInput(new ByteArrayInputStream("hello".getBytes()));
        assertThat(world.start(caller -> read(caller, input, 3)).get()).isEqualTo("hel");
        assertThat(world.start(caller -> read(caller, input, 3)).get()).isEqualTo("lo");
        assertThat(world.start(caller -> read(caller, input, 3)).get()).isEmpty();
        assertThat(input.poll()).isEqualTo(PollEvents.POLLHUP);
    }

    @Test
    void pollWaitsForInputAndASignalInterruptsIt() throws IOException {
        PipedOutputStream host = new PipedOutputStream();
        OpenFile input = world.ipc.hostInput(new PipedInputStream(host));
        Epoll epoll = world.ipc.newEpoll();
        epoll.add(0, input, PollEvents.POLLIN, 1);
        var interrupted =
                world.start(caller -> epoll.await(caller, 1, Scheduler.NEVER, (events, data) -> {}))
                        .blocked();
        interrupted.caller.waiter().interrupt();
        assertThat(interrupted.get()).isEqualTo(-Errno.EINTR);
        var waiting =
                world.start(caller -> epoll.await(caller, 1, Scheduler.NEVER, (events, data) -> {}))
                        .blocked();
        host.write('x');
        host.flush();
        assertThat(waiting.get()).isEqualTo(1);
        assertThat(read(world.main, input, 10)).isEqualTo("x");
    }

    @Test
    void nothingIsReadBeforeTheGuestAsks() {
        ByteArrayInputStream host = new ByteArrayInputStream("hello".getBytes());
        world.ipc.hostInput(host).release();
        assertThat(host.available()).isEqualTo(5);
    }

    @Test
    void aFailedHostReadIsAnError() {
        OpenFile input =
                world.ipc.hostInput(
                        new InputStream() {
                            @Override
                            public int read() throws IOException {
                                throw new IOException("broken");
                            }
                        });
        assertThat(world.start(caller -> read(caller, input, 3)).get()).isEqualTo("-" + Errno.EIO);
        assertThat(world.start(caller -> read(caller, input, 3)).get()).isEmpty();
    }

    @Test
    void inputIsOpenedAgainAndStaysUntilItsLastReaderCloses() {
        OpenFile input = world.ipc.hostInput(new ByteArrayInputStream("hello".getBytes()));
        OpenFile again = world.ipc.openFifo(world.main, input.inode(), null, OpenFlags.O_RDONLY);
        assertThat(world.start(caller -> read(caller, input, 2)).get()).isEqualTo("he");
        input.release();
        assertThat(world.start(caller -> read(caller, again, 9)).get()).isEqualTo("llo");
        assertThatThrownBy(
                        () ->
                                world.ipc.openFifo(
                                        world.main, input.inode(), null, OpenFlags.O_WRONLY))
                .isInstanceOf(ErrnoException.class);
    }

    @Test
    void outputIsOpenedAgain() {
        ByteArrayOutputStream host = new ByteArrayOutputStream();
        HostOutput output = world.ipc.hostOutput(host);
        OpenFile again =
                world.ipc.openFifo(
                        world.main,
                        output.inode(),
                        null,
                        OpenFlags.O_WRONLY | OpenFlags.O_NONBLOCK);
        output.write(world.main, text("a"));
        again.write(world.main, text("b"));
        while (!output.isIdle()) { // a write that does not block does not wait for the host
            Thread.onSpinWait();
        }
        assertThat(host.toString()).isEqualTo("ab");
        assertThatThrownBy(
                        () ->
                                world.ipc.openFifo(
                                        world.main, output.inode(), null, OpenFlags.O_RDONLY))
                .isInstanceOf(ErrnoException.class);
    }

    @Test
    void outputAndErrorKeepTheirOrderInOneStream() {
        ByteArrayOutputStream host = new ByteArrayOutputStream();
        OpenFile output = world.ipc.hostOutput(host);
        OpenFile error = world.ipc.hostOutput(host);
        output.write(world.main, text("a"));
        error.write(world.main, text("b"));
        output.write(world.main, text("c"));
        assertThat(host.toString()).isEqualTo("abc");
    }

    /** A host that takes nothing until it is released. */
    private static final class Slow extends OutputStream {
        final CountDownLatch released = new CountDownLatch(1);
        final ByteArrayOutputStream taken = new ByteArrayOutputStream();

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            taken.write(bytes, offset, length);
        }
    }

    @Test
    void aWriteThatTheHostDoesNotTakeIsInterruptedAndItsBytesFollowLater() {
        Slow host = new Slow();
        HostOutput output = world.ipc.hostOutput(host);
        var writer = world.start(caller -> output.write(caller, text("first"))).blocked();
        assertThat(output.poll() & PollEvents.POLLOUT).isZero();
        writer.caller.waiter().interrupt();
        assertThat(writer.get()).isEqualTo(5L);
        var second = world.start(caller -> output.write(caller, text("second"))).blocked();
        second.caller.waiter().interrupt();
        assertThat(second.get()).isEqualTo((long) -Errno.ERESTARTSYS);
        assertThat(output.isIdle()).isFalse();
        host.released.countDown();
        assertThat(world.start(caller -> output.write(caller, text("!"))).get()).isEqualTo(1L);
        assertThat(host.taken.toString()).isEqualTo("first!");
        assertThat(output.isIdle()).isTrue();
    }

    @Test
    void fourGibibytesToAClosedHostPipeEndAtOnce() {
        OpenFile output =
                world.ipc.hostOutput(
                        new OutputStream() {
                            private long left = 1 << 20;

                            @Override
                            public void write(int b) throws IOException {
                                throw new IOException("one by one");
                            }

                            @Override
                            public void write(byte[] bytes, int offset, int length)
                                    throws IOException {
                                left -= length;
                                if (left < 0) {
                                    throw new IOException("closed");
                                }
                            }
                        });
        byte[] chunk = new byte[1 << 20];
        long written = 0;
        for (int i = 0; i < 4096 && world.main.signals.isEmpty(); i++) {
            long result = output.write(world.main, new HeapBuffer(chunk));
            written += Math.max(0, result);
        }
        assertThat(written).isEqualTo(1 << 20);
        assertThat(world.main.signals).containsExactly(Signals.SIGPIPE);
        assertThat(output.write(world.main, text("x"))).isEqualTo(-Errno.EPIPE);
        assertThat(output.poll() & PollEvents.POLLERR).isNotZero();
    }
}
