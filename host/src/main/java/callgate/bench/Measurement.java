package callgate.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All runs of one case by all peers. Times are nanoseconds. */
final class Measurement {
    private final String benchCase;
    private final Map<String, List<Double>> times = new HashMap<>();

    Measurement(String benchCase) {
        this.benchCase = benchCase;
    }

    String benchCase() {
        return benchCase;
    }

    void add(String column, double nanos) {
        if (!Double.isNaN(nanos)) {
            times.computeIfAbsent(column, name -> new ArrayList<>()).add(nanos);
        }
    }

    boolean has(String column) {
        return times.containsKey(column);
    }

    /** The median of a column, or NaN if it has no runs. */
    double median(String column) {
        List<Double> runs = times.getOrDefault(column, List.of());
        if (runs.isEmpty()) {
            return Double.NaN;
        }
        List<Double> sorted = new ArrayList<>(runs);
        Collections.sort(sorted);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** Largest by smallest run of a column: how noisy it was; 1 for a single run. */
    double spread(String column) {
        List<Double> runs = times.getOrDefault(column, List.of());
        return runs.isEmpty() ? Double.NaN : Collections.max(runs) / Collections.min(runs);
    }

    double ratio(String column, String base) {
        return median(column) / median(base);
    }
}
