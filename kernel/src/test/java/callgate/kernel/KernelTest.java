package callgate.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import callgate.machine.hart.Tier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelTest {
    private static Kernel boot(List<KernelOptions.HostMount> mounts)
            throws IOException, StartException {
        return Kernel.boot(
                new KernelOptions(
                        16 << 20,
                        1,
                        16,
                        Tier.INTERPRET,
                        "test",
                        new KernelOptions.Root.Layers(List.of()),
                        mounts,
                        null,
                        message -> {}));
    }

    private static ProcessOptions run(String user, String directory, String... command) {
        return new ProcessOptions(
                List.of(command),
                Map.of("PATH", "/bin"),
                directory,
                user,
                new ProcessOptions.Streams.Host(null, null, null));
    }

    private static StartException failure(Kernel kernel, ProcessOptions options) {
        try {
            kernel.start(options);
            throw new AssertionError("it started");
        } catch (StartException e) {
            return e;
        }
    }

    @Test
    void programsThatAreMissingOrCannotRunAreExplained(@TempDir Path host) throws Exception {
        Files.write(host.resolve("foreign"), foreignElf());
        assertThat(host.resolve("foreign").toFile().setExecutable(true)).isTrue();
        Files.writeString(host.resolve("data"), "no program");
        Files.writeString(host.resolve("script"), "#!/bin/nothing\n");
        assertThat(host.resolve("script").toFile().setExecutable(true)).isTrue();
        try (Kernel kernel =
                boot(
                        List.of(
                                new KernelOptions.HostMount(
                                        host, "/bin", KernelOptions.MountAccess.READ_ONLY)))) {
            assertThat(failure(kernel, run(null, null, "absent")))
                    .hasMessageContaining("no program 'absent'")
                    .extracting(StartException::shellStatus)
                    .isEqualTo(127);
            assertThat(failure(kernel, run(null, null, "/bin/absent")))
                    .hasMessageContaining("/bin/absent")
                    .extracting(StartException::shellStatus)
                    .isEqualTo(127);
            assertThat(failure(kernel, run(null, null, "/bin/data")))
                    .hasMessageContaining("not an executable file")
                    .extracting(StartException::shellStatus)
                    .isEqualTo(126);
            assertThat(failure(kernel, run(null, null, "/bin/foreign")))
                    .hasMessageContaining("x86-64");
            assertThat(failure(kernel, run(null, null, "/bin/script")))
                    .hasMessageContaining("interpreter");
            assertThat(failure(kernel, run("nobody", null, "/bin/script")))
                    .hasMessageContaining("no user 'nobody'");
            assertThat(failure(kernel, run(null, "/nowhere", "/bin/script")))
                    .hasMessageContaining("/nowhere");
            assertThat(kernel.tasks()).as("nothing is left of failed starts").isZero();
            assertThat(kernel.liveThreads()).isZero();
        }
    }

    /** The beginning of an ELF file for x86-64. */
    private static byte[] foreignElf() {
        byte[] elf = new byte[64];
        byte[] start = "\177ELF\2\1\1".getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(start, 0, elf, 0, start.length);
        elf[16] = 2;
        elf[18] = 62;
        return elf;
    }

    @Test
    void aClosedKernelStartsNothing() throws Exception {
        Kernel kernel = boot(List.of());
        kernel.close();
        kernel.close();
        assertThatThrownBy(() -> kernel.start(run(null, null, "/bin/x")))
                .isInstanceOf(StartException.class);
    }
}
