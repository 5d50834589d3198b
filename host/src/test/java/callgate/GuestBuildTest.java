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

        Process build =
                new ProcessBuilder(GUEST.resolve("build.sh").toString(), out.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(out.resolve("log").toFile())
                        .start();
        int status = build.waitFor();

        assertThat(status).as(() -> read(out.resolve("log"))).isZero();
        assertThat(Files.readAllBytes(out.resolve("builtin.tar")))
                .isEqualTo(resource("builtin.tar"));
        assertThat(Files.readAllBytes(out.resolve("guest-tests.tar")))
                .isEqualTo(resource("guest-tests.tar"));
    }

    /**
     * Other versions of compiler, linker or C library give other bytes, so there is nothing to
     * compare then.
     */
    private static void assertToolchainAtHand() throws Exception {
        Process process =
                new ProcessBuilder(GUEST.resolve("build.sh").toString(), "--toolchain").start();
        List<String> present = process.inputReader().lines().toList();
        boolean compilerFound = process.waitFor() == 0;
        if ("true".equals(System.getenv("CI"))) {
            assertThat(compilerFound).as("riscv64 cross compiler").isTrue();
        }
        assumeTrue(compilerFound, "needs the riscv64 cross compiler of guest/build.sh");
        List<String> recorded = Files.readAllLines(GUEST.resolve("toolchain"));
        assumeTrue(
                recorded.equals(present), () -> "built with " + recorded + ", here is " + present);
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
