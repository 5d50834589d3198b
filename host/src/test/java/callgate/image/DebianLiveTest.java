package callgate.image;

import static org.assertj.core.api.Assertions.assertThat;

import callgate.image.report.Progress;
import callgate.kernel.fs.tar.LayerIndex;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Makes an image from the real archive; needs the network, a mirror and the archive's keys. */
@EnabledIfEnvironmentVariable(named = "CALLGATE_LIVE_TESTS", matches = "true")
class DebianLiveTest {
    @TempDir private Path folder;

    @Test
    void theRealArchiveGivesASystemForRiscv64() throws IOException {
        Image image =
                DebianImage.builder(System.getenv())
                        .packages(List.of("sqlite3"))
                        .build()
                        .make(
                                new ImageStore(folder),
                                "live",
                                ImageStore.Existing.KEEP,
                                Progress.SILENT);
        Layer layer = image.layers().getFirst();
        LayerIndex index = layer.open();
        for (String program : List.of("usr/bin/bash", "usr/bin/python3.13", "usr/bin/sqlite3")) {
            assertThat(machine(layer, index, program)).as(program).isEqualTo(243); // EM_RISCV
        }
        assertThat(DebianImageTest.text(image, "etc/passwd")).startsWith("root:x:0:0:");
    }

    private static int machine(Layer layer, LayerIndex index, String path) throws IOException {
        try (RandomAccessFile tar = new RandomAccessFile(layer.tar().toFile(), "r")) {
            tar.seek(index.dataOffset(DebianImageTest.find(index, path)) + 18); // e_machine
            return tar.read();
        }
    }
}
