package callgate.cli;

import callgate.Access;
import callgate.Command;
import callgate.Result;
import callgate.Running;
import callgate.Sandbox;
import callgate.image.report.TerminalProgress;
import callgate.machine.hart.Tier;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code callgate run}. */
@picocli.CommandLine.Command(
        name = "run",
        description =
                "Runs a program of an image. Its exit status, streams and signals pass through.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class RunCommand implements Callable<Integer> {
    /** What timeout(1) returns. */
    private static final int TIMED_OUT = 124;

    @Option(
            names = "--image",
            paramLabel = "DIR|TAR|NAME",
            defaultValue = "debian",
            description =
                    "the root file system: a directory, a tar file, or an image's name (default: ${DEFAULT-VALUE}; made on first use)")
    private String image;

    @Option(
            names = "--mount",
            paramLabel = "HOST:GUEST[:ro]",
            description =
                    "share a directory of the host; without :ro, programs may fill its disk: nothing limits them there")
    private List<String> mounts = List.of();

    @Option(
            names = {"-e", "--env"},
            paramLabel = "K=V",
            description = "set an environment variable; K alone passes the host's")
    private List<String> environment = List.of();

    @Option(
            names = {"-w", "--workdir"},
            paramLabel = "DIR",
            description = "working directory (default: the user's home)")
    private String workdir;

    @Option(
            names = {"-u", "--user"},
            paramLabel = "USER[:GROUP]",
            description = "run as this user of the image (default: root)")
    private String user;

    @Option(
            names = {"-m", "--memory"},
            paramLabel = "SIZE",
            description = "guest RAM, a hard limit (default: 2g)")
    private String memory;

    @Option(
            names = "--cpus",
            paramLabel = "N",
            description = "tasks that may run at a time (default: the host's processors)")
    private Integer cpus;

    @Option(
            names = "--pids",
            paramLabel = "N",
            description = "tasks there may be at a time (default: 4096)")
    private Integer pids;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description =
                    "kill the program after this time, such as 10s, 500ms, 2m; exit status 124")
    private String timeout;

    @Option(
            names = {"-i", "--interactive"},
            description = "with -t: pass standard input to the terminal")
    private boolean interactive;

    @Option(
            names = {"-t", "--tty"},
            description = "give the program a terminal")
    private boolean tty;

    @Option(
            names = "--hostname",
            paramLabel = "NAME",
            description = "the guest's own name (default: callgate)")
    private String hostname;

    @Option(names = "--strace", description = "print each system call on standard error")
    private boolean strace;

    @Option(
            names = "--strace-to",
            paramLabel = "FILE",
            description = "print each system call to a file")
    private Path straceTo;

    @Option(
            names = "--tier",
            paramLabel = "TIER",
            defaultValue = "MIXED",
            hidden = true,
            description = "INTERPRET, TRANSLATE or MIXED")
    private Tier tier;

    @Parameters(
            arity = "1..*",
            paramLabel = "CMD [ARG...]",
            description = "the program and its arguments")
    private List<String> command;

    @Override
    public Integer call() throws Exception {
        try (TraceOutput trace = TraceOutput.open(strace, straceTo);
                Sandbox sandbox = sandbox(trace).build()) {
            return tty ? runOnTerminal(sandbox) : runOnStreams(sandbox);
        }
    }

    private Sandbox.Builder sandbox(TraceOutput trace) {
        Sandbox.Builder builder =
                Sandbox.builder()
                        .image(image)
                        .tier(tier)
                        .log(line -> System.err.println("callgate: " + line))
                        .progress(TerminalProgress.ofStandardError());
        mounts.forEach(mount -> addMount(builder, mount));
        variables().forEach(builder::env);
        if (workdir != null) {
            builder.workdir(workdir);
        }
        if (user != null) {
            builder.user(user);
        }
        if (memory != null) {
            builder.memory(memory);
        }
        if (cpus != null) {
            builder.cpus(cpus);
        }
        if (pids != null) {
            builder.pids(pids);
        }
        if (timeout != null) {
            builder.timeout(parseTime(timeout));
        }
        if (hostname != null) {
            builder.hostname(hostname);
        }
        if (trace != null) {
            builder.trace(trace::line);
        }
        return builder;
    }

    private static void addMount(Sandbox.Builder builder, String mount) {
        boolean readOnly = mount.endsWith(":ro");
        String pair =
                readOnly || mount.endsWith(":rw") ? mount.substring(0, mount.length() - 3) : mount;
        int colon = pair.lastIndexOf(':');
        if (colon <= 0 || !pair.startsWith("/", colon + 1)) {
            throw new IllegalArgumentException(
                    "--mount "
                            + mount
                            + ": write HOST:GUEST or HOST:GUEST:ro, GUEST being an absolute path");
        }
        Path host = Path.of(pair.substring(0, colon)).toAbsolutePath();
        if (!Files.isDirectory(host)) {
            throw new IllegalArgumentException(
                    "--mount " + mount + ": " + host + " is not a directory of the host");
        }
        builder.mount(
                host, pair.substring(colon + 1), readOnly ? Access.READ_ONLY : Access.READ_WRITE);
    }

    private Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>();
        if (tty) {
            variables.put("TERM", System.getenv().getOrDefault("TERM", "xterm"));
        }
        for (String setting : environment) {
            int equals = setting.indexOf('=');
            if (equals > 0) {
                variables.put(setting.substring(0, equals), setting.substring(equals + 1));
            } else if (equals < 0 && System.getenv(setting) != null) {
                variables.put(setting, System.getenv(setting));
            } else if (equals == 0) {
                throw new IllegalArgumentException("--env " + setting + ": write NAME=VALUE");
            }
        }
        return variables;
    }

    static Duration parseTime(String text) {
        java.util.regex.Matcher matcher =
                java.util.regex.Pattern.compile("(\\d+(?:\\.\\d{1,9})?)(ms|s|m|h)?").matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "--timeout " + text + ": write a time such as 10s, 500ms, 2m or 1h");
        }
        java.math.BigDecimal unit =
                switch (matcher.group(2) == null ? "s" : matcher.group(2)) {
                    case "ms" -> java.math.BigDecimal.valueOf(1_000_000L);
                    case "m" -> java.math.BigDecimal.valueOf(60_000_000_000L);
                    case "h" -> java.math.BigDecimal.valueOf(3_600_000_000_000L);
                    default -> java.math.BigDecimal.valueOf(1_000_000_000L);
                };
        try {
            return Duration.ofNanos(
                    new java.math.BigDecimal(matcher.group(1)).multiply(unit).longValue());
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("--timeout " + text + ": is too long", e);
        }
    }

    private int runOnStreams(Sandbox sandbox) throws InterruptedException {
        Running running =
                sandbox.command(command)
                        .stdin(new FileInputStream(FileDescriptor.in))
                        .stdout(new FileOutputStream(FileDescriptor.out))
                        .stderr(new FileOutputStream(FileDescriptor.err))
                        .start();
        HostSignals.forwardTo(running);
        return report(running.waitFor());
    }

    private int runOnTerminal(Sandbox sandbox) throws Exception {
        try (HostTerminal terminal = HostTerminal.open()) {
            Command program =
                    sandbox.command(command)
                            .terminal(
                                    interactive
                                            ? terminal.input()
                                            : java.io.InputStream.nullInputStream(),
                                    terminal.output(),
                                    terminal.columns(),
                                    terminal.rows());
            Running running = program.start();
            terminal.onResize(running::resize);
            HostSignals.forwardTo(running);
            return report(running.waitFor());
        }
    }

    private int report(Result result) {
        if (result.timedOut()) {
            System.err.println("callgate: killed after " + timeout);
            return TIMED_OUT;
        }
        return result.exitCode();
    }
}
