package callgate.image.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AptSourcesTest {
    @TempDir private Path etcApt;

    @BeforeEach
    void makeFolder() throws IOException {
        Files.createDirectories(etcApt.resolve("sources.list.d"));
    }

    @Test
    void theOneLineFormIsRead() throws IOException {
        write(
                "sources.list",
                """
                # deb http://commented.example/debian trixie main
                deb-src http://source.example/debian trixie main
                deb http://security.example/debian-security trixie-security main
                deb [arch=amd64] https://other.example/linux/debian/x trixie main
                deb http://contrib.example/debian trixie contrib
                deb [arch=amd64 signed-by=/nowhere] https://mirror.example/debian/ bookworm main contrib # comment
                """);
        assertThat(mirror()).isEqualTo("https://mirror.example/debian/");
    }

    @Test
    void theFormInParagraphsIsRead() throws IOException {
        Path keys = Files.writeString(etcApt.resolve("keys.pgp"), "");
        write(
                "sources.list.d/a.sources",
                """
                Types: deb
                URIs: http://disabled.example/debian
                Suites: trixie
                Components: main
                Enabled: no

                # the one to take
                Types: deb deb-src
                URIs: http://backports.example/x http://mirror.example/debian
                Suites: trixie trixie-updates
                Components: main
                Signed-By: %s
                """
                        .formatted(keys));
        AptSources.Mirror mirror = new AptSources(etcApt).debianMirror().orElseThrow();
        assertThat(mirror.mirror()).hasToString("http://mirror.example/debian/");
        assertThat(mirror.keyring()).contains(keys);
    }

    @Test
    void otherFilesAndBrokenOnesArePassedOver() throws IOException {
        write("sources.list.d/a.sources", " begins badly\n");
        write("sources.list.d/b.save", "deb http://wrong.example/debian trixie main\n");
        write(
                "sources.list.d/c.list",
                "deb\ndeb [\ndeb [a=b] x\ndeb http://[/debian trixie main\n");
        assertThat(new AptSources(etcApt).debianMirror()).isEmpty();
        assertThat(new AptSources(etcApt.resolve("missing")).debianMirror()).isEmpty();
    }

    @Test
    void addressesAreChecked() throws IOException {
        assertThat(AptSources.address("http://h/debian")).hasToString("http://h/debian/");
        assertThat(AptSources.address("file:///srv/debian")).hasToString("file:///srv/debian/");
        for (String bad :
                new String[] {"ftp://h/debian", "h/debian", "http:///x", "ht tp://", ""}) {
            assertThatThrownBy(() -> AptSources.address(bad))
                    .hasMessageContaining("no address of a mirror");
        }
    }

    private String mirror() throws IOException {
        return new AptSources(etcApt).debianMirror().orElseThrow().mirror().toString();
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(etcApt.resolve(name), text);
    }
}
