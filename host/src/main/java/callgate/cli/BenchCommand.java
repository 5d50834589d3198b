package callgate.cli;

import callgate.bench.Bench;
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
        description = "Times programs in Callgate, natively and under qemu-riscv64, side by side.",
        mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
    @Parameters(paramLabel = "SUITE", description = "cpu, os, cold or all (default: cpu)")
    private List<String> suites = List.of();

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "3",
            description = "rounds of every case (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--json", paramLabel = "FILE", description = "write the results as JSON, too")
    private Path json;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        String home = System.getProperty("callgate.home");
        if (home == null || !Files.isDirectory(Path.of(home, "guest"))) {
            throw new IllegalArgumentException(
                    "bench builds programs of a checkout, and this Callgate does not run from one; use ./callgate bench there");
        }
        if (rounds < 1) {
            throw new IllegalArgumentException("--runs must be at least 1, not " + rounds);
        }
        PrintWriter out = spec.commandLine().getOut();
        new Bench(Path.of(home), rounds, BenchCommand::show).run(suites, out, json);
        return 0;
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
