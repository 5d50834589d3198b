package callgate.kernel.wait;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
@ParameterizedClass
@EnumSource
class HostSchedulerTest {
    /** What tasks are. */
    enum Kind {
        FIBERS,
        THREADS;

        HostScheduler scheduler(Clock clock, int cpus) {
            return new HostScheduler(
                    clock,
                    cpus,
                    switch (this) {
                        case FIBERS -> Optional.of(FiberFactory.find().orElseThrow());
                        case THREADS -> Optional.empty();
                    });
        }
    }

    @Parameter Kind kind;

    private final HostClock clock = new HostClock();
    private HostScheduler scheduler;

    @BeforeEach
    void oneProcessor() {
        scheduler = kind.scheduler(clock, 1);
    }

    private void processors(int cpus) {
        scheduler.close();
        scheduler = kind.scheduler(clock, cpus);
    }

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

    /** A permit of {@link java.util.concurrent.locks.LockSupport} may be left over, too. */
    @Test
    void aNewTaskWaitsAsItShouldHoweverTheLastOneEnded() throws InterruptedException {
        for (int i = 0; i < 100; i++) {
            AtomicBoolean parked = new AtomicBoolean();
            start(
                    waiter -> {
                        waiter.prepare();
                        parked.set(
                                waiter.await(clock.monotonicNanos() + 1000)
                                        == Waiter.Outcome.TIMED_OUT);
                        waiter.prepare();
                        scheduler.unpark(waiter);
                    });
            assertThat(scheduler.awaitNoTasks(TimeUnit.SECONDS.toNanos(30))).isTrue();
            assertThat(parked).isTrue();
        }
    }

    @Test
    void closingEndsTheThreadsOfTheHost() throws InterruptedException {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        for (int i = 0; i < 20; i++) {
            start(waiter -> {});
        }
        assertThat(scheduler.awaitNoTasks(TimeUnit.SECONDS.toNanos(30))).isTrue();
        scheduler.close();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            boolean ours =
                    thread.getName().equals("callgate-carrier") || thread.getName().equals("test");
            if (ours && !before.contains(thread)) {
                thread.join(TimeUnit.SECONDS.toMillis(3));
                assertThat(thread.isAlive()).isFalse();
            }
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
    void aTaskThatWasWokenRunsElsewhereIfItsWakerGoesOnComputing() throws InterruptedException {
        processors(2);
        for (int i = 0; i < 20; i++) {
            AtomicBoolean ran = new AtomicBoolean();
            CountDownLatch ready = new CountDownLatch(1);
            Waiter sleeper =
                    start(
                            waiter -> {
                                waiter.prepare();
                                ready.countDown();
                                waiter.await(Scheduler.NEVER);
                                ran.set(true);
                            });
            start(
                    waiter -> {
                        await(ready);
                        sleeper.wake();
                        while (!ran.get()) { // gives its processor to nobody
                            Thread.onSpinWait();
                        }
                    });
            assertThat(scheduler.awaitNoTasks(TimeUnit.SECONDS.toNanos(30))).isTrue();
        }
    }

    @Test
    void tasksThatWakeEachOtherLeaveOthersTheirTurn() throws InterruptedException {
        AtomicBoolean stop = new AtomicBoolean();
        Waiter[] pair = new Waiter[2];
        CountDownLatch both = new CountDownLatch(2);
        for (int i = 0; i < 2; i++) {
            pair[i] = scheduler.newWaiter();
        }
        for (int i = 0; i < 2; i++) {
            Waiter own = pair[i];
            Waiter other = pair[1 - i];
            scheduler.start(
                    "test",
                    own,
                    () -> {
                        both.countDown();
                        while (!stop.get()) {
                            own.prepare();
                            other.wake();
                            own.await(clock.monotonicNanos() + 100_000_000);
                        }
                    });
        }
        await(both);
        CountDownLatch thirdRan = new CountDownLatch(1);
        start(waiter -> thirdRan.countDown());
        assertThat(thirdRan.await(20, TimeUnit.SECONDS)).isTrue();
        stop.set(true);
    }

    @Test
    void everyTaskOfAManyWokenAtOnceRuns() throws InterruptedException {
        processors(2);
        int sleepers = 300;
        CountDownLatch done = new CountDownLatch(sleepers);
        List<Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < sleepers; i++) {
            waiters.add(
                    start(
                            waiter -> {
                                waiter.await(Scheduler.NEVER);
                                done.countDown();
                            }));
        }
        start(waiter -> waiters.forEach(Waiter::wake));
        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void tasksThatBlockInTheHostComeBackInTurns() throws InterruptedException {
        processors(2);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        for (int i = 0; i < 8; i++) {
            start(
                    waiter -> {
                        for (int round = 0; round < 300; round++) {
                            scheduler.blocking(Thread::yield);
                            most.accumulateAndGet(running.incrementAndGet(), Math::max);
                            running.decrementAndGet();
                        }
                    });
        }
        assertThat(scheduler.awaitNoTasks(TimeUnit.SECONDS.toNanos(30))).isTrue();
        assertThat(most.get()).isBetween(1, 2);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
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
