package callgate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs the C tests of {@code guest/tests} inside, each in a sandbox of its own; they pass on a real
 * Linux (run-host.sh).
 */
class GuestTest {
    private static final Path TAR = Path.of("src/test/resources/callgate/guest-tests.tar");
    private static final Path LIST = Path.of("../guest/tests/LIST");

    /** {@code -Dcallgate.guest=FAMILY} or {@code FAMILY/NAME} chooses some. */
    private static final String CHOSEN = System.getProperty("callgate.guest", "");

    @TestFactory
    Stream<DynamicTest> guestTestsPassInside() throws IOException {
        List<String> names =
                Files.readAllLines(LIST).stream()
                        .map(line -> line.replaceFirst("#.*", "").strip())
                        .filter(line -> !line.isEmpty() && line.startsWith(CHOSEN))
                        .map(line -> line.split("\\s+")[0])
                        .toList();
        assertThat(names).isNotEmpty();
        return names.stream().map(name -> DynamicTest.dynamicTest(name, () -> passes(name)));
    }

    private static void passes(String name) {
        try (Sandbox sandbox =
                Sandbox.builder()
                        .image(TAR.toString())
                        .memory("512m")
                        .timeout(Duration.ofSeconds(120))
                        .log(System.err::println)
                        .build()) {
            Result result = sandbox.run("/tests/guest-tests", name);
            assertThat(result.timedOut())
                    .as("%s did not end; it said:%n%s%s", name, result.text(), result.errorText())
                    .isFalse();
            assertThat(result.exitCode())
                    .as("%s said:%n%s%s", name, result.text(), result.errorText())
                    .isZero();
            assertThat(result.text()).as("%s", name).isNotEmpty().doesNotContain("FAILED");
        }
    }
}
