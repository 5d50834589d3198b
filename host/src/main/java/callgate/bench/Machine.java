package callgate.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the measurements were made on. */
final class Machine {
    private Machine() {}

    static String describe() {
        return processor()
                + ", "
                + Runtime.getRuntime().availableProcessors()
                + " processors, "
                + System.getProperty("os.name")
                + " "
                + System.getProperty("os.version")
                + ", JDK "
                + Runtime.version();
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

    /** The commit of a checkout, or {@code unknown}. */
    static String commit(Path home) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder("git", "-C", home.toString(), "rev-parse", "--short", "HEAD")
                            .start();
            String text =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                            .strip();
            return process.waitFor() == 0 ? text : "unknown";
        } catch (IOException e) {
            return "unknown";
        }
    }
}
