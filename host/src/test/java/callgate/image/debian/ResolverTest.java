package callgate.image.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResolverTest {
    @TempDir private Path folder;

    @Test
    void preDependsAndDependsAreFollowedRecommendsAreNot() throws IOException {
        assertThat(
                        resolve(
                                """
                Package: a
                Pre-Depends: b
                Depends: c (>= 1)
                Recommends: z

                Package: b
                Depends: c, a

                Package: c

                Package: z
                """,
                                "a"))
                .containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void anAlternativeThatIsThereAlreadyWins() throws IOException {
        String index =
                """
                Package: a
                Depends: x | y, b

                Package: b
                Depends: y

                Package: x

                Package: y
                """;
        assertThat(resolve(index, "a")).containsExactlyInAnyOrder("a", "b", "y");
        assertThat(resolve(index, "a", "x")).contains("x", "y");
    }

    @Test
    void theFirstAlternativeThatCanBeHadIsTaken() throws IOException {
        assertThat(
                        resolve(
                                """
                Package: a
                Depends: missing | old (>= 2) | new (>= 2)

                Package: old
                Version: 1

                Package: new
                Version: 1:0.1
                """,
                                "a"))
                .containsExactlyInAnyOrder("a", "new");
    }

    @Test
    void virtualPackagesAreProvided() throws IOException {
        assertThat(
                        resolve(
                                """
                Package: a
                Depends: awk, lib (>= 2), debconf (>= 0.5) | debconf-2.0

                Package: gawk
                Priority: optional
                Provides: awk

                Package: mawk
                Priority: required
                Provides: awk

                Package: libt64
                Provides: lib (= 2.5), other

                Package: cdebconf
                Provides: debconf-2.0
                """,
                                "a"))
                .containsExactlyInAnyOrder("a", "mawk", "libt64", "cdebconf");
    }

    @Test
    void aProviderWithoutAVersionIsNotEnoughForAVersionedDependency() {
        assertThatThrownBy(
                        () ->
                                resolve(
                                        """
                Package: a
                Depends: lib (>= 2)

                Package: libt64
                Provides: lib
                """,
                                        "a"))
                .hasMessageContaining("needs lib (>= 2)");
    }

    @Test
    void qualifiersAndArchitecturesAreUnderstood() throws IOException {
        assertThat(
                        resolve(
                                """
                Package: a
                Depends: python3:any (>= 3~), x [amd64], y [!amd64 !arm64], z:native [linux-any]

                Package: python3
                Version: 3.13.5-1

                Package: y

                Package: z
                """,
                                "a"))
                .containsExactlyInAnyOrder("a", "python3", "y", "z");
    }

    @Test
    void whatConflictsIsAvoidedOrReported() throws IOException {
        String index =
                """
                Package: a
                Depends: x | y

                Package: b
                Breaks: x (<< 2)

                Package: x
                Version: 1

                Package: y

                Package: mail
                Provides: mta
                Conflicts: mta

                Package: post
                Provides: mta
                Conflicts: mta
                """;
        assertThat(resolve(index, "a", "b")).containsExactlyInAnyOrder("a", "b", "y");
        assertThat(resolve(index, "mail")).containsExactly("mail");
        assertThatThrownBy(() -> resolve(index, "mail", "post"))
                .hasMessageContaining("cannot be installed together");
        assertThatThrownBy(() -> resolve(index, "b", "x"))
                .hasMessageContaining("cannot be installed together");
    }

    @Test
    void theNewestVersionIsTaken() throws IOException {
        try (PackageIndex index =
                index("Package: a\nVersion: 1.9\n\nPackage: a\nVersion: 1.10\n")) {
            assertThat(Resolver.resolve(index, List.of("a")).getFirst().version())
                    .isEqualTo("1.10");
        }
    }

    @Test
    void whatIsNotThereIsNamed() {
        assertThatThrownBy(() -> resolve("Package: a\nDepends: b | c (= 3)\n", "a"))
                .hasMessageContaining("the package a 1 needs b | c (= 3)");
        assertThatThrownBy(() -> resolve("Package: a\nProvides: v\n", "v"))
                .hasMessageContaining("provided by a");
        assertThatThrownBy(() -> resolve("Package: a\n", "aa"))
                .hasMessageContaining("no package \"aa\"");
    }

    @Test
    void circlesEnd() throws IOException {
        assertThat(resolve("Package: a\nDepends: b\n\nPackage: b\nDepends: a\n", "b"))
                .containsExactly("b", "a");
    }

    @Test
    void damagedIndexesAreRefused() {
        assertThatThrownBy(() -> resolve("Package: a\nDepends: b (>> \n", "a"))
                .isInstanceOf(ControlException.class);
        assertThatThrownBy(() -> resolve("Package: a\nFilename: ../x\n", "a"))
                .hasMessageContaining("leaves the archive");
        assertThatThrownBy(() -> resolve("Package: a\nSHA256: 00\n", "a"))
                .hasMessageContaining("not valid");
        assertThatThrownBy(() -> resolve("Package: a\nnonsense\n", "a"))
                .hasMessageContaining("which is no field");
    }

    private List<String> resolve(String text, String... names) throws IOException {
        try (PackageIndex index = index(text)) {
            return Resolver.resolve(index, List.of(names)).stream()
                    .map(DebianPackage::name)
                    .toList();
        }
    }

    /** Fills in the fields that every paragraph needs. */
    private PackageIndex index(String text) throws IOException {
        StringBuilder full = new StringBuilder();
        for (String paragraph : text.split("\n\n")) {
            full.append(paragraph.strip()).append('\n');
            full.append(paragraph.contains("Version:") ? "" : "Version: 1\n");
            full.append(paragraph.contains("Filename:") ? "" : "Filename: pool/x.deb\n");
            full.append(paragraph.contains("SHA256:") ? "" : "SHA256: " + "0".repeat(64) + "\n")
                    .append("Size: 1\n\n");
        }
        Path file = folder.resolve("Packages");
        Files.writeString(file, full);
        return PackageIndex.open(file, folder.resolve("work"));
    }
}
