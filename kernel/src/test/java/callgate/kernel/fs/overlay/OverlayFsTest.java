package callgate.kernel.fs.overlay;

import static callgate.kernel.abi.Errno.ENODATA;
import static callgate.kernel.abi.Errno.ENOENT;
import static callgate.kernel.abi.Errno.ENOTEMPTY;
import static org.assertj.core.api.Assertions.assertThat;

import callgate.kernel.abi.OpenFlags;
import callgate.kernel.fs.tar.LayerEntry;
import callgate.kernel.fs.tar.LayerEntry.Kind;
import callgate.kernel.fs.tar.LayerIndexWriter;
import callgate.kernel.fs.tar.LayerTree;
import callgate.kernel.fs.tar.TarFs;
import callgate.kernel.vfs.DeviceNumber;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.vfs.Rename;
import callgate.kernel.vfs.Tree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two tar layers and changes above. */
class OverlayFsTest {
    @TempDir Path folder;

    private Tree tree;

    /** Collects the entries and data of one layer. */
    private static final class Layer {
        final LayerTree tree = new LayerTree();
        final ByteArrayOutputStream data = new ByteArrayOutputStream();

        Layer add(Kind kind, String path, int mode, String contents, Map<String, byte[]> xattrs)
                throws IOException {
            byte[] bytes = contents.getBytes(StandardCharsets.ISO_8859_1);
            boolean file = kind == Kind.FILE;
            tree.add(
                    new LayerEntry(
                            path,
                            kind,
                            mode,
                            0,
                            0,
                            1_000_000,
                            5,
                            file ? bytes.length : 0,
                            data.size(),
                            file ? "" : contents,
                            0,
                            0,
                            xattrs));
            if (file) {
                data.write(bytes);
            }
            return this;
        }

        Layer file(String path, String contents) throws IOException {
            return add(Kind.FILE, path, 0644, contents, Map.of());
        }

        Layer directory(String path) throws IOException {
            return add(Kind.DIRECTORY, path, 0755, "", Map.of());
        }
    }

