package callgate.bench;

import java.util.Collections;
import java.util.List;

/** Tables for docs/BENCHMARKS.md. */
final class MarkdownReport {
    private MarkdownReport() {}

    static String of(Results results) {
        StringBuilder text = new StringBuilder();
        text.append(results.date()).append(", ").append(results.machine().description());
        text.append(", commit ").append(results.commit());
        text.append(", `--runs ").append(results.rounds()).append("`; ");
        text.append(TextReport.LEGEND).append(".\n");
        for (Suite suite : results.suites()) {
            Table table = Table.of(results, suite);
            text.append("\n### Measured: `").append(suite.id()).append("`\n");
            row(text, table.heading());
            text.append("|---");
            text.append(String.join("", Collections.nCopies(table.heading().size() - 1, "|---:")));
            text.append("|\n");
            table.rows().forEach(cells -> row(text, cells));
            if (!table.notes().isEmpty()) {
                text.append('\n');
                table.notes().forEach(note -> text.append("- ").append(escape(note)).append('\n'));
            }
        }
        return text.toString();
    }

    private static void row(StringBuilder text, List<String> cells) {
        cells.forEach(cell -> text.append("| ").append(escape(cell)).append(' '));
        text.append("|\n");
    }

    private static String escape(String text) {
        return text.replaceAll("([|\\\\`*_<>\\[\\]])", "\\\\$1");
    }
}
