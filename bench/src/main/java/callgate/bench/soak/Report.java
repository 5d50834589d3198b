package callgate.bench.soak;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Samples and what they say, as tables in Markdown. */
final class Report {
    private Report() {}

    static void printHead(PrintStream out) {
        StringBuilder titles = new StringBuilder("| minute | jobs |");
        StringBuilder rule = new StringBuilder("|---:|---:|");
        for (Figure figure : Figure.values()) {
            titles.append(' ').append(figure.title()).append(" |");
            rule.append("---:|");
        }
        out.println(titles);
        out.println(rule);
    }

    static void printSample(PrintStream out, long nanos, int jobs, Map<Figure, Long> sample) {
        StringBuilder line = new StringBuilder();
        line.append(String.format(Locale.ROOT, "| %.1f | %,d |", nanos / 60e9, jobs));
        sample.values().forEach(value -> line.append(String.format(Locale.ROOT, " %,d |", value)));
        out.println(line);
        out.flush();
    }

    /**
     * Compares the middle third of the samples of the second half with the last one, by their
     * medians (the first third is for warming up), and what there is without sandboxes before and
     * after it. True if nothing grew.
     */
    static boolean printVerdict(
            PrintStream out,
            Map<Figure, Long> before,
            List<Map<Figure, Long>> samples,
            Map<Figure, Long> after) {
        int third = samples.size() / 3;
        out.println();
        if (third == 0) {
            out.println("too few samples to tell whether something grows");
            return false;
        }
        List<Map<Figure, Long>> middle = samples.subList(third, 2 * third);
        List<Map<Figure, Long>> last = samples.subList(samples.size() - third, samples.size());
        boolean steady = true;
        out.println(
                "| | without, before | first sample | middle third | last third | without, after | |");
        out.println("|---|---:|---:|---:|---:|---:|---|");
        for (Figure figure : Figure.values()) {
            long earlier = median(middle, figure);
            long later = median(last, figure);
            boolean grew =
                    figure.grew(earlier, later)
                            || figure.grewWithoutSandboxes(before.get(figure), after.get(figure));
            steady &= !grew;
            out.printf(
                    Locale.ROOT,
                    "| %s | %,d | %,d | %,d | %,d | %,d | %s |%n",
                    figure.title(),
                    before.get(figure),
                    samples.getFirst().get(figure),
                    earlier,
                    later,
                    after.get(figure),
                    grew ? "GREW" : "steady");
        }
        return steady;
    }

    private static long median(List<Map<Figure, Long>> samples, Figure figure) {
        long[] values = samples.stream().mapToLong(sample -> sample.get(figure)).toArray();
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
