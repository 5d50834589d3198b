package callgate.image.debian;

import static callgate.image.debian.FakeArchive.directory;
import static callgate.image.debian.FakeArchive.file;
import static callgate.image.debian.FakeArchive.link;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DebFileTest {
    private static final byte[] FORMAT = "2.0\n".getBytes(StandardCharsets.UTF_8);

    @TempDir private Path folder;

    @Test
    void partsAreFoundWhateverTheirCompression() throws IOException {
        byte[] control = FakeArchive.tar(List.of(file("./control", "Package: a\n")));
        byte[] data = FakeArchive.tar(List.of(file("./x", "y")));
        Map<String, byte[]> members = new LinkedHashMap<>();
        members.put("debian-binary", FORMAT);
        members.put("_extra", new byte[3]);
        members.put("control.tar", control);
        members.put("data.tar.xz", FakeArchive.xz(data));
        RootWriter.Installed installed = unpack(FakeArchive.ar(members));
        assertThat(installed.control()).containsOnlyKeys("control");
        assertThat(installed.paths()).containsExactly("/x");
    }

    @Test
    void whatIsNoPackageIsRefused() {
        assertRefused(new byte[0], "cut off");
        assertRefused(
                "<html>nothing here</html>".getBytes(StandardCharsets.UTF_8),
                "not a Debian package");
        assertRefused(
                FakeArchive.ar(Map.of("debian-binary", "3.0\n".getBytes(StandardCharsets.UTF_8))),
                "format 2");
        assertRefused(FakeArchive.ar(Map.of("other", FORMAT)), "format 2");
        assertRefused(FakeArchive.ar(Map.of("debian-binary", FORMAT)), "cut off");
        Map<String, byte[]> members = new LinkedHashMap<>();
        members.put("debian-binary", FORMAT);
        members.put("data.tar", new byte[1024]);
        assertRefused(FakeArchive.ar(members), "where control.tar should be");
    }

    @Test
    void mutatedPackagesAreUnpackedOrRefusedButNeverMore() throws IOException {
        Map<String, byte[]> members = new LinkedHashMap<>();
        members.put("debian-binary", FORMAT);
        members.put(
                "control.tar",
                FakeArchive.tar(List.of(file("./control", "Package: a\nVersion: 1\n"))));
        members.put(
                "data.tar",
                FakeArchive.tar(
                        List.of(
                                directory("./"),
                                directory("./a/"),
                                link("./b", "a"),
                                file("./b/c", "d"))));
        byte[] plain = FakeArchive.ar(members);
        byte[] packed =
                FakeArchive.deb("a", "1", List.of(directory("./"), file("./b", "c".repeat(3000))));
        long seed = 11;
        Random random = new Random(seed);
        int refused = 0;
        for (int round = 0; round < 4000; round++) {
            byte[] good = round % 2 == 0 ? plain : packed;
            byte[] bad =
                    random.nextInt(8) == 0
                            ? Arrays.copyOf(good, random.nextInt(good.length))
                            : good.clone();
            for (int i = random.nextInt(4); i >= 0 && bad.length > 0; i--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            try {
                unpack(bad);
            } catch (IOException e) {
                assertThat(e.getMessage()).as("seed %d, round %d: %s", seed, round, e).isNotNull();
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(1000);
    }

    private RootWriter.Installed unpack(byte[] deb) throws IOException {
        Path file = Files.write(folder.resolve("x.deb"), deb);
        Path tar = folder.resolve("x.tar");
        try (DebFile opened = DebFile.open(file);
                RootWriter root = new RootWriter(tar, Instant.EPOCH)) {
            RootWriter.Installed installed = root.add(opened);
            root.finish();
            return installed;
        } finally {
            Files.deleteIfExists(tar);
        }
    }

    private void assertRefused(byte[] deb, String message) {
        assertThatThrownBy(() -> unpack(deb))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message);
    }
}
