package callgate.bench.soak;

import callgate.bench.BenchImage;
import callgate.image.report.TerminalProgress;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code callgate bench soak}. */
@Command(
        name = "callgate bench soak",
        mixinStandardHelpOptions = true,
        description = {
            "Runs programs of many kinds in many sandboxes of one JVM, and watches metaspace, code cache, threads, files and memory.",
            "Fails if one of them grows after the first third of the time."
        })
public final class Main implements Callable<Integer> {
    @Option(
            names = "--minutes",
            paramLabel = "N",
            description = "how long; default ${DEFAULT-VALUE}",
            defaultValue = "30")
    private int minutes;

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "programs run side by side; default ${DEFAULT-VALUE}",
            defaultValue = "2")
    private int workers;

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            description = "time between samples; default ${DEFAULT-VALUE}",
            defaultValue = "30")
    private int interval;

    @Option(names = "--seed", paramLabel = "S", description = "of the choice of programs")
    private long seed;

    @Option(
            names = "--only",
            paramLabel = "JOB",
            split = ",",
            description = "only these programs: ${COMPLETION-CANDIDATES}",
            completionCandidates = JobNames.class)
    private String[] only = {};

    @Option(
            names = "--image",
            paramLabel = "IMAGE",
            description = "instead of the image of the benchmarks, which is made when it is needed")
    private String image;

    /** For the help text. */
    static final class JobNames extends java.util.ArrayList<String> {
        private static final long serialVersionUID = 1;

        JobNames() {
            super(Jobs.all().stream().map(Job::name).toList());
        }
    }

    /** Ends with status 0 if nothing grew, 1 if something did or a program went wrong. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        String name =
                image != null
                        ? image
                        : BenchImage.name(System.getenv(), TerminalProgress.ofStandardError());
        Soak soak =
                new Soak(
                        new Soak.Settings(
                                Duration.ofMinutes(minutes),
                                Duration.ofSeconds(interval),
                                workers,
                                seed,
                                name,
                                Jobs.named(only)),
                        System.out);
        return soak.run() ? 0 : 1;
    }
}
