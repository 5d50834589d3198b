package callgate.cli;

import callgate.bench.IdleSandboxes;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code callgate idle}: for {@code callgate bench}, which starts it in a JVM of its own. */
@Command(
        name = "idle",
        hidden = true,
        description = "Measures the memory of sandboxes in which a shell waits.",
        mixinStandardHelpOptions = true)
final class IdleCommand implements Callable<Integer> {
    @Option(
            names = "--count",
            paramLabel = "N",
            description = "sandboxes; default ${DEFAULT-VALUE}",
            defaultValue = "50")
    private int count;

    @Option(
            names = "--image",
            paramLabel = "IMAGE",
            description = "default ${DEFAULT-VALUE}",
            defaultValue = "debian")
    private String image;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        IdleSandboxes.measure(image, count, spec.commandLine().getOut());
        return 0;
    }
}
