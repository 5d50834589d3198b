package callgate.kernel.wait;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.junit.jupiter.api.Test;

class AlarmTest {
    private static final long MILLI = 1_000_000;

    /** A clock that stands still until it is told to go on, and timers that follow it. */
    private static final class ManualTime implements Scheduler, Clock {
        private long now = 1000 * MILLI;
        private final PriorityQueue<Entry> entries =
                new PriorityQueue<>((a, b) -> Long.compare(a.at, b.at));

        private record Entry(long at, Runnable action) {}

        void advance(long nanos) {
            long end = now + nanos;
            while (!entries.isEmpty() && entries.peek().at <= end) {
                Entry next = entries.poll();
                now = Math.max(now, next.at);
                next.action.run();
            }
            now = end;
        }

        @Override
        public Timer schedule(long deadlineNanos, Runnable action) {
            Entry entry = new Entry(deadlineNanos, action);
            entries.add(entry);
            return () -> entries.remove(entry);
        }

        @Override
        public long monotonicNanos() {
            return now;
        }

        @Override
        public long realtimeNanos() {
            return now;
        }

        @Override
        public void start(String name, Waiter waiter, Runnable body) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void startHostThread(String name, Runnable body) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Waiter newWaiter() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void park(Waiter waiter, long deadlineNanos) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void unpark(Waiter waiter) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <E extends Exception> void blocking(HostCall<E> call) {
            throw new UnsupportedOperationException();
        }

        @Override
        public double[] loadAverages() {
            return new double[3];
        }

        @Override
        public void yield() {
            throw new UnsupportedOperationException();
        }
    }

    private final ManualTime time = new ManualTime();
    private final List<Long> expirations = new ArrayList<>();
    private final Alarm alarm = new Alarm(time, time, time::monotonicNanos, expirations::add);

    @Test
    void aSingleAlarmExpiresOnce() {
        alarm.setAfter(5 * MILLI, 0);
        time.advance(4 * MILLI);
        assertThat(expirations).isEmpty();
        assertThat(alarm.setting().leftNanos()).isEqualTo(MILLI);
        time.advance(100 * MILLI);
        assertThat(expirations).containsExactly(1L);
        assertThat(alarm.setting().leftNanos()).isZero();
    }

    @Test
    void aRepeatedAlarmKeepsItsRhythm() {
        alarm.setAfter(5 * MILLI, 10 * MILLI);
        time.advance(36 * MILLI);
        assertThat(expirations).containsExactly(1L, 1L, 1L, 1L);
        assertThat(alarm.setting()).isEqualTo(new Alarm.Setting(9 * MILLI, 10 * MILLI));
    }

    @Test
    void atTheShortestIntervalExpirationsAreCountedTogether() {
        alarm.setAfter(1, 1);
        time.advance(10 * MILLI);
        assertThat(expirations.size()).isLessThan(120);
        assertThat(expirations.stream().mapToLong(count -> count).sum())
                .isBetween(9_900_000L, 10_000_001L);
    }

    @Test
    void settingAnAlarmAnewReturnsWhatWasLeftAndForgetsIt() {
        alarm.setAfter(5 * MILLI, 0);
        time.advance(MILLI);
        assertThat(alarm.setAfter(50 * MILLI, 0).leftNanos()).isEqualTo(4 * MILLI);
        time.advance(10 * MILLI);
        assertThat(expirations).isEmpty();
        alarm.cancel();
        time.advance(100 * MILLI);
        assertThat(expirations).isEmpty();
    }

    @Test
    void anAbsoluteTimeInThePastExpiresAtOnce() {
        alarm.setAt(time.monotonicNanos() - 5, 0);
        time.advance(1);
        assertThat(expirations).containsExactly(1L);
    }

    @Test
    void aClockThatRunsSlowlyIsAskedAgain() {
        Alarm slow = new Alarm(time, time, () -> time.monotonicNanos() / 4, expirations::add);
        slow.setAfter(10 * MILLI, 0);
        time.advance(30 * MILLI);
        assertThat(expirations).isEmpty();
        time.advance(11 * MILLI);
        assertThat(expirations).containsExactly(1L);
    }
}
