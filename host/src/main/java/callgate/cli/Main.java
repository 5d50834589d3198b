package callgate.cli;

import callgate.Callgate;
import callgate.SandboxException;
import callgate.image.report.ImageException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The program {@code callgate}. */
@Command(
        name = "callgate",
        description = "Runs riscv64 Linux programs in a kernel written in Java.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {
            RunCommand.class,
            ImageCommand.class,
            DisasmCommand.class,
            BenchCommand.class,
            IdleCommand.class
        },
        footer = {
            "",
            "  callgate run -- bash -c 'echo hello from $(uname -sm)'",
            "  callgate run -it -- bash",
            "  callgate test                    runs the tests of this checkout"
        })
public final class Main {
    /** What a shell uses for an error of the tool itself, not of the program it ran. */
    static final int TOOL_ERROR = 125;

    private Main() {}

    /** Runs a command line and ends the JVM with its exit status. */
    public static void main(String[] arguments) {
        CommandLine line = new CommandLine(new Main());
        line.setExecutionExceptionHandler(Main::explain);
        line.setParameterExceptionHandler(
                (e, args) -> {
                    e.getCommandLine()
                            .getErr()
                            .println(
                                    "callgate: "
                                            + e.getMessage()
                                            + "; see "
                                            + e.getCommandLine().getCommandSpec().qualifiedName()
                                            + " --help");
                    return TOOL_ERROR;
                });
        int status = line.execute(arguments);
        System.out.flush();
        System.err.flush();
        if (Boolean.getBoolean("callgate.orderly-exit")) {
            System.exit(status); // the JVM writes its AOT cache in an orderly exit only
        }
        Runtime.getRuntime()
                .halt(status); // guest threads have nothing to clean up on the host; shutdown
        // hooks would cost time
    }

    private static int explain(Exception e, CommandLine line, CommandLine.ParseResult parsed)
            throws Exception {
        return switch (e) {
            case SandboxException known -> {
                line.getErr().println("callgate: " + known.getMessage());
                yield known.shellStatus();
            }
            case ImageException known -> {
                line.getErr().println("callgate: " + known.getMessage());
                yield TOOL_ERROR;
            }
            case IllegalArgumentException known -> {
                line.getErr().println("callgate: " + known.getMessage());
                yield TOOL_ERROR;
            }
            default -> throw e;
        };
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"callgate " + Callgate.version()};
        }
    }
}
