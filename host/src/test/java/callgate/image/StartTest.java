package callgate.image;

import static org.assertj.core.api.Assertions.assertThat;

import callgate.image.debian.FakeArchive;
import callgate.image.report.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartTest {
    @TempDir private Path folder;

    @Test
    void findingAnImageLoadsNothingThatOnlyMakingOneNeeds()
            throws IOException, InterruptedException {
        Path tar =
                Files.write(
                        folder.resolve("x.tar"),
                        FakeArchive.tar(List.of(FakeArchive.file("a", "b"))));
        new ImageStore(folder.resolve("cache")).importTar(tar, "small", Progress.SILENT);
        Path log = folder.resolve("classes.log");
        Path out = folder.resolve("out.txt");
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xlog:class+load:file=" + log,
                        "-cp",
                        System.getProperty("java.class.path"),
                        "callgate.cli.Main",
                        "image",
                        "list");
        builder.environment().put("CALLGATE_CACHE", folder.resolve("cache").toString());
        Process process = builder.redirectErrorStream(true).redirectOutput(out.toFile()).start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(out)).contains("small");
        assertThat(Files.readString(log))
                .contains("callgate.image.ImageStore")
                .doesNotContain(" org.bouncycastle.", " org.tukaani.", " jdk.internal.net.http.");
    }
}
