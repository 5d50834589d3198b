package callgate.bench;

import callgate.image.report.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Runs suites by all peers of this machine, and reports. */
public final class Bench {
    private final Settings settings;
    private final Consumer<String> progress;

    /**
     * What is to be done.
     *
     * @param home the checkout that {@code guest/} is in
     * @param suites names of suites, {@code all} among them; empty is {@code cpu}
     * @param rounds how often each case is timed, from 1
     * @param effort how much each case has to do
     * @param image for the commands of the suites start and programs; null is one with the packages
     *     that they need, made when it is first used
     * @param reports where results go besides the table
     */
    public record Settings(
            Path home,
            List<String> suites,
            int rounds,
            Effort effort,
            String image,
            Reports reports) {}

    /**
     * Files to be written; each may be null for none.
     *
     * @param json results for programs
     * @param html a page with charts
     * @param markdown tables for docs/BENCHMARKS.md
     */
    public record Reports(Path json, Path html, Path markdown) {}

    /**
     * @param progress told what is being run; text that ends with a new line is to be kept
     */
    public Bench(Settings settings, Consumer<String> progress) {
        this.settings = settings;
        this.progress = progress;
    }

    /** What every case is for, in Markdown. */
    public static String explanation() {
        return Cases.explanation();
    }

    /**
     * Runs the suites.
     *
     * @return whether Callgate did all that was asked of it
     * @throws IllegalArgumentException if there is no such suite, or a file cannot be written; this
     *     is found out before anything is run
     */
    public boolean run(PrintWriter out, Progress images) throws IOException, InterruptedException {
        List<Suite> suites = suites(settings.suites);
        checkWritable(settings.reports.json);
        checkWritable(settings.reports.html);
        checkWritable(settings.reports.markdown);
        Machine machine = Machine.ofHost();
        out.println(machine.description());
        out.flush();
        List<Measurement> measurements = new ArrayList<>();
        Results results =
                new Results(
                        machine,
                        Machine.commit(settings.home),
                        LocalDate.now(ZoneOffset.UTC).toString(),
                        settings.rounds,
                        measurements);
        try (Workshop workshop = Workshop.open(settings, images, progress)) {
            BenchRun runner =
                    new BenchRun(workshop.peers(), settings.rounds, settings.effort, progress);
            for (Suite suite : suites) {
                for (BenchCase benchCase : Cases.of(suite)) {
                    measurements.add(runner.measure(benchCase));
                    write(results); // what is there is kept, should the rest not be waited for
                }
                progress.accept("");
                TextReport.print(results, suite, out);
            }
        }
        return measurements.stream().noneMatch(it -> it.failures().containsKey(Column.USER));
    }

    private void write(Results results) throws IOException {
        if (settings.reports.json != null) {
            Files.writeString(settings.reports.json, JsonReport.of(results));
        }
        if (settings.reports.markdown != null) {
            Files.writeString(settings.reports.markdown, MarkdownReport.of(results));
        }
        if (settings.reports.html != null) {
            Files.writeString(settings.reports.html, HtmlReport.of(results));
        }
    }

    private static void checkWritable(Path file) {
        if (file == null) {
            return;
        }
        Path folder = file.toAbsolutePath().getParent();
        boolean writable =
                Files.exists(file)
                        ? Files.isRegularFile(file) && Files.isWritable(file)
                        : Files.isDirectory(folder) && Files.isWritable(folder);
        if (!writable) {
            throw new IllegalArgumentException("cannot write the results to " + file);
        }
    }

    private static List<Suite> suites(List<String> names) {
        List<Suite> suites = new ArrayList<>();
        for (String name : names) {
            List<Suite> meant =
                    List.of(Suite.values()).stream()
                            .filter(it -> name.equals("all") || it.id().equals(name))
                            .toList();
            if (meant.isEmpty()) {
                throw new IllegalArgumentException(
                        "there is no benchmark suite '"
                                + name
                                + "'; there are null, os, cpu, start, programs, and all");
            }
            suites.addAll(meant);
        }
        return suites.isEmpty() ? List.of(Suite.CPU) : suites.stream().distinct().sorted().toList();
    }
}
