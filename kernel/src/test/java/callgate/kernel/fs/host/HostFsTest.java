package callgate.kernel.fs.host;

import static callgate.kernel.abi.Errno.EACCES;
import static callgate.kernel.abi.Errno.EEXIST;
import static callgate.kernel.abi.Errno.EILSEQ;
import static callgate.kernel.abi.Errno.EINVAL;
import static callgate.kernel.abi.Errno.ELOOP;
import static callgate.kernel.abi.Errno.ENAMETOOLONG;
import static callgate.kernel.abi.Errno.ENODATA;
import static callgate.kernel.abi.Errno.ENOENT;
import static callgate.kernel.abi.Errno.ENOTDIR;
import static callgate.kernel.abi.Errno.ENOTEMPTY;
import static callgate.kernel.abi.Errno.EOPNOTSUPP;
import static callgate.kernel.abi.Errno.EPERM;
import static callgate.kernel.abi.Errno.EROFS;
import static callgate.kernel.abi.Errno.ESTALE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.Mode;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.fs.overlay.OverlayFs;
import callgate.kernel.mm.PageSource;
import callgate.kernel.vfs.DeviceNumber;
import callgate.kernel.vfs.Fallocate;
import callgate.kernel.vfs.Inode;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.vfs.Rename;
import callgate.kernel.vfs.Tree;
import callgate.kernel.vfs.Xattrs;
import callgate.kernel.wait.HostEntropy;
import callgate.machine.memory.PhysMem;
import callgate.machine.memory.RawMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories of the host: as a file system, and as a border. */
class HostFsTest {
    private static final int CREATE = OpenFlags.O_RDWR | OpenFlags.O_CREAT;

    @TempDir Path folder;

    private Path top;
    private Path outside;
    private Tree tree;

    @BeforeEach
    void open() throws IOException {
        top = Files.createDirectory(folder.resolve("shared"));
        outside = Files.createDirectory(folder.resolve("outside"));
        Files.writeString(outside.resolve("secret"), "secret");
        tree = tree(HostFs.Access.READ_WRITE);
    }

    @AfterEach
    void close() {
        tree.close();
    }

