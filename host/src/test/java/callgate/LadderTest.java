package callgate;

import static org.assertj.core.api.Assertions.assertThat;

import callgate.image.DebianImage;
import callgate.image.ImageStore;
import callgate.image.report.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs the ladder of real programs ({@code guest/ladder}) inside: each prints exactly what it
 * printed on a real Linux.
 */
class LadderTest {
    private static final Path FOLDER = Path.of("../guest/ladder");
    private static final Path GUEST_TESTS = Path.of("src/test/resources/callgate/guest-tests.tar");
    private static final Duration LIMIT = Duration.ofMinutes(10);

    /** {@code -Dcallgate.ladder=NN} chooses rungs by the beginning of their names. */
    private static final String CHOSEN = System.getProperty("callgate.ladder", "");

    /** A line of the file LADDER. */
    private record Rung(String name, String image, String shell, List<String> packages) {
        static Rung parse(String line) {
            String[] words = line.strip().split("\\s+");
            return new Rung(
                    words[0], words[1], words[2], Arrays.asList(words).subList(3, words.length));
        }

        List<String> command() throws IOException {
            String text = Files.readString(FOLDER.resolve(name + ".sh"));
            return shell.equals("direct")
                    ? List.of(text.strip().split("\\s+"))
                    : List.of(shell, "-c", text);
        }

        String expected() throws IOException {
            return Files.readString(FOLDER.resolve(name + ".expected"));
        }
    }

    @TestFactory
    Stream<DynamicTest> rungsPrintWhatTheyPrintOnLinux() throws IOException {
        List<Rung> rungs =
                Files.readAllLines(FOLDER.resolve("LADDER")).stream()
                        .filter(line -> !line.startsWith("#") && !line.isBlank())
                        .map(Rung::parse)
                        .toList();
        return rungs.stream()
                .filter(rung -> rung.name.startsWith(CHOSEN))
                .map(rung -> DynamicTest.dynamicTest(rung.name, () -> climb(rung, rungs)));
    }

    private static void climb(Rung rung, List<Rung> all) throws IOException {
        String image =
                switch (rung.image) {
                    case "builtin" -> "builtin";
                    case "tests" -> GUEST_TESTS.toString();
                    default -> debian(all);
                };
        try (Sandbox sandbox =
                Sandbox.builder().image(image).memory("4g").log(System.err::println).build()) {
            long start = System.nanoTime();
            Result result = sandbox.command(rung.command()).timeout(LIMIT).run();
            System.out.printf("%s: %.1f s%n", rung.name, (System.nanoTime() - start) / 1e9);
            assertThat(result.timedOut())
                    .as(
                            "%s did not end; it printed:%n%s%n%s",
                            rung.name, result.text(), result.errorText())
                    .isFalse();
            assertThat(result.text()).as(result.errorText()).isEqualTo(rung.expected());
            assertThat(result.exitCode()).isZero();
        }
    }

    /**
     * The image with the packages of all rungs, made once and kept; without a network the test is
     * skipped, but not in CI.
     */
    private static String debian(List<Rung> rungs) throws IOException {
        ImageStore store = ImageStore.ofUser(System.getenv());
        SortedSet<String> packages = new TreeSet<>();
        rungs.forEach(rung -> packages.addAll(rung.packages));
        // another list of packages is another image
        String name = "callgate-ladder-%08x".formatted(String.join(" ", packages).hashCode());
        Map<String, String> environment = System.getenv();
        try {
            DebianImage.builder(environment)
                    .packages(List.copyOf(packages))
                    .build()
                    .make(store, name, ImageStore.Existing.KEEP, Progress.SILENT);
        } catch (IOException e) {
            Assumptions.assumeTrue(
                    environment.containsKey("CI"),
                    "no Debian image can be made here: " + e.getMessage());
            throw e;
        }
        return name;
    }
}
