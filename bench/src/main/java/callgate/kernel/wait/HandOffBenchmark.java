package callgate.kernel.wait;

import callgate.bench.inner.Mechanism;
import java.util.concurrent.CountDownLatch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Two tasks that wake each other by turns: what pipes, futexes and sockets cost at the least. */
public class HandOffBenchmark extends Mechanism {
    private static final int ROUNDS = 500;

    /** Processors of the sandbox. */
    @Param({"1", "2"})
    public int cpus;

    private HostScheduler scheduler;

    @Setup
    public void start() {
        scheduler = new HostScheduler(new HostClock(), cpus);
    }

    @TearDown
    public void stop() {
        scheduler.close();
    }

    /** There and back. */
    @Benchmark
    @OperationsPerInvocation(ROUNDS)
    public void thereAndBack() throws InterruptedException {
        Side ping = new Side();
        Side pong = new Side();
        CountDownLatch done = new CountDownLatch(2);
        start("ping", ping.waiter, done, () -> ping(ping, pong));
        start("pong", pong.waiter, done, () -> pong(ping, pong));
        done.await();
    }

    private void start(String name, Waiter waiter, CountDownLatch done, Runnable body) {
        scheduler.start(
                name,
                waiter,
                () -> {
                    body.run();
                    done.countDown();
                });
    }

    private static void ping(Side ping, Side pong) {
        for (int i = 0; i < ROUNDS; i++) {
            pong.give();
            ping.take();
        }
    }

    private static void pong(Side ping, Side pong) {
        for (int i = 0; i < ROUNDS; i++) {
            pong.take();
            ping.give();
        }
    }

    /** A task and what it was given. */
    private final class Side {
        final Waiter waiter = scheduler.newWaiter();
        private volatile boolean hasToken;

        void give() {
            hasToken = true;
            waiter.wake();
        }

        void take() {
            waiter.prepare();
            while (!hasToken) {
                waiter.await(Scheduler.NEVER);
                waiter.prepare();
            }
            hasToken = false;
        }
    }
}
