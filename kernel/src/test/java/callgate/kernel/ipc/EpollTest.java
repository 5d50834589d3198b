package callgate.kernel.ipc;

import static callgate.kernel.ipc.TestWorld.read;
import static callgate.kernel.ipc.TestWorld.text;
import static org.assertj.core.api.Assertions.assertThat;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.mm.HeapBuffer;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.wait.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class EpollTest {
    private static final int IN = PollEvents.POLLIN;
    private static final long LOOK = Long.MIN_VALUE;

    private final TestWorld world = new TestWorld();
    private final Ipc.Ends pipe = world.ipc.newPipe(world.main.credentials(), 0);
    private final Epoll epoll = world.ipc.newEpoll();

    @AfterEach
    void close() {
        world.close();
    }

    private List<String> look() {
        return look(epoll);
    }

    private List<String> look(Epoll which) {
        List<String> events = new ArrayList<>();
        which.await(
                world.main,
                10,
                LOOK,
                (ready, data) -> events.add(Integer.toHexString(ready) + ":" + data));
        return events;
    }

    @Test
    void levelTriggeredWatchesReportAsLongAsThereIsSomething() {
        assertThat(epoll.add(3, pipe.reader(), IN, 42)).isZero();
        assertThat(look()).isEmpty();
        pipe.writer().write(world.main, text("ab"));
        assertThat(look()).containsExactly("1:42");
        read(world.main, pipe.reader(), 1);
        assertThat(look()).containsExactly("1:42");
        read(world.main, pipe.reader(), 1);
        assertThat(look()).isEmpty();
    }

    @Test
    void edgeTriggeredWatchesReportOncePerChange() {
        epoll.add(3, pipe.reader(), IN | EpollWatch.EDGE_TRIGGERED, 1);
        pipe.writer().write(world.main, text("ab"));
        assertThat(look()).hasSize(1);
        assertThat(look()).isEmpty();
        read(world.main, pipe.reader(), 1);
        assertThat(look()).isEmpty();
        pipe.writer().write(world.main, text("c"));
        assertThat(look()).hasSize(1);
    }

    @Test
    void oneShotWatchesReportOnceUntilTheyAreChanged() {
        epoll.add(3, pipe.reader(), IN | EpollWatch.ONE_SHOT, 1);
        pipe.writer().write(world.main, text("ab"));
        assertThat(look()).hasSize(1);
        pipe.writer().write(world.main, text("ab"));
        assertThat(look()).isEmpty();
        epoll.modify(3, pipe.reader(), IN | EpollWatch.ONE_SHOT, 2);
        assertThat(look()).containsExactly("1:2");
    }

    @Test
    void mistakesAreRefused() {
        epoll.add(3, pipe.reader(), IN, 1);
        assertThat(epoll.add(3, pipe.reader(), IN, 1)).isEqualTo(-Errno.EEXIST);
        assertThat(epoll.add(4, pipe.reader(), IN, 1)).isZero();
        assertThat(epoll.modify(5, pipe.reader(), IN, 1)).isEqualTo(-Errno.ENOENT);
        assertThat(epoll.remove(5, pipe.reader())).isEqualTo(-Errno.ENOENT);
        assertThat(epoll.add(6, pipe.writer(), EpollWatch.EXCLUSIVE | EpollWatch.ONE_SHOT | IN, 1))
                .isEqualTo(-Errno.EINVAL);
    }

    @Test
    void aWatchGoesWithItsFile() {
        epoll.add(3, pipe.reader(), IN, 1);
        pipe.writer().write(world.main, text("ab"));
        pipe.reader().release();
        assertThat(look()).isEmpty();
    }

    @Test
    void aClosedWriterIsAHangUpThoughNobodyAsked() {
        epoll.add(3, pipe.reader(), 0, 7);
        pipe.writer().release();
        assertThat(look()).containsExactly("10:7");
    }

    @Test
    void waitingEndsWithAnEventAndIsNotRestartedAfterASignal() {
        epoll.add(3, pipe.reader(), IN, 1);
        var waiting =
                world.start(caller -> epoll.await(caller, 1, Scheduler.NEVER, (events, data) -> {}))
                        .blocked();
        pipe.writer().write(world.main, text("ab"));
        assertThat(waiting.get()).isEqualTo(1);
        read(world.main, pipe.reader(), 2);
        var interrupted =
                world.start(caller -> epoll.await(caller, 1, Scheduler.NEVER, (events, data) -> {}))
                        .blocked();
        interrupted.caller.waiter().interrupt();
        assertThat(interrupted.get()).isEqualTo(-Errno.EINTR);
    }

    @Test
    void epollsCanWatchEpollsButNotInRingsOrLongChains() {
        Epoll outer = world.ipc.newEpoll();
        assertThat(outer.add(4, epoll, IN, 9)).isZero();
        epoll.add(3, pipe.reader(), IN, 1);
        var waiting =
                world.start(caller -> outer.await(caller, 1, Scheduler.NEVER, (events, data) -> {}))
                        .blocked();
        pipe.writer().write(world.main, text("ab"));
        assertThat(waiting.get()).isEqualTo(1);
        assertThat(look(outer)).containsExactly("1:9");
        read(world.main, pipe.reader(), 2);
        assertThat(look(outer)).isEmpty();
        assertThat(epoll.add(5, outer, IN, 1)).isEqualTo(-Errno.ELOOP);

        Epoll top = outer;
        for (int length = 3; length <= Epoll.MAX_CHAIN; length++) {
            Epoll next = world.ipc.newEpoll();
            assertThat(next.add(1, top, IN, 1)).isZero();
            top = next;
        }
        assertThat(world.ipc.newEpoll().add(1, top, IN, 1)).isEqualTo(-Errno.ELOOP);
    }

    @Test
    @Timeout(60)
    void manyPathsThroughFewEpollsTakeNoLongerThanOne() {
        Epoll inner = epoll;
        for (int level = 2; level <= Epoll.MAX_CHAIN; level++) {
            Epoll outer = world.ipc.newEpoll();
            for (int fd = 0; fd < 300; fd++) {
                assertThat(outer.add(fd, inner, IN, 1)).isZero();
            }
            inner = outer;
        }
        assertThat(epoll.add(1, inner, IN, 1)).isEqualTo(-Errno.ELOOP);
    }

    @Test
    void watchesTakeOfTheBudgetAndGiveItBack() {
        long before = world.budget.usedBytes();
        Epoll watching = world.ipc.newEpoll();
        assertThat(watching.add(1, pipe.reader(), IN, 1)).isZero();
        assertThat(watching.add(1, pipe.reader(), IN, 1)).isEqualTo(-Errno.EEXIST);
        assertThat(world.budget.usedBytes()).isEqualTo(before + Epoll.WATCH_BYTES);
        long rest = (64 << 20) - world.budget.usedBytes();
        assertThat(world.budget.take(rest)).isTrue();
        assertThat(watching.add(2, pipe.reader(), IN, 1)).isEqualTo(-Errno.ENOSPC);
        assertThat(watching.remove(1, pipe.reader())).isZero();
        assertThat(watching.add(2, pipe.reader(), IN, 1)).isZero();
        world.budget.give(rest);
        watching.release();
        assertThat(world.budget.usedBytes()).isEqualTo(before);
    }

    @Test
    void eventCountersCountAndWrapIntoWaiting() {
        OpenFile counter = world.ipc.newEventCounter(2, Ipc.CounterReads.ONE, 0);
        epoll.add(3, counter, IN | EpollWatch.EDGE_TRIGGERED, 1);
        assertThat(look()).hasSize(1);
        assertThat(read(world.main, counter, 8)).isEqualTo("\1\0\0\0\0\0\0\0");
        assertThat(read(world.main, counter, 8)).isEqualTo("\1\0\0\0\0\0\0\0");
        assertThat(counter.poll()).isEqualTo(PollEvents.WRITABLE);
        assertThat(
                        counter.write(
                                world.main,
                                text("\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff")))
                .isEqualTo(-Errno.EINVAL);
        counter.write(world.main, text("\u00fe\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff"));
        assertThat(counter.poll()).isEqualTo(PollEvents.READABLE);
        var adding =
                world.start(caller -> counter.write(caller, text("\1\0\0\0\0\0\0\0"))).blocked();
        read(world.main, counter, 8);
        assertThat(adding.get()).isEqualTo(8);
        assertThat(counter.read(world.main, new HeapBuffer(new byte[7]))).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void noEventIsLostBetweenManyWaitersAndOneShotWatches() {
        int tokens = 3000;
        Ipc.Ends[] pipes = new Ipc.Ends[6];
        for (int i = 0; i < pipes.length; i++) {
            pipes[i] = world.ipc.newPipe(world.main.credentials(), OpenFlags.O_NONBLOCK);
            epoll.add(i, pipes[i].reader(), IN | EpollWatch.ONE_SHOT, i);
        }
        OpenFile stop = world.ipc.newEventCounter(0, Ipc.CounterReads.ALL, 0);
        epoll.add(pipes.length, stop, IN, pipes.length);
        AtomicInteger taken = new AtomicInteger();
        List<TestWorld.Running<Long>> workers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            workers.add(world.start(caller -> takeTokens(caller, pipes, taken, tokens, stop)));
        }
        for (int i = 0; i < tokens; i++) {
            pipes[i * 7 % pipes.length].writer().write(world.main, text("x"));
        }
        workers.forEach(worker -> assertThat(worker.get()).isEqualTo(1));
        assertThat(taken.get()).isEqualTo(tokens);
    }

    /**
     * Takes what there is, until the counter says that all is taken; 1, or 0 if events stopped
     * coming.
     */
    private long takeTokens(
            Caller caller, Ipc.Ends[] pipes, AtomicInteger taken, int tokens, OpenFile stop) {
        long deadline = world.clock.monotonicNanos() + 9_000_000_000L;
        long[] which = new long[1];
        while (epoll.await(caller, 1, deadline, (events, data) -> which[0] = data) == 1) {
            if (which[0] == pipes.length) {
                return 1;
            }
            OpenFile reader = pipes[(int) which[0]].reader();
            while (reader.read(caller, new HeapBuffer(new byte[1])) == 1) {
                if (taken.incrementAndGet() == tokens) {
                    stop.write(caller, text("\1\0\0\0\0\0\0\0"));
                }
            }
            epoll.modify((int) which[0], reader, IN | EpollWatch.ONE_SHOT, which[0]);
        }
        return 0;
    }
}
