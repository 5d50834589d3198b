package callgate.kernel.wait;

/**
 * How many tasks could run, on an average over one, five and fifteen minutes that forgets
 * exponentially: /proc/loadavg. Thread-safe.
 */
final class LoadAverage {
    private static final double[] PERIOD_NANOS = {60e9, 300e9, 900e9};

    private final double[] averages = new double[PERIOD_NANOS.length];
    private long last;

    LoadAverage(long now) {
        last = now;
    }

    /** Since the last time there were {@code runnable} tasks. */
    synchronized void update(long now, int runnable) {
        double past = Math.max(0, now - last);
        last = now;
        for (int i = 0; i < averages.length; i++) {
            double kept = Math.exp(-past / PERIOD_NANOS[i]);
            averages[i] = averages[i] * kept + runnable * (1 - kept);
        }
    }

    /** The three averages. */
    synchronized double[] averages() {
        return averages.clone();
    }
}
