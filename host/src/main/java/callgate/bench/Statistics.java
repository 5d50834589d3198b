package callgate.bench;

import java.util.List;

/** Figures that stand for many; NaN is a figure that is not there. */
final class Statistics {
    private Statistics() {}

    /** The middle one, or the mean of the two in the middle; NaN if there are none. */
    static double median(List<Double> values) {
        if (values.isEmpty()) {
            return Double.NaN;
        }
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** The largest by the smallest: how noisy it was; 1 for a single one, NaN for none. */
    static double spread(List<Double> values) {
        double largest = values.stream().mapToDouble(it -> it).max().orElse(Double.NaN);
        double smallest = values.stream().mapToDouble(it -> it).min().orElse(Double.NaN);
        return largest / smallest;
    }

    /** Of those that are numbers; NaN if there are none. */
    static double geometricMean(List<Double> values) {
        return Math.exp(
                values.stream()
                        .filter(it -> !it.isNaN())
                        .mapToDouble(Math::log)
                        .average()
                        .orElse(Double.NaN));
    }
}
