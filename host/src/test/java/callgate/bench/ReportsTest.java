package callgate.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportsTest {
    private static final String HOSTILE = "</script><b>\"CPU\" & 'cores'\\\n|";

    /** Native 1, qemu 4, Callgate 2 everywhere, but nothing for the last case of each suite. */
    private static Results results() {
        List<Measurement> measurements = new ArrayList<>();
        for (Suite suite : Suite.values()) {
            for (BenchCase benchCase : Cases.of(suite)) {
                Measurement measurement = new Measurement(benchCase);
                measurements.add(measurement);
                measurement.add(Column.NATIVE, 1);
                measurement.add(Column.QEMU, 4);
                if (benchCase == Cases.of(suite).getLast()) {
                    measurement.fail(Column.USER, HOSTILE);
                } else {
                    measurement.add(Column.USER, 2);
                    measurement.warmUp(9, 3);
                }
            }
        }
        Machine machine = new Machine(HOSTILE, 2, "Linux 6", "25");
        return new Results(machine, "abc1234", "2026-01-01", 3, measurements);
    }

    @Test
    void jsonHasTheFormThatReadersKnow() throws IOException {
        JsonNode json = new ObjectMapper().readTree(JsonReport.of(results()));
        assertThat(names(json)).containsExactly("machine", "commit", "cases");
        assertThat(names(json.get("machine"))).containsExactly("cpu", "cores", "kernel", "jdk");
        assertThat(json.get("machine").get("cpu").asText()).isEqualTo(HOSTILE);
        assertThat(json.get("commit").asText()).isEqualTo("abc1234");
        assertThat(json.get("cases")).hasSize(results().measurements().size());
        JsonNode first = json.get("cases").get(0);
        assertThat(names(first))
                .containsExactly(
                        "suite", "case", "unit", "native", "qemu", "gvisor", "user", "kernel",
                        "first");
        assertThat(first.get("suite").asText()).isEqualTo("null");
        assertThat(first.get("case").asText()).isEqualTo("getppid");
        assertThat(first.get("unit").asText()).isEqualTo("ns");
        assertThat(first.get("user").asDouble()).isEqualTo(2.0);
        assertThat(first.get("gvisor").isNull()).isTrue();
        assertThat(first.get("kernel").isNull()).isTrue();
        assertThat(first.get("first").asDouble()).isEqualTo(9.0);
    }

    private static List<String> names(JsonNode node) {
        return new ArrayList<>(node.properties().stream().map(it -> it.getKey()).toList());
    }

    @Test
    void thePageHasEveryCaseAndLoadsNothing() throws IOException {
        String page = HtmlReport.of(results());
        String own = page.replace(HtmlReport.chartScript(), "");
        assertThat(own).hasSizeLessThan(page.length() - 100_000);
        for (Measurement it : results().measurements()) {
            assertThat(own).contains("<td>" + it.benchCase().name());
        }
        for (Suite suite : Suite.values()) {
            assertThat(own).contains("data-suite=\"" + suite.id() + "\"");
        }
        assertThat(own).doesNotContain("http:", "https:", "src=", "href=", "url(", "@import");
        assertThat(own).doesNotContainPattern("@[A-Z]+@");
        assertThat(page).contains("default-src 'none'", "MIT License", "abc1234", "2.00");
    }

    @Test
    void thePageEscapesWhatItShows() throws IOException {
        String own = HtmlReport.of(results()).replace(HtmlReport.chartScript(), "");
        assertThat(own).doesNotContain("<b>").contains("&lt;/script&gt;&lt;b&gt;&quot;CPU&quot;");
        assertThat(own.split("</script>", -1)).hasSize(4); // the page's own three
    }

    @Test
    void tablesShowMediansRatiosAndGeometricMeans() {
        String markdown = MarkdownReport.of(results());
        assertThat(markdown)
                .contains("### Measured: `cpu`")
                .contains("| sieve | 1.0 | 4.0 | 2.0 | 4.00 | 2.00 | 0.50 | 1.00 | 9.0 | 3.0 |")
                .contains("| geometric mean |  |  |  | 4.00 | 2.00 | 0.50 |  |  |  |")
                .contains("pipe-64m, ns/MiB");
        StringWriter text = new StringWriter();
        TextReport.print(results(), Suite.CPU, new PrintWriter(text));
        assertThat(text.toString()).contains("geometric mean").contains("dhry, callgate: ");
    }
}
