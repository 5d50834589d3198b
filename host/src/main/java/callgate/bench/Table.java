package callgate.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A suite's figures as text, cell by cell; what the reports share.
 *
 * @param heading names of the columns
 * @param rows a case each, the geometric means last
 * @param notes what could not be measured, and why
 */
record Table(List<String> heading, List<List<String>> rows, List<String> notes) {
    static Table of(Results results, Suite suite) {
        List<Column> times =
                List.of(Column.NATIVE, Column.QEMU, Column.GVISOR, Column.USER, Column.KERNEL)
                        .stream()
                        .filter(it -> isShown(results, it))
                        .toList();
        List<Column> ratios = times.stream().filter(it -> it != Column.NATIVE).toList();
        List<String> heading = new ArrayList<>(List.of("case"));
        times.forEach(it -> heading.add(it.title()));
        ratios.forEach(it -> heading.add(it.title() + " x"));
        heading.addAll(List.of("by qemu", "spread", "first", "tenth"));
        List<List<String>> rows = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        for (Measurement it : results.of(suite)) {
            rows.add(row(it, times, ratios));
            it.failures().forEach((who, why) -> notes.add(note(it, who, why)));
        }
        rows.add(means(results, suite, times, ratios));
        return new Table(List.copyOf(heading), rows, notes);
    }

    /** Peers that every machine may have are shown empty; the others when they were there. */
    private static boolean isShown(Results results, Column column) {
        return switch (column) {
            case NATIVE, QEMU, USER -> true;
            case GVISOR, KERNEL -> results.columns().contains(column);
        };
    }

    private static List<String> row(Measurement it, List<Column> times, List<Column> ratios) {
        String unit = it.benchCase().unit();
        List<String> row = new ArrayList<>();
        row.add(it.benchCase().name() + (unit.equals(BenchCase.NANOS) ? "" : ", " + unit));
        times.forEach(column -> row.add(Figures.time(it.median(column))));
        ratios.forEach(column -> row.add(Figures.ratio(it.ratio(column, Column.NATIVE))));
        row.add(Figures.ratio(it.ratio(Column.USER, Column.QEMU)));
        row.add(Figures.ratio(it.spread(Column.USER)));
        row.add(Figures.time(it.first()));
        row.add(Figures.time(it.tenth()));
        return row;
    }

    private static List<String> means(
            Results results, Suite suite, List<Column> times, List<Column> ratios) {
        List<String> row = new ArrayList<>(List.of("geometric mean"));
        times.forEach(column -> row.add(""));
        ratios.forEach(
                column ->
                        row.add(
                                Figures.ratio(
                                        results.geometricMean(suite, column, Column.NATIVE))));
        row.add(Figures.ratio(results.geometricMean(suite, Column.USER, Column.QEMU)));
        row.addAll(List.of("", "", ""));
        return row;
    }

    private static String note(Measurement it, Column who, String why) {
        return it.benchCase().name() + ", " + who.title() + ": " + why.strip().replace('\n', ' ');
    }

    /** Widths that hold every cell of a column. */
    int[] widths() {
        int[] widths = new int[heading.size()];
        Stream.concat(Stream.of(heading), rows.stream())
                .forEach(
                        row -> {
                            for (int i = 0; i < widths.length; i++) {
                                widths[i] = Math.max(widths[i], row.get(i).length());
                            }
                        });
        return widths;
    }
}
