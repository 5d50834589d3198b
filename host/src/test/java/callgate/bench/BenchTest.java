package callgate.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import callgate.image.report.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchTest {
    @TempDir private Path folder;

    private Bench bench(Bench.Reports reports, String... suites) {
        return new Bench(
                new Bench.Settings(
                        Path.of("..").toAbsolutePath().normalize(),
                        List.of(suites),
                        1,
                        Effort.QUICK,
                        "builtin",
                        reports),
                text -> {});
    }

    @Test
    void anUnknownSuiteIsRefusedWithTheNamesOfTheOthers() {
        assertThatThrownBy(
                        () ->
                                bench(new Bench.Reports(null, null, null), "gpu")
                                        .run(new PrintWriter(new StringWriter()), Progress.SILENT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "there is no benchmark suite 'gpu'; there are null, os, cpu, start, programs, and all");
    }

    @Test
    void aFileThatCannotBeWrittenIsFoundOutBeforeAnythingRuns() {
        Path nowhere = folder.resolve("missing/results.json");
        assertThatThrownBy(
                        () ->
                                bench(new Bench.Reports(nowhere, null, null), "null")
                                        .run(new PrintWriter(new StringWriter()), Progress.SILENT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(nowhere.toString());
    }

    @Test
    void aQuickRunMeasuresCallgateAndWritesEveryReport() throws Exception {
        Path json = folder.resolve("results.json");
        Path html = folder.resolve("results.html");
        Path markdown = folder.resolve("results.md");
        StringWriter out = new StringWriter();
        boolean done =
                bench(new Bench.Reports(json, html, markdown), "null")
                        .run(new PrintWriter(out), Progress.SILENT);
        assertThat(done).as(out.toString()).isTrue();
        assertThat(out.toString()).contains("getppid", "clock-gettime-raw", "geometric mean");
        assertThat(json).content().contains("\"case\":\"getppid\"").doesNotContain("\"user\":null");
        assertThat(html).content().contains("getppid");
        assertThat(markdown).content().contains("| getppid |");
    }

    @Test
    void workFilesAreTheSameEveryTime() throws IOException {
        WorkFiles.write(folder.resolve("a"), Effort.QUICK);
        WorkFiles.write(folder.resolve("b"), Effort.QUICK);
        for (String name : List.of("text", "sample", "loop.py", "speed.sql", "unit.c")) {
            assertThat(folder.resolve("a").resolve(name))
                    .hasSameBinaryContentAs(folder.resolve("b").resolve(name));
        }
        assertThat(Files.size(folder.resolve("a/text"))).isGreaterThanOrEqualTo(64 << 10);
    }
}
