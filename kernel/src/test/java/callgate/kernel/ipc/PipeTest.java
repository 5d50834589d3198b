package callgate.kernel.ipc;

import static callgate.kernel.ipc.TestWorld.read;
import static callgate.kernel.ipc.TestWorld.text;
import static org.assertj.core.api.Assertions.assertThat;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.abi.Signals;
import callgate.kernel.mm.HeapBuffer;
import callgate.kernel.vfs.AnonymousFs;
import callgate.kernel.vfs.HeapBudget;
import callgate.kernel.vfs.Inode;
import callgate.kernel.vfs.OpenFile;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PipeTest {
    private final TestWorld world = new TestWorld();
    private final Ipc.Ends pipe = world.ipc.newPipe(world.main.credentials(), 0);

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void bytesComeOutInOrder() {
        pipe.writer().write(world.main, text("abc"));
        pipe.writer().write(world.main, text("def"));
        assertThat(read(world.main, pipe.reader(), 4)).isEqualTo("abcd");
        assertThat(read(world.main, pipe.reader(), 4)).isEqualTo("ef");
    }

    @Test
    void aReaderWaitsForAWriterAndSeesTheEnd() {
        var reading = world.start(caller -> read(caller, pipe.reader(), 10)).blocked();
        pipe.writer().write(world.main, text("x"));
        assertThat(reading.get()).isEqualTo("x");
        var atEnd = world.start(caller -> read(caller, pipe.reader(), 10)).blocked();
        pipe.writer().release();
        assertThat(atEnd.get()).isEmpty();
        assertThat(pipe.reader().poll()).isEqualTo(PollEvents.POLLHUP);
    }

    @Test
    void openingAPipeAgainDoesNotWaitForTheOtherEnd() {
        Inode inode = pipe.reader().inode();
        pipe.writer().write(world.main, text("left"));
        pipe.writer().release();
        OpenFile again =
                world.start(caller -> world.ipc.openFifo(caller, inode, null, OpenFlags.O_RDONLY))
                        .get();
        pipe.reader().release();
        assertThat(read(world.main, again, 10)).isEqualTo("left");
        assertThat(read(world.main, again, 10)).isEmpty();
    }

    @Test
    void aFullPipeBlocksAndAWriteLongerThanItIsFinished() {
        var writing =
                world.start(
                                caller ->
                                        pipe.writer()
                                                .write(caller, new HeapBuffer(new byte[200_000])))
                        .blocked();
        assertThat(pipe.writer().poll()).isZero();
        int read = 0;
        while (read < 200_000) {
            read += read(world.main, pipe.reader(), 5000).length();
        }
        assertThat(writing.get()).isEqualTo(200_000);
        assertThat(pipe.writer().poll()).isEqualTo(PollEvents.WRITABLE);
    }

    @Test
    void writingWithoutReadersIsEpipeAndSigpipe() {
        pipe.reader().release();
        assertThat(pipe.writer().write(world.main, text("x"))).isEqualTo(-Errno.EPIPE);
        assertThat(world.main.signals).containsExactly(Signals.SIGPIPE);
        assertThat(pipe.writer().poll() & PollEvents.POLLERR).isNotZero();
    }

    @Test
    void aWaitingWriterIsToldWhenTheReaderGoes() {
        pipe.writer().write(world.main, new HeapBuffer(new byte[65536]));
        var writing = world.start(caller -> pipe.writer().write(caller, text("x"))).blocked();
        pipe.reader().release();
        assertThat(writing.get()).isEqualTo(-Errno.EPIPE);
    }

    @Test
    void anAtomicWriteIsNotSplit() {
        pipe.writer().setStatusFlags(OpenFlags.O_NONBLOCK);
        pipe.writer().write(world.main, new HeapBuffer(new byte[65536 - 100]));
        assertThat(pipe.writer().write(world.main, new HeapBuffer(new byte[101])))
                .isEqualTo(-Errno.EAGAIN);
        assertThat(pipe.writer().write(world.main, new HeapBuffer(new byte[100]))).isEqualTo(100);
        assertThat(pipe.writer().write(world.main, new HeapBuffer(new byte[5000])))
                .isEqualTo(-Errno.EAGAIN);
    }

    @Test
    void aSignalInterruptsARead() {
        var reading =
                world.start(caller -> pipe.reader().read(caller, new HeapBuffer(new byte[1])))
                        .blocked();
        reading.caller.waiter().interrupt();
        assertThat(reading.get()).isEqualTo(-Errno.ERESTARTSYS);
    }

    @Test
    void everyTokenFindsOneOfManyReaders() {
        List<TestWorld.Running<Integer>> readers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            readers.add(
                    world.start(
                            caller -> {
                                int taken = 0;
                                while (!read(caller, pipe.reader(), 1).isEmpty()) {
                                    taken++;
                                }
                                return taken;
                            }));
        }
        for (int i = 0; i < 2000; i++) {
            pipe.writer().write(world.main, text(i % 3 == 0 ? "ab" : "c"));
        }
        while ((pipe.reader().poll() & PollEvents.POLLIN) != 0) {
            Thread.onSpinWait();
        }
        pipe.writer().release();
        assertThat(readers.stream().mapToInt(TestWorld.Running::get).sum()).isEqualTo(2000 + 667);
    }

    @Test
    void theCapacityCanBeChanged() {
        assertThat(pipe.writer().pipeCapacity()).isEqualTo(65536);
        assertThat(pipe.writer().setPipeCapacity(world.main, 5000)).isEqualTo(8192);
        assertThat(pipe.writer().write(world.main, new HeapBuffer(new byte[8192]))).isEqualTo(8192);
        assertThat(pipe.writer().setPipeCapacity(world.main, 4096)).isEqualTo(-Errno.EBUSY);
        assertThat(pipe.writer().setPipeCapacity(world.main, 1 << 20)).isEqualTo(1 << 20);
    }

    @Test
    void openingAFifoWaitsForTheOtherEnd() {
        Inode inode = new AnonymousFs(world.clock, 12, "test").newInode(0010600, 0, 0);
        var reader =
                world.start(caller -> world.ipc.openFifo(caller, inode, null, OpenFlags.O_RDONLY))
                        .blocked();
        OpenFile writer = world.ipc.openFifo(world.main, inode, null, OpenFlags.O_WRONLY);
        writer.write(world.main, text("hi"));
        writer.release();
        assertThat(read(world.main, reader.get(), 10)).isEqualTo("hi");
        assertThat(read(world.main, reader.get(), 10)).isEmpty();
    }

    @Test
    void aNonBlockingReaderSeesNoHangUpBeforeTheFirstWriter() {
        Inode inode = new AnonymousFs(world.clock, 12, "test").newInode(0010600, 0, 0);
        OpenFile reader =
                world.ipc.openFifo(
                        world.main, inode, null, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK);
        assertThat(reader.poll()).isZero();
        world.ipc.openFifo(world.main, inode, null, OpenFlags.O_WRONLY).release();
        assertThat(reader.poll()).isEqualTo(PollEvents.POLLHUP);
    }

    @Test
    void aReaderThatFoundAWriterDoesNotWaitForAnother() {
        Pipe pipe = new Pipe(new HeapBudget(1 << 20));
        assertThat(pipe.opened(false, true).alone()).isTrue();
        Pipe.Opening reader = pipe.opened(true, false);
        pipe.closed(
                false, true); // the writer was woken, wrote, and is gone before the reader goes on
        assertThat(reader.alone()).isFalse();
    }
}
