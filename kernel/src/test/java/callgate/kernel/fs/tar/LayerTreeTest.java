package callgate.kernel.fs.tar;

import static callgate.kernel.fs.tar.LayerIndexTest.directory;
import static callgate.kernel.fs.tar.LayerIndexTest.file;
import static callgate.kernel.fs.tar.LayerIndexTest.link;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import callgate.kernel.fs.tar.LayerEntry.Kind;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayerTreeTest {
    private final LayerTree tree = new LayerTree();

    @ParameterizedTest
    @ValueSource(strings = {"../x", "a/../../x", "a/..", "..", "/etc/passwd", "/", "a\0b"})
    void namesThatCouldLeaveTheLayerAreRefused(String path) {
        assertThatThrownBy(() -> tree.add(file(path))).isInstanceOf(LayerFormatException.class);
        assertThatThrownBy(() -> tree.add(directory(path)))
                .isInstanceOf(LayerFormatException.class);
    }

    @Test
    void namesThatAreTooLongAreRefused() {
        assertThatThrownBy(() -> tree.add(file("x".repeat(256)))).hasMessageContaining("256 bytes");
        assertThatThrownBy(() -> tree.add(file("x/".repeat(2048) + "y")))
                .hasMessageContaining("bytes");
    }

    @Test
    void entriesGoThroughLinksToDirectories() throws IOException {
        tree.add(directory("usr/bin"));
        tree.add(link(Kind.SYMLINK, "bin", "usr/bin"));
        tree.add(link(Kind.SYMLINK, "usr/local", "/bin/../../../usr"));
        tree.add(file("bin/sh"));
        tree.add(file("usr/local/bin/x"));
        assertThat(tree.canonical("bin/y")).isEqualTo("usr/bin/y");
        assertThat(tree.kindAt("usr/bin/sh")).isEqualTo(Kind.FILE);
        assertThat(tree.kindAt("usr/bin/x")).isEqualTo(Kind.FILE);
        assertThat(tree.kindAt("bin")).isEqualTo(Kind.SYMLINK);
        assertThat(tree.isDirectory("bin")).isTrue();
    }

    @Test
    void linksOutOfTheLayerEndAtItsRoot() throws IOException {
        tree.add(link(Kind.SYMLINK, "out", "../../../../etc"));
        tree.add(file("out/passwd"));
        assertThat(tree.kindAt("etc/passwd")).isEqualTo(Kind.FILE);
    }

    @Test
    void circlesOfLinksAreRefused() throws IOException {
        tree.add(link(Kind.SYMLINK, "a", "b"));
        tree.add(link(Kind.SYMLINK, "b", "a"));
        assertThatThrownBy(() -> tree.add(file("a/x")))
                .hasMessageContaining("too many symbolic links");
    }

    @Test
    void pathsThatGrowThroughLinksAreBounded() throws IOException {
        tree.add(link(Kind.SYMLINK, "l0", "d/".repeat(2000)));
        tree.add(directory("l0/l0"));
        String deep = "d/".repeat(2000) + "l0";
        tree.add(link(Kind.SYMLINK, "l1", deep));
        assertThatThrownBy(() -> tree.add(file("l1/" + "e/".repeat(100) + "x")))
                .hasMessageContaining("too long");
    }

    @Test
    void aFileIsNoParent() throws IOException {
        tree.add(file("a"));
        assertThatThrownBy(() -> tree.add(file("a/b"))).hasMessageContaining("not a directory");
        assertThat(tree.kindAt("a/b")).as("asking is no error").isNull();
        assertThat(tree.dataAt("a/b/c")).isNull();
        assertThat(tree.isDirectory("a/b")).isFalse();
    }

    @Test
    void hardLinksNeedAnEarlierFile() throws IOException {
        tree.add(directory("d"));
        assertThatThrownBy(() -> tree.add(link(Kind.HARD_LINK, "x", "missing")))
                .hasMessageContaining("not there");
        assertThatThrownBy(() -> tree.add(link(Kind.HARD_LINK, "x", "d")))
                .hasMessageContaining("directory");
        assertThatThrownBy(() -> tree.add(link(Kind.HARD_LINK, "x", "../d")))
                .hasMessageContaining("leave");
    }

    @Test
    void laterEntriesWinButDirectoriesKeepTheirContent() throws IOException {
        tree.add(file("d/x"));
        tree.add(directory("d"));
        assertThat(tree.kindAt("d/x")).isEqualTo(Kind.FILE);
        tree.add(link(Kind.SYMLINK, "d/x", "y"));
        assertThat(tree.kindAt("d/x")).isEqualTo(Kind.SYMLINK);
        tree.add(file("d"));
        assertThat(tree.kindAt("d")).isEqualTo(Kind.FILE);
    }

    @Test
    void theRootIsADirectory() throws IOException {
        tree.add(directory("./"));
        assertThatThrownBy(() -> tree.add(file("."))).hasMessageContaining("must be a directory");
    }
}
