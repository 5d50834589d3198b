package callgate.kernel.task;

import static org.assertj.core.api.Assertions.assertThat;

import callgate.kernel.abi.Signals;
import callgate.kernel.vfs.HeapBudget;
import org.junit.jupiter.api.Test;

class PendingSignalsTest {
    private static final int HEAP_BYTES = 10_000;

    private final PendingSignals pending = new PendingSignals(new HeapBudget(HEAP_BYTES));

    @Test
    void synchronousSignalsComeFirstThenTheLowestNumber() {
        pending.add(SignalInfo.kernel(Signals.SIGHUP));
        pending.add(SignalInfo.kernel(Signals.SIGTERM));
        pending.add(SignalInfo.kernel(Signals.SIGSEGV));
        assertThat(pending.first(-1L)).isEqualTo(Signals.SIGSEGV);
        assertThat(pending.first(~Signals.bit(Signals.SIGSEGV))).isEqualTo(Signals.SIGHUP);
        assertThat(pending.first(Signals.bit(Signals.SIGTERM))).isEqualTo(Signals.SIGTERM);
        assertThat(pending.first(Signals.bit(Signals.SIGUSR1))).isZero();
    }

    @Test
    void realtimeSignalsKeepTheirOrderAndStayPendingUntilTheLastIsTaken() {
        for (int value = 1; value <= 3; value++) {
            pending.add(new SignalInfo(40, 0, SignalInfo.SI_QUEUE, 0, value, 0, 0));
        }
        assertThat(pending.take(40).second()).isEqualTo(1);
        assertThat(pending.has(40)).isTrue();
        assertThat(pending.take(40).second()).isEqualTo(2);
        assertThat(pending.take(40).second()).isEqualTo(3);
        assertThat(pending.has(40)).isFalse();
        assertThat(pending.take(40)).isNull();
    }

    @Test
    void queuedSignalsAreRefusedWhenTheHeapIsUsedUpButThoseThatDoNotQueueNever() {
        int queued = 0;
        while (pending.add(new SignalInfo(40, 0, SignalInfo.SI_QUEUE, 0, queued, 0, 0))) {
            queued++;
        }
        assertThat(queued).isBetween(50, HEAP_BYTES / 50);
        assertThat(pending.add(SignalInfo.kernel(Signals.SIGTERM))).isTrue();
        pending.clear();
        assertThat(pending.add(new SignalInfo(40, 0, SignalInfo.SI_QUEUE, 0, 0, 0, 0))).isTrue();
    }

    @Test
    void removingASetForgetsItsEntriesOnly() {
        pending.add(SignalInfo.kernel(Signals.SIGTSTP));
        pending.add(SignalInfo.kernel(Signals.SIGUSR1));
        pending.remove(DefaultAction.STOP_SIGNALS);
        assertThat(pending.set()).isEqualTo(Signals.bit(Signals.SIGUSR1));
        assertThat(pending.size()).isEqualTo(1);
    }

    @Test
    void theSignalOfATimerIsFoundByItsNumber() {
        pending.add(SignalInfo.timer(Signals.SIGALRM, 7, 0, 0));
        assertThat(pending.hasTimer(Signals.SIGALRM, 7)).isTrue();
        assertThat(pending.hasTimer(Signals.SIGALRM, 8)).isFalse();
    }
}
