package callgate.bench;

import java.io.PrintWriter;
import java.util.List;

/** A table for the terminal. */
final class TextReport {
    static final String LEGEND =
            "medians in ns if nothing else is said, lower is better; x: by native; spread: Callgate's slowest round by its fastest";

    private TextReport() {}

    static void print(Results results, Suite suite, PrintWriter out) {
        Table table = Table.of(results, suite);
        out.println();
        out.println(suite.id() + ": " + suite.question() + " (" + LEGEND + ")");
        int[] widths = table.widths();
        line(table.heading(), widths, out);
        table.rows().forEach(row -> line(row, widths, out));
        table.notes().forEach(out::println);
        out.flush();
    }

    private static void line(List<String> cells, int[] widths, PrintWriter out) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String blank = " ".repeat(widths[i] - cells.get(i).length());
            line.append(i == 0 ? cells.get(i) + blank : "  " + blank + cells.get(i));
        }
        out.println(line.toString().stripTrailing());
    }
}
