package callgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The committed guest binaries are what their sources give. */
final class GuestBuildTest {
    private static final Path GUEST = Path.of("..", "guest");

    @Test
    void theCommittedArchivesAreRebuiltByteForByte(@TempDir Path out) throws Exception {
        assertToolchainAtHand();

        Process build = new ProcessBuilder(GUEST.resolve("build.sh").toString(), out.toString())
                .redirectErrorStream(true)
                .redirectOutput(out.resolve("log").toFile())
                .start();
        int status = build.waitFor();

        assertThat(status).as(() -> read(out.resolve("log"))).isZero();
        assertThat(Files.readAllBytes(out.resolve("builtin.tar"))).isEqualTo(resource("builtin.tar"));
        assertThat(Files.readAllBytes(out.resolve("guest-tests.tar"))).isEqualTo(resource("guest-tests.tar"));
    }

    /** Other versions of compiler, linker or C library give other bytes, so there is nothing to compare then. */
    private static void assertToolchainAtHand() throws Exception {
        List<String> recorded = Files.readAllLines(GUEST.resolve("toolchain"));
        List<String> present = output(GUEST.resolve("build.sh").toString(), "--toolchain");
        boolean same = recorded.equals(present);
        if ("true".equals(System.getenv("CI"))) {
            assertThat(present).isEqualTo(recorded);
        }
        assumeTrue(same, () -> "the guest programs were built with " + recorded + ", here is " + present);
    }

    private static List<String> output(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (InputStream in = process.getInputStream()) {
            return new String(in.readAllBytes()).lines().toList();
        }
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = GuestBuildTest.class.getResourceAsStream(name)) {
            assertThat(in).as(name).isNotNull();
            return in.readAllBytes();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
