package callgate.image;

import static callgate.image.debian.FakeArchive.directory;
import static callgate.image.debian.FakeArchive.file;
import static callgate.image.debian.FakeArchive.link;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import callgate.image.LocalServer.Behaviour;
import callgate.image.debian.FakeArchive;
import callgate.image.debian.SigningKey;
import callgate.image.report.ImageException;
import callgate.image.report.Progress;
import callgate.kernel.fs.tar.LayerIndex;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DebianImageTest {
    @TempDir private Path folder;

    private final SigningKey key = SigningKey.create();
    private FakeArchive archive;
    private LocalServer server;
    private ImageStore store;
    private Path keyring;

    @BeforeEach
    void start() throws IOException {
        archive = new FakeArchive(folder.resolve("mirror"), key);
        server = new LocalServer(folder.resolve("mirror"));
        store = new ImageStore(folder.resolve("cache"));
        keyring = Files.write(folder.resolve("keys.gpg"), key.keyring());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void anImageIsMadeFromPackages() throws IOException {
        archive.withMinimalPackages().publish();
        Image image = make("d", builder());
        assertThat(image.source()).isEqualTo("Debian trixie 13.0, 24 packages");
        LayerIndex index = image.layers().getFirst().open();
        assertThat(text(image, "usr/bin/bash")).isEqualTo("bash itself");
        assertThat(index.linkTarget(find(index, "bin"))).asString().isEqualTo("usr/bin");
        assertThat(index.linkTarget(find(index, "usr/bin/awk")))
                .asString()
                .isEqualTo("/etc/alternatives/awk");
        assertThat(index.linkTarget(find(index, "etc/alternatives/awk")))
                .asString()
                .isEqualTo("/usr/bin/mawk");
        assertThat(text(image, "etc/passwd")).startsWith("root:x:0:0:root:/root:/bin/bash\n");
        assertThat(text(image, "etc/shadow")).contains("\nbin:*:");
        assertThat(index.mode(find(index, "etc/shadow"))).isEqualTo(0100600);
        assertThat(index.mode(find(index, "tmp"))).isEqualTo(0041777);
        assertThat(text(image, "var/lib/dpkg/status"))
                .contains("Package: bash\nStatus: install ok unpacked\nVersion: 1.0\n");
        assertThat(text(image, "var/lib/dpkg/info/bash.list"))
                .isEqualTo("/.\n/bin\n/bin/bash\n/etc/bash.bashrc\n");
        assertThat(index.mode(find(index, "var/lib/dpkg/info/bash.postinst"))).isEqualTo(0100755);
    }

    @Test
    void theIndexWrittenAtOnceEqualsTheOneReadFromTheTar() throws IOException {
        archive.withMinimalPackages().publish();
        Layer layer = make("d", builder()).layers().getFirst();
        LayerIndex written = layer.open();
        Files.delete(layer.index());
        LayerIndex again = layer.open();
        assertThat(describe(again, LayerIndex.ROOT, ""))
                .isEqualTo(describe(written, LayerIndex.ROOT, ""));
    }

    @Test
    void theSamePackagesGiveTheSameBytes() throws IOException {
        archive.withMinimalPackages().publish();
        Image first = make("a", builder());
        Image second = make("b", builder());
        assertThat(second.layers().getFirst().tar())
                .hasSameBinaryContentAs(first.layers().getFirst().tar());
        assertThat(second.layers().getFirst().index())
                .hasSameBinaryContentAs(first.layers().getFirst().index());
    }

    @Test
    void downloadsAreKeptAndUsedAgain() throws IOException {
        archive.withMinimalPackages().publish();
        make("a", builder());
        int before = server.requests();
        make("b", builder());
        assertThat(server.requests() - before)
                .as("only the release file is fetched again")
                .isEqualTo(1);
    }

    @Test
    void morePackagesComeWithWhatTheyNeed() throws IOException {
        archive.withMinimalPackages();
        archive.add(
                "game",
                "Depends: data (= 1.0)",
                List.of(directory("./bin/"), file("./bin/game", "g")));
        archive.add("data", "", List.of(link("./usr/share/data", "x")));
        archive.add(
                "jre",
                "",
                List.of(
                        directory("./usr/lib/jvm/"),
                        directory("./usr/lib/jvm/java-25/"),
                        directory("./usr/lib/jvm/java-25/bin/"),
                        file("./usr/lib/jvm/java-25/bin/java", "j")));
        archive.add(
                "ca-certificates",
                "",
                List.of(
                        directory("./usr/share/ca-certificates/"),
                        directory("./usr/share/ca-certificates/mozilla/"),
                        file("./usr/share/ca-certificates/mozilla/b.crt", "B\n"),
                        file("./usr/share/ca-certificates/mozilla/a.crt", "A\n")));
        archive.publish();
        Image image = make("d", builder().packages(List.of("game", "jre", "ca-certificates")));
        assertThat(text(image, "usr/bin/game")).isEqualTo("g");
        assertThat(text(image, "etc/ssl/certs/ca-certificates.crt")).isEqualTo("A\nB\n");
        LayerIndex index = image.layers().getFirst().open();
        assertThat(index.linkTarget(find(index, "etc/alternatives/java")))
                .asString()
                .isEqualTo("/usr/lib/jvm/java-25/bin/java");
    }

    @Test
    void aLocalFolderIsAMirrorToo() throws IOException {
        archive.withMinimalPackages().publish();
        make("d", builder().mirror(folder.resolve("mirror").toUri().toString()));
        assertThat(server.requests()).isZero();
    }

    @Test
    void parallelRunsMakeOneImage() throws Exception {
        archive.withMinimalPackages().publish();
        AtomicInteger waits = new AtomicInteger();
        Progress progress =
                new Progress() {
                    @Override
                    public void line(String text) {
                        waits.addAndGet(text.startsWith("waiting: another run") ? 1 : 0);
                    }

                    @Override
                    public void bytes(String what, long done, long total) {}

                    @Override
                    public void count(String what, long done, long total) {}
                };
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<Image>> images = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Callable<Image> run =
                        () ->
                                builder()
                                        .build()
                                        .make(store, "d", ImageStore.Existing.KEEP, progress);
                images.add(threads.submit(run));
            }
            for (Future<Image> image : images) {
                assertThat(text(image.get(), "usr/bin/bash")).isEqualTo("bash itself");
            }
        }
        assertThat(waits.get()).isPositive();
        assertThat(server.requests()).as("each file once").isEqualTo(26);
        assertNothingLeft("d");
    }

    @Test
    void aTransferThatBreaksIsTriedAgain() throws IOException {
        archive.withMinimalPackages().publish();
        AtomicInteger broken = new AtomicInteger();
        server.behave(
                path ->
                        path.endsWith("bash.deb") && broken.getAndIncrement() == 0
                                ? Behaviour.CUT_OFF
                                : path.endsWith("dash.deb") && broken.getAndIncrement() < 3
                                        ? Behaviour.SERVER_ERROR
                                        : Behaviour.NORMAL);
        assertThat(text(make("d", builder()), "usr/bin/bash")).isEqualTo("bash itself");
    }

    @Test
    void redirectsAreFollowed() throws IOException {
        archive.withMinimalPackages().publish();
        server.behave(path -> Behaviour.REDIRECT);
        assertThat(text(make("d", builder()), "usr/bin/bash")).isEqualTo("bash itself");
    }

    @Test
    void anInterruptedRunLeavesNothingAndCanBeRepeated() throws Exception {
        archive.withMinimalPackages().publish();
        server.behave(path -> path.endsWith("sed.deb") ? Behaviour.HANG : Behaviour.NORMAL);
        List<Throwable> problems = new ArrayList<>();
        Thread run =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        make("d", builder());
                                    } catch (IOException e) {
                                        problems.add(e);
                                    }
                                });
        Thread.sleep(1500);
        run.interrupt();
        run.join(10_000);
        assertThat(run.isAlive()).isFalse();
        assertThat(problems)
                .singleElement()
                .isInstanceOf(ImageException.class)
                .asString()
                .contains("interrupted");
        assertNothingLeft();
        server.behave(path -> Behaviour.NORMAL);
        assertThat(text(make("d", builder()), "usr/bin/bash")).isEqualTo("bash itself");
    }

    @Test
    void aForeignSignatureIsRefused() throws IOException {
        new FakeArchive(folder.resolve("mirror"), SigningKey.create())
                .withMinimalPackages()
                .publish();
        assertRefused(builder(), "no valid signature by a key of");
    }

    @Test
    void anIndexThatIsNotTheSignedOneIsRefused() throws IOException {
        archive.withMinimalPackages().publish();
        Path mirror = folder.resolve("mirror/dists/trixie/main/binary-riscv64");
        try (Stream<Path> files = Files.walk(mirror)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                flip(file, Files.size(file) / 2);
            }
        }
        assertRefused(builder(), "not the one the archive's index names");
    }

    @Test
    void aPackageThatIsNotTheIndexedOneIsRefused() throws IOException {
        archive.withMinimalPackages().publish();
        flip(folder.resolve("mirror/pool/grep.deb"), 200);
        assertRefused(builder(), "grep.deb: the file is not the one");
    }

    @Test
    void aPackageThatIsLongerThanIndexedIsRefused() throws IOException {
        archive.withMinimalPackages().publish();
        Path deb = folder.resolve("mirror/pool/grep.deb");
        Files.write(deb, new byte[100_000]);
        assertRefused(builder(), "longer than the");
    }

    @Test
    void aMissingPackageFileIsNamed() throws IOException {
        archive.withMinimalPackages().publish();
        Files.delete(folder.resolve("mirror/pool/grep.deb"));
        assertRefused(builder(), "grep.deb: the server answers with HTTP status 404");
    }

    @Test
    void anotherReleaseIsRefused() throws IOException {
        archive.withMinimalPackages().claimingSuite("bookworm").publish();
        assertRefused(builder(), "not \"trixie\"");
    }

    @Test
    void anOldReleaseFileIsRefused() throws IOException {
        archive.withMinimalPackages()
                .releaseFields("Valid-Until: Sat, 01 Jan 2022 00:00:00 UTC\n")
                .publish();
        assertRefused(builder(), "was valid until");
    }

    @Test
    void packagesOfAnotherNameOrDamagedOnesAreRefused() throws IOException {
        archive.withMinimalPackages();
        byte[] other = FakeArchive.deb("other", "1.0", List.of());
        Files.write(folder.resolve("mirror/pool/wrong.deb"), other);
        archive.index("wrong", "", other.length, FakeArchive.sha256(other));
        byte[] rubbish = "rubbish".getBytes(StandardCharsets.UTF_8);
        Files.write(folder.resolve("mirror/pool/rubbish.deb"), rubbish);
        archive.index("rubbish", "", rubbish.length, FakeArchive.sha256(rubbish));
        archive.add("escape", "", List.of(file("./../../evil", "x")));
        archive.add("absolute", "", List.of(file("/etc/evil", "x")));
        archive.add("clash", "", List.of(file("./usr/bin", "x")));
        archive.publish();
        assertRefused(builder().packages(List.of("wrong")), "another one than the index says");
        assertRefused(builder().packages(List.of("rubbish")), "rubbish 1.0");
        assertRefused(builder().packages(List.of("escape")), "could leave the image");
        assertRefused(builder().packages(List.of("absolute")), "absolute name");
        assertRefused(
                builder().packages(List.of("clash")),
                "a file where another package has a directory");
    }

    @Test
    void withoutAMirrorTheErrorSaysWhatToDo() {
        assertThatThrownBy(
                        () ->
                                DebianImage.builder(Map.of())
                                        .aptConfiguration(folder)
                                        .build()
                                        .make(
                                                store,
                                                "d",
                                                ImageStore.Existing.KEEP,
                                                Progress.SILENT))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("--mirror URL")
                .hasMessageContaining("CALLGATE_MIRROR");
    }

    @Test
    void aHostThatCannotBeReachedIsNamed() throws IOException {
        String address = server.address();
        server.close();
        assertRefused(
                builder().mirror(address),
                "cannot download " + address + "/dists/trixie/InRelease: no connection");
        assertRefused(
                builder().mirror("http://nowhere.invalid/debian"),
                "the name of the host is not known");
    }

    @Test
    void theVariableNamesTheMirror() throws IOException {
        archive.withMinimalPackages().publish();
        Image image =
                DebianImage.builder(Map.of("CALLGATE_MIRROR", server.address()))
                        .keyring(keyring)
                        .aptConfiguration(folder)
                        .build()
                        .make(store, "d", ImageStore.Existing.KEEP, Progress.SILENT);
        assertThat(text(image, "usr/bin/bash")).isEqualTo("bash itself");
    }

    @Test
    void namesThatCannotBeAreRefused() {
        assertThatThrownBy(() -> builder().suite("../x")).isInstanceOf(ImageException.class);
        assertThatThrownBy(() -> builder().packages(List.of("a b")))
                .isInstanceOf(ImageException.class);
        assertThatThrownBy(() -> make("../x", builder()))
                .hasMessageContaining("cannot be the name of an image");
    }

    private DebianImage.Builder builder() {
        return DebianImage.builder(Map.of())
                .mirror(server.address())
                .keyring(keyring)
                .aptConfiguration(folder);
    }

    private Image make(String name, DebianImage.Builder builder) throws IOException {
        return builder.build().make(store, name, ImageStore.Existing.REPLACE, Progress.SILENT);
    }

    private void assertRefused(DebianImage.Builder builder, String message) throws IOException {
        assertThatThrownBy(() -> make("d", builder))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(message);
        assertNothingLeft();
    }

    /** Nothing but these images, lock files and whole downloads. */
    private void assertNothingLeft(String... images) throws IOException {
        assertThat(store.list()).extracting(Image::name).containsExactly(images);
        try (Stream<Path> files = Files.walk(store.cacheFolder())) {
            assertThat(
                            files.map(p -> p.getFileName().toString())
                                    .filter(
                                            name ->
                                                    name.startsWith(".part-")
                                                            || name.contains(".tmp-")
                                                            || name.endsWith(".old")))
                    .isEmpty();
        }
    }

    private static void flip(Path file, long offset) throws IOException {
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.seek(offset);
            int b = raw.read();
            raw.seek(offset);
            raw.write(b ^ 1);
        }
    }

    static int find(LayerIndex index, String path) {
        int inode = LayerIndex.ROOT;
        for (String name : path.split("/")) {
            inode = index.lookup(inode, name.getBytes(StandardCharsets.ISO_8859_1));
            assertThat(inode).as(path).isPositive();
        }
        return inode;
    }

    static String text(Image image, String path) throws IOException {
        Layer layer = image.layers().getFirst();
        LayerIndex index = layer.open();
        int inode = find(index, path);
        try (RandomAccessFile tar = new RandomAccessFile(layer.tar().toFile(), "r")) {
            byte[] content = new byte[(int) index.size(inode)];
            tar.seek(index.dataOffset(inode));
            tar.readFully(content);
            return new String(content, StandardCharsets.UTF_8);
        }
    }

    private static String describe(LayerIndex index, int directory, String path) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < index.childCount(directory); i++) {
            int inode = index.childInode(directory, i);
            String name =
                    path
                            + "/"
                            + new String(
                                    index.childName(directory, i), StandardCharsets.ISO_8859_1);
            text.append(name)
                    .append(' ')
                    .append(index.mode(inode))
                    .append(' ')
                    .append(index.size(inode))
                    .append(' ')
                    .append(index.dataOffset(inode))
                    .append(' ')
                    .append(index.mtimeSeconds(inode))
                    .append(' ')
                    .append(new String(index.linkTarget(inode), StandardCharsets.ISO_8859_1))
                    .append('\n');
            if (index.isDirectory(inode)) {
                text.append(describe(index, inode, name));
            }
        }
        return text.toString();
    }
}
