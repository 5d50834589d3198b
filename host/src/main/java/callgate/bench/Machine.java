package callgate.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the measurements were made on.
 *
 * @param cpu the processor's name
 * @param cores how many processors the JVM may use
 * @param kernel the host's system and its version
 * @param jdk the version of the JDK
 */
record Machine(String cpu, int cores, String kernel, String jdk) {
    static Machine ofHost() {
        return new Machine(
                processor(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                Runtime.version().toString());
    }

    String description() {
        return cpu + ", " + cores + " processors, " + kernel + ", JDK " + jdk;
    }

    private static String processor() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
                if (line.startsWith("model name")) {
                    return line.substring(line.indexOf(':') + 1).strip();
                }
            }
        } catch (IOException e) {
            // another kind of host: the architecture must do
        }
        return System.getProperty("os.arch");
    }

    /**
     * The commit of a checkout, with {@code +} if files differ from it; {@code unknown} without
     * git.
     */
    static String commit(Path home) throws InterruptedException {
        String commit = git(home, "rev-parse", "--short", "HEAD");
        if (commit.isEmpty()) {
            return "unknown";
        }
        return git(home, "status", "--porcelain", "--untracked-files=no").isEmpty()
                ? commit
                : commit + "+";
    }

    private static String git(Path home, String... arguments) throws InterruptedException {
        try {
            List<String> command = new ArrayList<>();
            command.addAll(List.of("git", "-C", home.toString()));
            command.addAll(List.of(arguments));
            Process process =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            String text =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? text.strip() : "";
        } catch (IOException e) {
            return "";
        }
    }
}
