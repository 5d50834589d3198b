package callgate.image;

import static callgate.image.debian.FakeArchive.directory;
import static callgate.image.debian.FakeArchive.file;
import static callgate.image.debian.FakeArchive.link;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import callgate.image.debian.FakeArchive;
import callgate.image.report.ImageException;
import callgate.image.report.Progress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageStoreTest {
    @TempDir private Path folder;

    private ImageStore store;
    private byte[] tar;

    @BeforeEach
    void start() throws IOException {
        store = new ImageStore(folder.resolve("cache"));
        tar =
                FakeArchive.tar(
                        List.of(
                                directory("./"),
                                directory("./usr/"),
                                link("./bin", "usr"),
                                file("./bin/x", "content")));
    }

    @Test
    void tarsOfEachCompressionAreImported() throws IOException {
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(gzip)) {
            out.write(tar);
        }
        assertThat(DebianImageTest.text(imported("plain", tar), "usr/x")).isEqualTo("content");
        assertThat(DebianImageTest.text(imported("gzip", gzip.toByteArray()), "usr/x"))
                .isEqualTo("content");
        assertThat(DebianImageTest.text(imported("xz", FakeArchive.xz(tar)), "usr/x"))
                .isEqualTo("content");
        assertThat(DebianImageTest.text(imported("zstd", zstd(tar)), "usr/x")).isEqualTo("content");
        assertThat(store.list())
                .extracting(Image::name)
                .containsExactly("gzip", "plain", "xz", "zstd");
        assertThat(store.find("gzip").orElseThrow().bytes()).isEqualTo(tar.length);
    }

    @Test
    void importingAgainReplaces() throws IOException {
        imported("a", tar);
        imported("a", FakeArchive.tar(List.of(file("usr/x", "new"))));
        assertThat(DebianImageTest.text(store.find("a").orElseThrow(), "usr/x")).isEqualTo("new");
        assertNothingLeft();
    }

    @Test
    void removedImagesAreGone() throws IOException {
        imported("a", tar);
        store.remove("a", Progress.SILENT);
        assertThat(store.list()).isEmpty();
        assertThat(store.find("a")).isEmpty();
        assertNothingLeft();
        assertThatThrownBy(() -> store.remove("a", Progress.SILENT))
                .hasMessageContaining("there is no image \"a\"");
        assertThatThrownBy(() -> store.remove("../a", Progress.SILENT))
                .hasMessageContaining("cannot be the name");
    }

    @Test
    void whatAKilledRunLeftIsCleanedUp() throws IOException {
        imported("a", tar);
        Path images = folder.resolve("cache/images");
        Files.createDirectories(images.resolve(".a.tmp-123"));
        Files.writeString(images.resolve(".a.tmp-123/layer-0.tar"), "half");
        Files.move(images.resolve("a"), images.resolve(".a.old"));
        assertThat(store.find("a")).as("between the two renames").isEmpty();
        Image again =
                store.create(
                        "a",
                        ImageStore.Existing.KEEP,
                        (to, told) -> {
                            throw new AssertionError("the old image was still good");
                        },
                        Progress.SILENT);
        assertThat(DebianImageTest.text(again, "usr/x")).isEqualTo("content");
        assertNothingLeft();
    }

    @Test
    void hostileTarsAreRefusedAndLeaveNothing() throws IOException {
        assertRefused(FakeArchive.tar(List.of(file("../evil", "x"))), "could leave the image");
        assertRefused(FakeArchive.tar(List.of(file("/etc/evil", "x"))), "absolute name");
        assertRefused(
                FakeArchive.tar(List.of(link("a", "b"), link("b", "a"), file("a/x", ""))),
                "too many symbolic links");
        assertRefused(Arrays.copyOf(tar, tar.length - 1500), "cut off");
        assertRefused(Arrays.copyOf(FakeArchive.xz(tar), 100), "cut off or damaged");
        assertRefused(new byte[] {0x1f, (byte) 0x8b, 8, 0}, "cut off or damaged");
        assertRefused("#!/bin/sh\n".repeat(100).getBytes(StandardCharsets.UTF_8), "not a tar");
        assertRefused(new byte[0], "cut off");
        assertThatThrownBy(() -> store.importTar(folder.resolve("none"), "a", Progress.SILENT))
                .hasMessageContaining("no such file");
        assertThatThrownBy(() -> store.importTar(folder, "a", Progress.SILENT))
                .hasMessageContaining("not a file");
    }

    @Test
    void mutatedCompressedTarsAreImportedOrRefused() throws IOException {
        byte[] good = FakeArchive.xz(tar);
        long seed = 5;
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            byte[] bad = good.clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            try {
                imported("a", bad);
            } catch (ImageException e) {
                assertThat(e.getMessage())
                        .as("seed %d, round %d", seed, round)
                        .startsWith("cannot import");
            }
        }
        assertNothingLeft();
    }

    @Test
    void referencesAreNamesTarsOrDirectories() throws IOException {
        Image image = imported("a", tar);
        Path plain = Files.write(folder.resolve("plain.tar"), tar);
        assertThat(resolve("a")).isEqualTo(new ImageSource.Layers(image.layers()));
        assertThat(resolve(folder.toString()))
                .isEqualTo(new ImageSource.HostDirectory(folder.toRealPath()));
        assertThat(resolve(plain.toString()))
                .isInstanceOfSatisfying(
                        ImageSource.Layers.class,
                        layers -> assertThat(layers.layers().getFirst().tar()).isEqualTo(plain));
        assertThatThrownBy(() -> resolve("nosuch"))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("images: a, and builtin");
        Path compressed = Files.write(folder.resolve("x.tar.xz"), FakeArchive.xz(tar));
        assertThatThrownBy(() -> resolve(compressed.toString()))
                .hasMessageContaining("callgate image import");
        assertThatThrownBy(() -> resolve("a\0/b")).isInstanceOf(ImageException.class);
    }

    @Test
    void theIndexOfATarInPlaceFollowsItsChanges() throws IOException {
        Path plain = Files.write(folder.resolve("plain.tar"), tar);
        Layer layer = ((ImageSource.Layers) resolve(plain.toString())).layers().getFirst();
        assertThat(layer.open().inodeCount()).isEqualTo(4);
        Files.write(
                plain,
                FakeArchive.tar(
                        List.of(
                                directory("./"),
                                directory("./usr/"),
                                directory("./bin/"),
                                file("./y", "1234567"))));
        Files.setLastModifiedTime(plain, FileTime.fromMillis(123));
        assertThat(layer.open().linkCount(1)).as("two directories now").isEqualTo(4);
        Files.write(layer.index(), new byte[10]);
        assertThat(layer.open().inodeCount()).as("a damaged index is made again").isEqualTo(4);
    }

    @Test
    void anIndexOfAnotherVersionIsMadeAgainWhenTheImageIsUsed() throws IOException {
        Layer layer = imported("a", tar).layers().getFirst();
        byte[] good = Files.readAllBytes(layer.index());
        byte[] old = good.clone();
        old[8]++;
        Files.write(layer.index(), old);
        resolve("a");
        assertThat(layer.index()).hasBinaryContent(good);
    }

    @Test
    void theBuiltinImageIsThere() throws IOException {
        ImageSource.Layers layers = (ImageSource.Layers) resolve("builtin");
        assertThat(layers.layers().getFirst().open().inodeCount()).isGreaterThan(10);
    }

    @Test
    void theCacheFolderIsWhereTheSystemHasIt() {
        Path home = Path.of("/home/u");
        assertThat(CacheFolder.of(Map.of(), "Linux", home)).hasToString("/home/u/.cache/callgate");
        assertThat(CacheFolder.of(Map.of("XDG_CACHE_HOME", "/x"), "Linux", home))
                .hasToString("/x/callgate");
        assertThat(CacheFolder.of(Map.of("XDG_CACHE_HOME", "x"), "Linux", home))
                .hasToString("/home/u/.cache/callgate");
        assertThat(
                        CacheFolder.of(
                                Map.of("CALLGATE_CACHE", "/c", "XDG_CACHE_HOME", "/x"),
                                "Linux",
                                home))
                .hasToString("/c");
        assertThat(CacheFolder.of(Map.of(), "Mac OS X", home))
                .hasToString("/home/u/Library/Caches/callgate");
    }

    /** A frame with one block that is stored as it is. */
    private static byte[] zstd(byte[] data) {
        ByteBuffer frame = ByteBuffer.allocate(data.length + 10).order(ByteOrder.LITTLE_ENDIAN);
        frame.putInt(0xFD2FB528).put((byte) 0x60).putShort((short) (data.length - 256));
        frame.put((byte) (data.length << 3 | 1)).putShort((short) (data.length >> 5));
        return frame.put(data).array();
    }

    private ImageSource resolve(String text) throws IOException {
        return ImageReference.resolve(text, store, Map.of(), Progress.SILENT);
    }

    private Image imported(String name, byte[] content) throws IOException {
        return store.importTar(
                Files.write(folder.resolve("import.tar"), content), name, Progress.SILENT);
    }

    private void assertRefused(byte[] content, String message) throws IOException {
        assertThatThrownBy(() -> imported("hostile", content))
                .isInstanceOf(ImageException.class)
                .hasMessageStartingWith("cannot import")
                .hasMessageContaining(message)
                .hasMessageNotContaining(".tmp-");
        assertThat(store.find("hostile")).isEmpty();
        assertNothingLeft();
    }

    private void assertNothingLeft() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("cache/images"))) {
            assertThat(
                            files.map(p -> p.getFileName().toString())
                                    .filter(n -> n.startsWith(".") && !n.endsWith(".lock")))
                    .isEmpty();
        }
    }
}
