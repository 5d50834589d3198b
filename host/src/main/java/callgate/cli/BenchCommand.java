package callgate.cli;

import callgate.bench.Bench;
import callgate.bench.Effort;
import callgate.image.report.TerminalProgress;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code callgate bench}. */
@Command(
        name = "bench",
        description = {
            "Times the same work natively, under qemu-riscv64, under runsc (gVisor) and in Callgate.",
            "",
            "Each case is first run once by all, and what comes out compared; then it is timed round by round, all in turn. Peers that this host lacks "
                    + "are left out. Native programs are built with the host's gcc.",
            "",
            "  null      entering and leaving the kernel",
            "  os        operations of the kernel",
            "  cpu       computing without system calls",
            "  start     until a program runs; code that runs once; memory of an idle sandbox",
            "  programs  Python, SQLite, gzip, sort, xz, mawk, Perl, gcc, sha256sum",
            ""
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "The exit status is 1 if Callgate could not do a case, or computed something else than the others.",
            "docs/BENCHMARKS.md explains the cases.",
            "",
            "In a checkout, for developers: ./callgate bench jmh (inner mechanisms), ./callgate bench soak (half an hour of everything; nothing may grow)."
        })
final class BenchCommand implements Callable<Integer> {
    private static final int FAILED = 1;

    @Parameters(
            paramLabel = "SUITE",
            description = "null, os, cpu, start, programs or all (default: cpu)")
    private List<String> suites = List.of();

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "3",
            description = "timed rounds of every case (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--json", paramLabel = "FILE", description = "write the results as JSON, too")
    private Path json;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "write a page with charts, too; it needs no network")
    private Path html;

    @Option(
            names = "--markdown",
            paramLabel = "FILE",
            description = "write the tables as Markdown, too")
    private Path markdown;

    @Option(
            names = "--image",
            paramLabel = "IMAGE",
            description =
                    "for the suites start and programs (default: Debian with the programs, made when it is first used)")
    private String image;

    @Option(
            names = "--quick",
            description =
                    "very little work, to see whether everything runs; the figures mean little")
    private boolean quick;

    @Option(names = "--list", description = "explain the cases, in Markdown, and run nothing")
    private boolean list;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        if (list) {
            out.print(Bench.explanation());
            out.flush();
            return 0;
        }
        String home = System.getProperty("callgate.home");
        if (home == null || !Files.isDirectory(Path.of(home, "guest"))) {
            throw new IllegalArgumentException(
                    "bench builds programs of a checkout, and this Callgate does not run from one; use ./callgate bench there");
        }
        if (rounds < 1) {
            throw new IllegalArgumentException("--runs must be at least 1, not " + rounds);
        }
        Bench.Settings settings =
                new Bench.Settings(
                        Path.of(home),
                        suites,
                        rounds,
                        quick ? Effort.QUICK : Effort.FULL,
                        image,
                        new Bench.Reports(json, html, markdown));
        Bench bench = new Bench(settings, BenchCommand::show);
        return bench.run(out, TerminalProgress.ofStandardError()) ? 0 : FAILED;
    }

    /** Progress on one line; lines that end stay. */
    private static void show(String text) {
        if (System.console() != null && System.console().isTerminal()) {
            System.err.print("\r\u001b[K" + text);
        } else if (text.endsWith("\n")) {
            System.err.print(text);
        }
    }
}