    private Tree tree(HostFs.Access access) {
        return Tree.of(
                frames -> {
                    try {
                        return new HostFs(
                                frames,
                                Tree.CLOCK,
                                new HostEntropy(),
                                DeviceNumber.of(0, 40),
                                top,
                                access);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    @Test
    void filesAreSharedBothWays() throws IOException {
        Files.createDirectories(top.resolve("a/b"));
        Files.writeString(top.resolve("a/b/f"), "from the host");
        assertThat(tree.get("/a/b/f")).isEqualTo("from the host");
        tree.put("/a/b/g", "from the guest");
        assertThat(top.resolve("a/b/g")).hasContent("from the guest");
        Files.writeString(top.resolve("a/b/g"), "changed, and longer than it was before");
        assertThat(tree.get("/a/b/g")).isEqualTo("changed, and longer than it was before");
        assertThat(tree.list("/a/b")).containsExactly("f", "g");
        Files.delete(top.resolve("a/b/f"));
        assertThat(tree.lookup("/a/b/f")).isEqualTo(-ENOENT);
        assertThat(tree.list("/a/b")).containsExactly("g");
    }

    @Test
    void directoriesNestedTooDeepToBeFollowedOnAStackAreRefused() throws IOException {
        Files.createDirectories(top.resolve("d/".repeat(HostInode.DEPTH_LIMIT + 20)));
        assertThat(tree.mkdir("/d".repeat(100) + "/e")).isZero();
        assertThat(tree.mkdir("/d".repeat(HostInode.DEPTH_LIMIT + 10) + "/e"))
                .isEqualTo(-ENAMETOOLONG);
    }

    @Test
    void namesAreMadeMovedAndRemoved() {
        assertThat(tree.mkdir("/d", 0755)).isZero();
        assertThat(tree.mkdir("/d")).isEqualTo(-EEXIST);
        assertThat(tree.mkdir("/d/e")).isZero();
        tree.put("/d/f", "x");
        assertThat(tree.rmdir("/d")).isEqualTo(-ENOTEMPTY);
        assertThat(tree.rename("/d/f", "/d/e/g")).isZero();
        assertThat(top.resolve("d/e/g")).hasContent("x");
        assertThat(tree.rename("/d/e", "/moved")).isZero();
        assertThat(tree.get("/moved/g")).isEqualTo("x");
        assertThat(tree.rename("/moved/g", "/d", Rename.RENAME_EXCHANGE)).isEqualTo(-EINVAL);
        assertThat(tree.link("/moved/g", "/hard")).isZero();
        assertThat(tree.inode("/hard")).isSameAs(tree.inode("/moved/g"));
        assertThat(tree.inode("/hard").links()).isEqualTo(2);
        assertThat(tree.unlink("/hard")).isZero();
        assertThat(tree.unlink("/moved/g")).isZero();
        assertThat(tree.rmdir("/moved")).isZero();
        assertThat(tree.mknod("/fifo", Mode.S_IFIFO | 0666, 0)).isEqualTo(-EPERM);
        assertThat(top.toFile().list()).containsExactly("d");
    }

    @Test
    void linksOfTheHostAreResolvedInsideTheGuestOnly() throws IOException {
        Files.createSymbolicLink(top.resolve("out"), outside);
        Files.createSymbolicLink(top.resolve("up"), Path.of("../outside/secret"));
        Files.createSymbolicLink(top.resolve("passwd"), Path.of("/etc/passwd"));
        assertThat(tree.lookup("/out/secret")).isEqualTo(-ENOENT);
        assertThat(tree.lookup("/up")).isEqualTo(-ENOENT);
        assertThat(tree.lookup("/passwd")).isEqualTo(-ENOENT);
        assertThat(tree.lookup("/../outside/secret")).isEqualTo(-ENOENT);
        assertThat(tree.tryOpen("/passwd", OpenFlags.O_CREAT | OpenFlags.O_WRONLY))
                .isEqualTo(-ENOENT);
        assertThat(tree.linkInode("/up").readlink()).isEqualTo("../outside/secret");
        tree.put("/f", "inside");
        assertThat(tree.symlink("/f", "/guest-link")).isZero();
        assertThat(tree.get("/guest-link")).isEqualTo("inside");
        assertThat(Files.readSymbolicLink(top.resolve("guest-link"))).isEqualTo(Path.of("/f"));
    }

    @Test
    void aDirectorySwappedForALinkDoesNotLeadOut() throws Exception {
        Files.createDirectory(top.resolve("d"));
        Files.writeString(top.resolve("d/secret"), "inside");
        Path real = top.resolve("d");
        Path parked = top.resolve("parked");
        AtomicBoolean stop = new AtomicBoolean();
        Thread swapper =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        while (!stop.get()) {
                                            Files.move(real, parked);
                                            Files.createSymbolicLink(real, outside);
                                            Files.delete(real);
                                            Files.move(parked, real);
                                        }
                                    } catch (IOException e) {
                                        throw new UncheckedIOException(e);
                                    }
                                });
        try {
            for (int i = 0; i < 3000; i++) {
                if (tree.tryOpen("/d/secret", OpenFlags.O_RDONLY) == 0) {
                    assertThat(getOrError("/d/secret")).isIn("inside", "moved away");
                }
                assertThat(Math.abs(tree.mkdir("/d/made")))
                        .isIn(
                                0L,
                                (long) EEXIST,
                                (long) ENOENT,
                                (long) ENOTDIR,
                                (long) ELOOP,
                                (long) ESTALE);
                tree.unlink("/d/secret-none");
            }
        } finally {
            stop.set(true);
            swapper.join();
        }
        assertThat(outside.toFile().list()).containsExactly("secret");
        assertThat(outside.resolve("secret")).hasContent("secret");
    }

    private String getOrError(String path) {
        try {
            return tree.get(path);
        } catch (ErrnoException | AssertionError e) {
            return "moved away";
        }
    }

    @Test
    void readOnlyHoldsForEveryOperation() throws IOException {
        Files.writeString(top.resolve("f"), "x");
        Files.createDirectory(top.resolve("d"));
        Tree readOnly = tree(HostFs.Access.READ_ONLY);
        assertThat(readOnly.get("/f")).isEqualTo("x");
        assertThat(readOnly.tryOpen("/f", OpenFlags.O_WRONLY)).isEqualTo(-EROFS);
        assertThat(readOnly.tryOpen("/f", OpenFlags.O_TRUNC)).isEqualTo(-EROFS);
        assertThat(readOnly.tryOpen("/g", OpenFlags.O_CREAT)).isEqualTo(-EROFS);
        assertThat(readOnly.mkdir("/e")).isEqualTo(-EROFS);
        assertThat(readOnly.symlink("x", "/l")).isEqualTo(-EROFS);
        assertThat(readOnly.link("/f", "/l")).isEqualTo(-EROFS);
        assertThat(readOnly.unlink("/f")).isEqualTo(-EROFS);
        assertThat(readOnly.rmdir("/d")).isEqualTo(-EROFS);
        assertThat(readOnly.rename("/f", "/g")).isEqualTo(-EROFS);
        Inode inode = readOnly.inode("/f");
        assertThat(inode.setMode(0777)).isEqualTo(-EROFS);
        assertThat(inode.setOwner(1, 1)).isEqualTo(-EROFS);
        assertThat(inode.setTimes(0, 0)).isEqualTo(-EROFS);
        assertThat(inode.truncate(0)).isEqualTo(-EROFS);
        assertThat(top.resolve("f")).hasContent("x");
        readOnly.close();
    }

    @Test
    void attributesAreShownAndChanged() throws IOException {
        Files.writeString(top.resolve("f"), "12345");
        Inode inode = tree.inode("/f");
        assertThat(inode.size()).isEqualTo(5);
        assertThat(inode.uid()).isEqualTo(Files.getAttribute(top.resolve("f"), "unix:uid"));
        assertThat(inode.setMode(0640)).isZero();
        assertThat(inode.mode()).isEqualTo(Mode.S_IFREG | 0640);
        assertThat(Files.getPosixFilePermissions(top.resolve("f"))).hasSize(3);
        assertThat(inode.setTimes(1_000_000_000L, 2_000_000_000L)).isZero();
        assertThat(Files.getLastModifiedTime(top.resolve("f")))
                .isEqualTo(FileTime.fromMillis(2000));
        assertThat(inode.modifyNanos()).isEqualTo(2_000_000_000L);
        assertThat(inode.setOwner(inode.uid() + 1, Inode.KEEP)).isEqualTo(-EPERM);
        assertThat(inode.truncate(2)).isZero();
        assertThat(top.resolve("f")).hasContent("12");
        assertThat(inode.truncate(4)).isZero();
        assertThat(Files.size(top.resolve("f"))).isEqualTo(4);
        tree.as(tree.user);
        assertThat(tree.tryOpen("/f", OpenFlags.O_RDONLY)).isIn(-(long) EACCES, 0L);
    }

    @Test
    void symbolicLinksHaveTimesAndHardLinksOfTheirOwn() throws IOException {
        Files.createDirectory(top.resolve("d"));
        Files.createSymbolicLink(top.resolve("d/l"), outside.resolve("secret"));
        FileTime secret = Files.getLastModifiedTime(outside.resolve("secret"));
        Inode link = tree.inode("/d").lookup("l");
        assertThat(link.setTimes(1_000_000_000L, 2_000_000_000L)).isZero();
        assertThat(link.modifyNanos()).isEqualTo(2_000_000_000L);
        assertThat(Files.getLastModifiedTime(top.resolve("d/l"), LinkOption.NOFOLLOW_LINKS))
                .isEqualTo(FileTime.fromMillis(2000));
        assertThat(Files.getLastModifiedTime(outside.resolve("secret"))).isEqualTo(secret);
        assertThat(tree.inode("/d").link("hard", link)).isZero();
        assertThat(Files.readSymbolicLink(top.resolve("d/hard")))
                .isEqualTo(outside.resolve("secret"));
        assertThat(Files.getAttribute(outside.resolve("secret"), "unix:nlink")).isEqualTo(1);
        assertThat(top.toFile().list()).as("nothing is left over").containsExactly("d");
    }

    @Test
    void userAttributesOfFilesAreKeptByTheHost() throws IOException {
        Path host = Files.writeString(top.resolve("f"), "x");
        assumeTrue(Files.getFileStore(host).supportsFileAttributeView("user"));
        Inode inode = tree.inode("/f");
        assertThat(inode.xattr("user.a")).isNull();
        assertThat(inode.setXattr("user.a", "one".getBytes(), Xattrs.XATTR_REPLACE))
                .isEqualTo(-ENODATA);
        assertThat(inode.setXattr("user.a", "one".getBytes(), 0)).isZero();
        assertThat(inode.setXattr("user.a", "two".getBytes(), Xattrs.XATTR_CREATE))
                .isEqualTo(-EEXIST);
        assertThat(inode.xattr("user.a")).isEqualTo("one".getBytes());
        assertThat(inode.xattrNames()).containsExactly("user.a");
        assertThat((byte[]) Files.getAttribute(host, "user:a")).isEqualTo("one".getBytes());
        assertThat(inode.removeXattr("user.a")).isZero();
        assertThat(inode.removeXattr("user.a")).isEqualTo(-ENODATA);
        assertThat(inode.setXattr("trusted.a", new byte[0], 0)).isEqualTo(-EOPNOTSUPP);
        assertThat(top.toFile().list()).as("nothing is left over").containsExactly("f");
    }

    @Test
    void mappingsAndReadsAndWritesSeeTheSameBytes() throws IOException {
        tree.put("/f", "x".repeat(5000));
        OpenFile file = tree.open("/f", OpenFlags.O_RDWR);
        PageSource pages = file.pages();
        PhysMem memory = tree.memory;
        int frame = pages.page(0);
        assertThat(frame).isPositive();
        assertThat(pages.page(2)).isEqualTo(PageSource.BEYOND_END);
        tree.writeAt(file, "written", 10);
        assertThat(RawMemory.RAW.getByte(memory.address(frame) + 10)).isEqualTo((byte) 'w');
        pages.willWrite(0, frame);
        RawMemory.RAW.putByte(memory.address(frame), (byte) 'm');
        assertThat(tree.readAt(file, 3, 0)).isEqualTo("mxx");
        assertThat(pages.writeBack(0, 1)).isZero();
        assertThat(Files.readString(top.resolve("f"))).startsWith("mxxxxxxxxxwritten");
        memory.release(frame);
        pages.willWrite(0, frame);
        file.release();
        assertThat(Files.size(top.resolve("f"))).isEqualTo(5000);
    }

    @Test
    void growthOnTheHostIsSeenByAnOpenFile() throws IOException {
        tree.put("/log", "one ");
        OpenFile file = tree.open("/log", OpenFlags.O_RDONLY);
        assertThat(tree.read(file, 100)).isEqualTo("one ");
        assertThat(tree.read(file, 100)).isEmpty();
        Files.writeString(top.resolve("log"), "two", java.nio.file.StandardOpenOption.APPEND);
        assertThat(tree.read(file, 100)).isEqualTo("two");
        OpenFile appending = tree.open("/log", OpenFlags.O_WRONLY | OpenFlags.O_APPEND);
        tree.write(appending, "!");
        assertThat(top.resolve("log")).hasContent("one two!");
        appending.release();
        file.release();
    }

    @Test
    void namesAreUtf8OnTheHost() {
        String name = HostNames.bytes("grüße");
        long result = tree.tryOpen("/" + name, CREATE);
        if (result == 0) { // else the JVM's own encoding of names is not UTF-8
            assertThat(tree.list("/")).containsExactly(name);
        } else {
            assertThat(result).isEqualTo(-EILSEQ);
        }
        assertThat(tree.tryOpen("/\u00ff\u00fe", CREATE)).isEqualTo(-EILSEQ);
        assertThat(tree.lookup("/\u00ff\u00fe")).isEqualTo(-ENOENT);
    }

    @Test
    void noDirectoryIsLeftOpen() throws IOException {
        for (int i = 0; i < 200; i++) {
            Files.createDirectories(top.resolve("d" + i + "/e"));
            Files.writeString(top.resolve("d" + i + "/e/f"), "x");
        }
        long before = openDescriptors();
        for (int i = 0; i < 200; i++) {
            assertThat(tree.get("/d" + i + "/e/f")).isEqualTo("x");
        }
        assertThat(openDescriptors() - before).isLessThan(2 * 64 + 20);
        ((HostFs) tree.namespace.root().mount().fileSystem()).close();
        assertThat(openDescriptors() - before).isLessThan(20);
    }

    @Test
    void anOverlayOpensFilesOfTheHostOnlyWhileTheyAreUsed() throws IOException {
        Files.writeString(top.resolve("f"), "of the host");
        try (Tree overlay =
                Tree.of(
                        frames -> {
                            try {
                                HostFs lower =
                                        new HostFs(
                                                frames,
                                                Tree.CLOCK,
                                                new HostEntropy(),
                                                DeviceNumber.of(0, 41),
                                                top,
                                                HostFs.Access.READ_ONLY);
                                return new OverlayFs(
                                        Tree.CLOCK,
                                        DeviceNumber.of(0, 42),
                                        List.of(lower),
                                        Tree.newTmpFs(frames, 1 << 20));
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        })) {
            overlay.lookup("/f");
            long before = openDescriptors();
            OpenFile reader = overlay.open("/f", OpenFlags.O_RDONLY);
            int frame = reader.pages().page(0);
            assertThat(frame).isPositive();
            overlay.memory.release(frame);
            assertThat(openDescriptors()).isEqualTo(before + 1);
            OpenFile writer = overlay.open("/f", OpenFlags.O_RDWR);
            overlay.write(writer, "OF");
            assertThat(overlay.get("/f")).isEqualTo("OF the host");
            reader.release();
            writer.release();
            assertThat(openDescriptors()).isEqualTo(before);
            assertThat(top.resolve("f")).hasContent("of the host");
        }
    }

    @Test
    void holesAreWrittenAsZeros() throws IOException {
        tree.put("/f", "x".repeat(10));
        OpenFile file = tree.open("/f", OpenFlags.O_RDWR);
        assertThat(file.allocate(tree.root, Fallocate.PUNCH_HOLE | Fallocate.KEEP_SIZE, 2, 3))
                .isZero();
        assertThat(file.allocate(tree.root, Fallocate.PUNCH_HOLE | Fallocate.KEEP_SIZE, 8, 100))
                .isZero();
        assertThat(file.allocate(tree.root, Fallocate.KEEP_SIZE, 0, 100)).isZero();
        assertThat(Files.readString(top.resolve("f"))).isEqualTo("xx\0\0\0xxx\0\0");
        assertThat(file.allocate(tree.root, 0, 0, 12)).isZero();
        assertThat(Files.size(top.resolve("f"))).isEqualTo(12);
        tree.unlink("/f");
        assertThat(file.inode().links()).isZero();
        file.release();
    }

    private static long openDescriptors() throws IOException {
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.count();
        }
    }

    @Test
    void aComponentThatIsNoDirectoryIsRefused() {
        tree.put("/f", "x");
        assertThat(tree.lookup("/f/x")).isEqualTo(-ENOTDIR);
    }
}
