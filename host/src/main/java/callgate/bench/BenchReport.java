package callgate.bench;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/** Prints measurements as a table and as JSON. */
final class BenchReport {
    private static final String NATIVE = "native";
    private static final String QEMU = "qemu";
    private static final String USER = "user";

    private final String machine;
    private final String commit;

    BenchReport(String machine, String commit) {
        this.machine = machine;
        this.commit = commit;
    }

    void table(Suite suite, List<Measurement> measurements, PrintWriter out) {
        out.printf(
                "%n%s (medians in ns; lower is better; x = by native; spread = slowest by fastest run)%n",
                suite.id());
        out.printf(
                Locale.ROOT,
                "%-14s %12s %12s %12s %8s %8s %10s %7s %12s %12s%n",
                "case",
                NATIVE,
                QEMU,
                "callgate",
                "qemu x",
                "callgate",
                "by qemu",
                "spread",
                "first",
                "tenth");
        for (Measurement it : measurements) {
            out.printf(
                    Locale.ROOT,
                    "%-14s %12s %12s %12s %8s %8s %10s %7s %12s %12s%n",
                    it.benchCase(),
                    time(it.median(NATIVE)),
                    time(it.median(QEMU)),
                    time(it.median(USER)),
                    ratio(it.ratio(QEMU, NATIVE)),
                    ratio(it.ratio(USER, NATIVE)),
                    ratio(it.ratio(USER, QEMU)),
                    ratio(it.spread(USER)),
                    time(it.median("first")),
                    time(it.median("tenth")));
        }
        out.printf(
                Locale.ROOT,
                "%-14s %12s %12s %12s %8s %8s %10s%n",
                "geomean",
                "",
                "",
                "",
                ratio(geometricMean(measurements, QEMU, NATIVE)),
                ratio(geometricMean(measurements, USER, NATIVE)),
                ratio(geometricMean(measurements, USER, QEMU)));
        out.flush();
    }

    private static String time(double nanos) {
        return Double.isNaN(nanos)
                ? "-"
                : String.format(Locale.ROOT, nanos < 1000 ? "%.1f" : "%.0f", nanos);
    }

    private static String ratio(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.2f", value);
    }

    /** Over the cases that both columns have; NaN if there are none. */
    static double geometricMean(List<Measurement> measurements, String column, String base) {
        double sum = 0;
        int count = 0;
        for (Measurement it : measurements) {
            if (it.has(column) && it.has(base)) {
                sum += Math.log(it.ratio(column, base));
                count++;
            }
        }
        return count == 0 ? Double.NaN : Math.exp(sum / count);
    }

    /**
     * {@code {"machine":{…},"commit":"…","cases":[{"suite":…,"case":…,"unit":"ns","native":…,…}]}};
     * absent peers are null.
     */
    String json(List<Suite> suites, List<List<Measurement>> measurements) {
        StringJoiner cases = new StringJoiner(",\n  ", "[\n  ", "\n]");
        for (int i = 0; i < suites.size(); i++) {
            for (Measurement it : measurements.get(i)) {
                cases.add(
                        "{\"suite\":\""
                                + suites.get(i).id()
                                + "\",\"case\":\""
                                + it.benchCase()
                                + "\",\"unit\":\"ns\",\"native\":"
                                + number(it.median(NATIVE))
                                + ",\"qemu\":"
                                + number(it.median(QEMU))
                                + ",\"gvisor\":null,\"user\":"
                                + number(it.median(USER))
                                + ",\"kernel\":null,\"first\":"
                                + number(it.median("first"))
                                + "}");
            }
        }
        return "{\"machine\":{\"description\":\""
                + escape(machine)
                + "\"},\"commit\":\""
                + escape(commit)
                + "\",\"cases\":"
                + cases
                + "}\n";
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "null" : String.format(Locale.ROOT, "%.1f", value);
    }

    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                escaped.append('\\');
            }
            escaped.append(c < 32 ? ' ' : c);
        }
        return escaped.toString();
    }
}
