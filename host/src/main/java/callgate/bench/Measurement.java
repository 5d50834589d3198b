package callgate.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** All runs of one case by all peers. Figures are in the case's unit. */
final class Measurement {
    private final BenchCase benchCase;
    private final Map<Column, List<Double>> figures = new EnumMap<>(Column.class);
    private final Map<Column, String> failures = new EnumMap<>(Column.class);
    private double first = Double.NaN;
    private double tenth = Double.NaN;

    Measurement(BenchCase benchCase) {
        this.benchCase = benchCase;
    }

    BenchCase benchCase() {
        return benchCase;
    }

    /** Adds a round. */
    void add(Column column, double figure) {
        if (!Double.isNaN(figure)) {
            figures.computeIfAbsent(column, key -> new ArrayList<>()).add(figure);
        }
    }

    /** What Callgate's first and tenth run took; NaN if there were not so many. */
    void warmUp(double firstRun, double tenthRun) {
        first = firstRun;
        tenth = tenthRun;
    }

    /** A peer has no figure, or no more, and why. */
    void fail(Column column, String reason) {
        failures.put(column, reason);
    }

    /** Peers that could not do it, with the reason. */
    Map<Column, String> failures() {
        return Collections.unmodifiableMap(failures);
    }

    double median(Column column) {
        return Statistics.median(figures.getOrDefault(column, List.of()));
    }

    double spread(Column column) {
        return Statistics.spread(figures.getOrDefault(column, List.of()));
    }

    double ratio(Column column, Column base) {
        return median(column) / median(base);
    }

    double first() {
        return first;
    }

    double tenth() {
        return tenth;
    }
}