    private TarFs open(callgate.kernel.mm.FramePool frames, String name, Layer layer) {
        try {
            Path tar = folder.resolve(name + ".tar");
            Path index = folder.resolve(name + ".index");
            Files.write(tar, layer.data.toByteArray());
            LayerIndexWriter.write(layer.tree, layer.data.size(), 0, index);
            return new TarFs(frames, Tree.CLOCK, DeviceNumber.of(0, 50), tar, index);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeEach
    void open() throws IOException {
        Layer low =
                new Layer()
                        .directory("etc")
                        .file("etc/passwd", "root")
                        .file("etc/gone", "x")
                        .directory("opaque")
                        .file("opaque/hidden", "x")
                        .directory("usr")
                        .directory("usr/bin")
                        .add(
                                Kind.FILE,
                                "usr/bin/sh",
                                0755,
                                "shell".repeat(3000),
                                Map.of("user.a", new byte[] {1}))
                        .add(Kind.HARD_LINK, "usr/bin/bash", 0755, "usr/bin/sh", Map.of())
                        .add(Kind.SYMLINK, "bin", 0777, "usr/bin", Map.of());
        Layer high =
                new Layer()
                        .directory("etc")
                        .file("etc/hosts", "localhost")
                        .file("etc/.wh.gone", "")
                        .directory("opaque")
                        .file("opaque/.wh..wh..opq", "")
                        .file("opaque/new", "n");
        tree =
                Tree.of(
                        frames ->
                                new OverlayFs(
                                        Tree.CLOCK,
                                        DeviceNumber.of(0, 51),
                                        List.of(
                                                open(frames, "low", low),
                                                open(frames, "high", high)),
                                        Tree.newTmpFs(frames, 1 << 20)));
    }

    @AfterEach
    void close() {
        tree.close();
    }

    @Test
    void layersShowThroughEachOther() {
        assertThat(tree.list("/")).containsExactly("bin", "etc", "opaque", "usr");
        assertThat(tree.list("/etc")).containsExactly("hosts", "passwd");
        assertThat(tree.list("/opaque")).containsExactly("new");
        assertThat(tree.get("/etc/passwd")).isEqualTo("root");
        assertThat(tree.get("/etc/hosts")).isEqualTo("localhost");
        assertThat(tree.lookup("/etc/gone")).isEqualTo(-ENOENT);
        assertThat(tree.lookup("/opaque/hidden")).isEqualTo(-ENOENT);
        assertThat(tree.get("/bin/sh")).isEqualTo("shell".repeat(3000));
        assertThat(tree.inode("/bin/sh").modifyNanos()).isEqualTo(1_000_000_000_000_005L);
    }

    @Test
    void changesStayAbove() {
        tree.put("/etc/passwd", "changed");
        tree.put("/etc/gone", "back");
        assertThat(tree.get("/etc/passwd")).isEqualTo("changed");
        assertThat(tree.get("/etc/gone")).isEqualTo("back");
        OpenFile file = tree.open("/etc/hosts", OpenFlags.O_RDWR);
        tree.writeAt(file, "L", 0);
        assertThat(tree.readAt(file, 100, 0)).isEqualTo("Localhost");
        file.release();
        assertThat(tree.list("/etc")).containsExactly("gone", "hosts", "passwd");
    }

    @Test
    void hardLinksOfALayerStayOneFile() {
        long number = tree.inode("/bin/sh").number();
        assertThat(tree.inode("/bin/bash").number()).isEqualTo(number);
        assertThat(tree.inode("/bin/sh").links()).isEqualTo(2);
        OpenFile file = tree.open("/bin/sh", OpenFlags.O_WRONLY);
        tree.write(file, "SHELL");
        file.release();
        assertThat(tree.get("/bin/bash")).startsWith("SHELLshell").hasSize(15_000);
        assertThat(tree.inode("/bin/bash").number()).isEqualTo(number);
        assertThat(tree.unlink("/bin/sh")).isZero();
        assertThat(tree.inode("/bin/bash").links()).isEqualTo(1);
    }

    @Test
    void removedNamesAreGone() {
        assertThat(tree.rmdir("/etc")).isEqualTo(-ENOTEMPTY);
        assertThat(tree.unlink("/etc/passwd")).isZero();
        assertThat(tree.unlink("/etc/hosts")).isZero();
        assertThat(tree.lookup("/etc/passwd")).isEqualTo(-ENOENT);
        assertThat(tree.list("/etc")).isEmpty();
        assertThat(tree.rmdir("/etc")).isZero();
        assertThat(tree.lookup("/etc")).isEqualTo(-ENOENT);
        assertThat(tree.mkdir("/etc")).isZero();
        assertThat(tree.list("/etc")).isEmpty();
        assertThat(tree.lookup("/etc/passwd")).isEqualTo(-ENOENT);
    }

    @Test
    void directoriesOfLayersAreRenamed() {
        long number = tree.inode("/usr/bin").number();
        assertThat(tree.rename("/usr/bin", "/usr/tools")).isZero();
        assertThat(tree.list("/usr")).containsExactly("tools");
        assertThat(tree.get("/usr/tools/sh")).hasSize(15_000);
        assertThat(tree.inode("/usr/tools").number()).isEqualTo(number);
        assertThat(tree.lookup("/bin/sh")).isEqualTo(-ENOENT);
        assertThat(tree.rename("/usr/tools", "/etc", Rename.RENAME_EXCHANGE)).isZero();
        assertThat(tree.get("/etc/sh")).hasSize(15_000);
        assertThat(tree.get("/usr/tools/passwd")).isEqualTo("root");
    }

    @Test
    void listedNumbersAreThoseOfStat() {
        List<Long> numbers = new ArrayList<>();
        List<String> names = new ArrayList<>();
        OpenFile directory = tree.open("/etc", OpenFlags.O_RDONLY);
        directory.list(
                null,
                (name, number, type, next) -> {
                    names.add(name);
                    numbers.add(number);
                    return true;
                });
        directory.release();
        for (int i = 2; i < names.size(); i++) {
            assertThat(tree.inode("/etc/" + names.get(i)).number()).isEqualTo(numbers.get(i));
        }
        assertThat(numbers).doesNotHaveDuplicates();
    }

    @Test
    void attributesChangeWithoutCopyingData() {
        int before = tree.memory.usedFrames();
        assertThat(tree.inode("/bin/sh").setMode(0700)).isZero();
        assertThat(tree.inode("/bin/sh").setOwner(5, 6)).isZero();
        assertThat(tree.inode("/bin/sh").xattr("user.a")).containsExactly(1);
        assertThat(tree.inode("/bin/sh").setXattr("user.b", new byte[] {2}, 0)).isZero();
        assertThat(tree.inode("/bin/sh").xattrNames()).containsExactly("user.a", "user.b");
        assertThat(tree.inode("/bin/sh").removeXattr("user.a")).isZero();
        assertThat(tree.inode("/bin/sh").removeXattr("user.a")).isEqualTo(-ENODATA);
        assertThat(tree.inode("/bin/bash").mode() & 07777).isEqualTo(0700);
        assertThat(tree.memory.usedFrames()).isEqualTo(before);
    }

    @Test
    void copiedDataAreGivenBack() {
        tree.get("/bin/sh");
        int before = tree.memory.usedFrames();
        OpenFile file = tree.open("/bin/sh", OpenFlags.O_RDWR);
        assertThat(tree.memory.usedFrames()).isGreaterThan(before);
        tree.unlink("/bin/sh");
        tree.unlink("/bin/bash");
        file.release();
        assertThat(tree.memory.usedFrames()).isLessThanOrEqualTo(before);
    }
}
