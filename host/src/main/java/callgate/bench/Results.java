package callgate.bench;

import java.util.List;

/**
 * All that was measured.
 *
 * @param machine what it was measured on
 * @param commit of the checkout
 * @param date the day, as ISO 8601 writes it
 * @param rounds how often each case was run
 * @param measurements suite by suite
 */
record Results(
        Machine machine, String commit, String date, int rounds, List<Measurement> measurements) {
    /** The suites that were measured, in their order. */
    List<Suite> suites() {
        return measurements.stream().map(it -> it.benchCase().suite()).distinct().sorted().toList();
    }

    List<Measurement> of(Suite suite) {
        return measurements.stream().filter(it -> it.benchCase().suite() == suite).toList();
    }

    /** Over the times of a suite that both columns have; NaN if there are none. */
    double geometricMean(Suite suite, Column column, Column base) {
        return Statistics.geometricMean(
                of(suite).stream()
                        .filter(it -> it.benchCase().isTime())
                        .map(it -> it.ratio(column, base))
                        .toList());
    }

    /** The columns that have a figure anywhere. */
    List<Column> columns() {
        return List.of(Column.values()).stream()
                .filter(
                        column ->
                                measurements.stream()
                                        .anyMatch(it -> !Double.isNaN(it.median(column))))
                .toList();
    }
}
