package callgate.kernel.wait;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HostSchedulerTest {
    private final HostClock clock = new HostClock();
    private final HostScheduler scheduler = new HostScheduler(clock, 1);

    @AfterEach
    void allTasksEnd() throws InterruptedException {
        assertThat(scheduler.awaitNoTasks(TimeUnit.SECONDS.toNanos(30))).isTrue();
        assertThat(scheduler.liveThreads()).isZero();
        scheduler.close();
    }

    private Waiter start(java.util.function.Consumer<Waiter> body) {
        Waiter waiter = scheduler.newWaiter();
        scheduler.start("test", waiter, () -> body.accept(waiter));
        return waiter;
    }

    @Test
    void noMoreTasksRunThanThereAreProcessors() throws InterruptedException {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        for (int i = 0; i < 8; i++) {
            start(
                    waiter -> {
                        for (int round = 0; round < 200; round++) {
                            most.accumulateAndGet(running.incrementAndGet(), Math::max);
                            running.decrementAndGet();
                            scheduler.yield();
                        }
                    });
        }
        scheduler.awaitNoTasks(TimeUnit.SECONDS.toNanos(30));
        assertThat(most.get()).isEqualTo(1);
    }

    @Test
    void aThreadWhoseTaskEndedRunsTheNextOnes() throws InterruptedException {
        java.util.Set<Thread> threads = java.util.concurrent.ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 100; i++) {
            AtomicBoolean parked = new AtomicBoolean();
            start(
                    waiter -> {
                        threads.add(Thread.currentThread());
                        waiter.prepare();
                        parked.set(
                                waiter.await(clock.monotonicNanos() + 1000)
                                        == Waiter.Outcome.TIMED_OUT);
                    });
            assertThat(scheduler.awaitNoTasks(TimeUnit.SECONDS.toNanos(30))).isTrue();
            assertThat(parked).isTrue();
        }
        assertThat(threads).hasSizeLessThan(50);
        scheduler.close();
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(3));
            assertThat(thread.isAlive()).isFalse();
        }
    }

    @Test
    void aTaskThatBlocksInTheHostHoldsNoProcessor() throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch otherRan = new CountDownLatch(1);
        start(
                waiter -> {
                    try {
                        scheduler.blocking(release::await);
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
        start(waiter -> otherRan.countDown());
        assertThat(otherRan.await(20, TimeUnit.SECONDS)).isTrue();
        release.countDown();
    }

    @Test
    void aTaskThatComputesIsAskedToGiveItsProcessorUpWhenAnotherWaits()
            throws InterruptedException {
        AtomicBoolean preempted = new AtomicBoolean();
        CountDownLatch otherRan = new CountDownLatch(1);
        Waiter busy = scheduler.newWaiter();
        busy.whenPreempted(() -> preempted.set(true));
        scheduler.start(
                "busy",
                busy,
                () -> {
                    while (otherRan.getCount() > 0) {
                        if (preempted.getAndSet(false)) {
                            scheduler.yield();
                        }
                        Thread.onSpinWait();
                    }
                });
        start(waiter -> otherRan.countDown());
        assertThat(otherRan.await(20, TimeUnit.SECONDS)).isTrue();
    }

    /** A tick that was just stopping when a task came to wait once was the last one. */
    @Test
    void tasksThatSpinForEachOtherGoOnSharingAProcessor() throws InterruptedException {
        int rounds = 400;
        AtomicInteger turn = new AtomicInteger();
        for (int i = 0; i < 2; i++) {
            int mine = i;
            start(
                    waiter -> {
                        AtomicBoolean preempted = new AtomicBoolean();
                        waiter.whenPreempted(() -> preempted.set(true));
                        while (turn.get() < rounds) {
                            if (turn.get() % 2 == mine) {
                                turn.incrementAndGet();
                            }
                            if (preempted.getAndSet(false)) {
                                scheduler.yield();
                            }
                        }
                    });
        }
        assertThat(scheduler.awaitNoTasks(TimeUnit.SECONDS.toNanos(50))).isTrue();
        assertThat(turn).hasValue(rounds);
    }

    @Test
    void noWakeUpIsLostBetweenTasks() throws InterruptedException {
        int rounds = 20_000;
        AtomicLong turn = new AtomicLong();
        WaitQueue changed = new WaitQueue();
        List<CountDownLatch> ends = new ArrayList<>();
        for (int player = 0; player < 2; player++) {
            int own = player;
            CountDownLatch end = new CountDownLatch(1);
            ends.add(end);
            start(
                    waiter -> {
                        for (long round = own; round < rounds; round += 2) {
                            long expected = round;
                            waiter.retry(
                                    changed,
                                    -1,
                                    Scheduler.NEVER,
                                    () -> turn.get() == expected ? 0 : -11);
                            turn.incrementAndGet();
                            changed.wakeAll();
                        }
                        end.countDown();
                    });
        }
        for (CountDownLatch end : ends) {
            assertThat(end.await(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(turn.get()).isEqualTo(rounds);
    }

    @Test
    void waitsEndByDeadlineAndByInterruption() throws InterruptedException {
        List<Waiter.Outcome> outcomes = new ArrayList<>();
        CountDownLatch waiting = new CountDownLatch(1);
        Waiter interrupted =
                start(
                        waiter -> {
                            waiter.prepare();
                            outcomes.add(waiter.await(clock.monotonicNanos() + 1_000_000));
                            waiting.countDown();
                            waiter.prepare();
                            outcomes.add(waiter.await(Scheduler.NEVER));
                            waiter.clearInterrupt();
                            waiter.prepare();
                            waiter.wake();
                            outcomes.add(waiter.await(Scheduler.NEVER));
                        });
        waiting.await();
        interrupted.interrupt();
        scheduler.awaitNoTasks(TimeUnit.SECONDS.toNanos(30));
        assertThat(outcomes)
                .containsExactly(
                        Waiter.Outcome.TIMED_OUT, Waiter.Outcome.INTERRUPTED, Waiter.Outcome.WOKEN);
    }

    @Test
    void processorTimeDoesNotCountWaiting() throws InterruptedException {
        AtomicLong used = new AtomicLong();
        start(
                waiter -> {
                    waiter.prepare();
                    waiter.await(clock.monotonicNanos() + 300_000_000);
                    used.set(waiter.cpuNanos());
                });
        scheduler.awaitNoTasks(TimeUnit.SECONDS.toNanos(30));
        assertThat(used.get()).isBetween(0L, 250_000_000L);
    }
}
