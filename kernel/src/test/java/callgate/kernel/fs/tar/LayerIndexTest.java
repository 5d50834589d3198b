package callgate.kernel.fs.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import callgate.kernel.fs.tar.LayerEntry.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayerIndexTest {
    @TempDir private Path folder;

    private final LayerTree tree = new LayerTree();

    @Test
    void everythingAnEntrySaysComesBack() throws IOException {
        byte[] capability = {1, 0, 0, 2, (byte) 0xff, 0};
        tree.add(
                new LayerEntry(
                        "bin/ping",
                        Kind.FILE,
                        04755,
                        12,
                        -2,
                        -5,
                        999_999_999,
                        1L << 33,
                        1536,
                        "",
                        0,
                        0,
                        Map.of("security.capability", capability, "user.empty", new byte[0])));
        tree.add(
                new LayerEntry(
                        "dev/null",
                        Kind.CHARACTER_DEVICE,
                        0666,
                        0,
                        0,
                        7,
                        0,
                        0,
                        0,
                        "",
                        1,
                        3,
                        Map.of()));
        LayerIndex index = stored();

        int ping = find(index, "bin/ping");
        assertThat(index.mode(ping)).isEqualTo(0104755);
        assertThat(index.uid(ping)).isEqualTo(12);
        assertThat(index.gid(ping)).isEqualTo(-2);
        assertThat(index.mtimeSeconds(ping)).isEqualTo(-5);
        assertThat(index.mtimeNanos(ping)).isEqualTo(999_999_999);
        assertThat(index.size(ping)).isEqualTo(1L << 33);
        assertThat(index.dataOffset(ping)).isEqualTo(1536);
        assertThat(index.xattrs(ping)).containsOnlyKeys("security.capability", "user.empty");
        assertThat(index.xattrs(ping).get("security.capability")).isEqualTo(capability);
        int device = find(index, "dev/null");
        assertThat(index.mode(device)).isEqualTo(0020666);
        assertThat(index.deviceMajor(device)).isEqualTo(1);
        assertThat(index.deviceMinor(device)).isEqualTo(3);
        assertThat(index.tarBytes()).isEqualTo(4096);
        assertThat(index.tarStamp()).isEqualTo(77);
    }

    @Test
    void hardLinksAreOneInode() throws IOException {
        tree.add(file("a"));
        tree.add(link(Kind.HARD_LINK, "d/b", "a"));
        LayerIndex index = stored();
        assertThat(find(index, "d/b")).isEqualTo(find(index, "a"));
        assertThat(index.linkCount(find(index, "a"))).isEqualTo(2);
    }

    @Test
    void directoriesCountTheirSubdirectoriesAsLinks() throws IOException {
        tree.add(directory("d/e"));
        tree.add(directory("d/f"));
        tree.add(file("d/g"));
        LayerIndex index = stored();
        assertThat(index.linkCount(LayerIndex.ROOT)).isEqualTo(3);
        assertThat(index.linkCount(find(index, "d"))).isEqualTo(4);
        assertThat(index.linkCount(find(index, "d/e"))).isEqualTo(2);
        assertThat(index.parent(find(index, "d/e"))).isEqualTo(find(index, "d"));
        assertThat(index.parent(LayerIndex.ROOT)).isEqualTo(LayerIndex.ROOT);
    }

    @Test
    void namesAreSortedByTheirBytesAndFound() throws IOException {
        List<String> names = List.of("a", "\u00ff", "\u0080z", "B", "ab", "a.b", "Z", "~");
        for (String name : names) {
            tree.add(file(name));
        }
        LayerIndex index = stored();
        List<String> listed = new ArrayList<>();
        for (int i = 0; i < index.childCount(LayerIndex.ROOT); i++) {
            listed.add(
                    new String(index.childName(LayerIndex.ROOT, i), StandardCharsets.ISO_8859_1));
        }
        assertThat(listed).containsExactlyElementsOf(new TreeSet<>(names));
        for (int i = 0; i < listed.size(); i++) {
            assertThat(index.lookup(LayerIndex.ROOT, bytes(listed.get(i))))
                    .isEqualTo(index.childInode(LayerIndex.ROOT, i));
        }
        assertThat(index.lookup(LayerIndex.ROOT, bytes("abc"))).isEqualTo(LayerIndex.ABSENT);
        assertThat(index.lookup(LayerIndex.ROOT, bytes(""))).isEqualTo(LayerIndex.ABSENT);
    }

    @Test
    void whiteoutsHideNamesAndDirectories() throws IOException {
        tree.add(file("d/.wh.gone"));
        tree.add(file("e/.wh..wh..opq"));
        tree.add(file(".wh.f"));
        tree.add(directory("f"));
        tree.add(file("d/.wh..wh.plnk"));
        LayerIndex index = stored();
        assertThat(index.lookup(find(index, "d"), bytes("gone"))).isEqualTo(LayerIndex.WHITEOUT);
        assertThat(index.childCount(find(index, "d"))).isEqualTo(1);
        assertThat(index.isOpaque(find(index, "d"))).isFalse();
        assertThat(index.isOpaque(find(index, "e"))).isTrue();
        assertThat(index.isOpaque(find(index, "f"))).isTrue();
    }

    @Test
    void symbolicLinksKeepTheirTarget() throws IOException {
        tree.add(link(Kind.SYMLINK, "l", "../../\u00e9"));
        LayerIndex index = stored();
        assertThat(index.linkTarget(find(index, "l"))).isEqualTo(bytes("../../\u00e9"));
        assertThat(index.size(find(index, "l"))).isEqualTo(7);
    }

    @Test
    void anEmptyLayerHasItsRoot() throws IOException {
        LayerIndex index = stored();
        assertThat(index.inodeCount()).isEqualTo(1);
        assertThat(index.mode(LayerIndex.ROOT)).isEqualTo(0040755);
        assertThat(index.childCount(LayerIndex.ROOT)).isZero();
    }

    @Test
    void damageIsFound() throws IOException {
        for (int i = 0; i < 50; i++) {
            tree.add(file("dir" + i % 7 + "/file" + i));
        }
        stored();
        byte[] good = Files.readAllBytes(indexFile());
        long seed = 20261120;
        Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            byte[] bad =
                    random.nextInt(4) == 0
                            ? Arrays.copyOf(good, random.nextInt(good.length))
                            : good.clone();
            if (bad.length == good.length) {
                bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(indexFile(), bad);
            assertThatThrownBy(() -> LayerIndex.open(indexFile()))
                    .as("seed %d, round %d", seed, i)
                    .isInstanceOf(LayerFormatException.class);
        }
    }

    @Test
    void anotherVersionIsRefused() throws IOException {
        stored();
        byte[] bytes = Files.readAllBytes(indexFile());
        bytes[8]++;
        Files.write(indexFile(), bytes);
        assertThatThrownBy(() -> LayerIndex.open(indexFile())).hasMessageContaining("version 2");
    }

    private LayerIndex stored() throws IOException {
        LayerIndexWriter.write(tree, 4096, 77, indexFile());
        return LayerIndex.open(indexFile());
    }

    private Path indexFile() {
        return folder.resolve("layer.index");
    }

    static int find(LayerIndex index, String path) {
        int inode = LayerIndex.ROOT;
        for (String name : path.split("/")) {
            inode = index.lookup(inode, bytes(name));
            assertThat(inode).as(path).isPositive();
        }
        return inode;
    }

    static LayerEntry file(String path) {
        return new LayerEntry(path, Kind.FILE, 0644, 0, 0, 0, 0, 0, 0, "", 0, 0, Map.of());
    }

    static LayerEntry directory(String path) {
        return new LayerEntry(path, Kind.DIRECTORY, 0700, 0, 0, 0, 0, 0, 0, "", 0, 0, Map.of());
    }

    static LayerEntry link(Kind kind, String path, String target) {
        return new LayerEntry(path, kind, 0777, 0, 0, 0, 0, 0, 0, target, 0, 0, Map.of());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
