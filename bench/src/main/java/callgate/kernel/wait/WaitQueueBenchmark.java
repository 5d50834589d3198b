package callgate.kernel.wait;

import callgate.bench.inner.Mechanism;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** Telling those who wait, without anybody asleep. */
public class WaitQueueBenchmark extends Mechanism {
    private static final int POLLIN = 1;

    private final WaitQueue empty = new WaitQueue();
    private final WaitQueue crowded = new WaitQueue();
    private int told;

    @Setup
    public void join() {
        for (int i = 0; i < 8; i++) {
            crowded.add(events -> told += events, POLLIN);
        }
    }

    /** A pipe that nobody reads. */
    @Benchmark
    public void wakeNobody() {
        empty.wake(POLLIN);
    }

    /** Eight that poll. */
    @Benchmark
    public int wakeEight() {
        crowded.wake(POLLIN);
        return told;
    }

    /** What a read costs more that has to wait. */
    @Benchmark
    public void joinAndLeave() {
        empty.addExclusive(events -> told++, POLLIN).close();
    }
}
