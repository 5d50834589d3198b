package callgate.kernel.mm.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The committed vDSO is what guest/vdso/build.sh makes, given the same tools as recorded in
 * guest/toolchain.
 */
class VdsoBuildTest {
    @Test
    void theCommittedVdsoIsTheBuiltOne(@TempDir Path folder) throws Exception {
        Path guest = Path.of("..", "guest").toAbsolutePath().normalize();
        String version = firstLine("riscv64-linux-gnu-gcc", "--version");
        if (version == null || !Files.readString(guest.resolve("toolchain")).contains(version)) {
            if ("true".equals(System.getenv("CI"))) {
                fail("needs the cross compiler of guest/toolchain, found " + version);
            }
            Assumptions.abort("needs the cross compiler of guest/toolchain, found " + version);
        }
        Path built = folder.resolve("vdso.so");
        Process build =
                new ProcessBuilder(guest.resolve("vdso/build.sh").toString(), built.toString())
                        .inheritIO()
                        .start();
        assertThat(build.waitFor()).isZero();
        try (InputStream committed = Vdso.class.getResourceAsStream("vdso.so")) {
            assertThat(Files.readAllBytes(built)).isEqualTo(committed.readAllBytes());
        }
    }

    private static String firstLine(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command).start();
            String text = new String(process.getInputStream().readAllBytes());
            process.waitFor();
            return text.lines().findFirst().orElse(null);
        } catch (IOException e) {
            return null;
        }
    }
}
