package callgate.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One page with charts and tables, which needs nothing else: the chart library is a part of it, and
 * its content security policy lets it load nothing.
 */
final class HtmlReport {
    private HtmlReport() {}

    static String of(Results results) throws IOException {
        StringBuilder suites = new StringBuilder();
        results.suites().forEach(suite -> suite(suites, results, suite));
        return resource("report.html")
                .replace("@MACHINE@", escape(results.machine().description()))
                .replace("@COMMIT@", escape(results.commit()))
                .replace("@DATE@", escape(results.date()))
                .replace("@ROUNDS@", Integer.toString(results.rounds()))
                .replace("@LEGEND@", escape(TextReport.LEGEND))
                .replace("@SUITES@", suites)
                .replace("@DATA@", JsonReport.of(results))
                .replace("@LIBRARY@", chartScript());
    }

    private static void suite(StringBuilder page, Results results, Suite suite) {
        Table table = Table.of(results, suite);
        page.append("<section>\n<h2>").append(escape(suite.id())).append("</h2>\n<p>");
        page.append(escape(suite.question())).append("</p>\n");
        page.append("<div class=\"chart\"><canvas data-suite=\"").append(escape(suite.id()));
        page.append("\" role=\"img\" aria-label=\"Ratios to native; the table has the figures\">");
        page.append("</canvas></div>\n<details><summary>Warm-up</summary><div class=\"chart\">");
        page.append("<canvas data-warmup=\"").append(escape(suite.id())).append("\" role=\"img\"");
        page.append(" aria-label=\"First runs; the table has the figures\"></canvas></div>");
        page.append("</details>\n<div class=\"scroll\"><table>\n<thead>");
        row(page, "th", table.heading());
        page.append("</thead>\n<tbody>\n");
        table.rows().forEach(cells -> row(page, "td", cells));
        page.append("</tbody>\n</table></div>\n");
        if (!table.notes().isEmpty()) {
            page.append("<ul>\n");
            table.notes().forEach(it -> page.append("<li>").append(escape(it)).append("</li>\n"));
            page.append("</ul>\n");
        }
        page.append("</section>\n");
    }

    private static void row(StringBuilder page, String tag, List<String> cells) {
        page.append("<tr>");
        for (String cell : cells) {
            page.append('<').append(tag).append('>').append(escape(cell));
            page.append("</").append(tag).append('>');
        }
        page.append("</tr>\n");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /** The library's text; it must not end the script that it stands in. */
    static String chartScript() throws IOException {
        return resource("chart.umd.min.js")
                .replaceAll("(?m)^//# sourceMappingURL=.*$", "")
                .replace("</script", "<\\/script");
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("this build of Callgate lacks " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
