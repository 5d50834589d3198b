package callgate.kernel.vfs;

import static callgate.kernel.abi.Errno.EAGAIN;
import static callgate.kernel.abi.Errno.EFBIG;
import static callgate.kernel.abi.Errno.EINVAL;
import static callgate.kernel.abi.Errno.ENOSPC;
import static callgate.kernel.abi.Errno.ENXIO;
import static org.assertj.core.api.Assertions.assertThat;

import callgate.kernel.abi.OpenFlags;
import callgate.kernel.abi.Signals;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Data of regular files. */
class RegularFileTest {
    private static final int CREATE = OpenFlags.O_RDWR | OpenFlags.O_CREAT;

    static Stream<Tree> trees() {
        return Stream.of(Tree.tmpfs(), Tree.overlay());
    }

    @ParameterizedTest
    @MethodSource("trees")
    void dataAreWrittenReadAndSought(Tree tree) {
        OpenFile file = tree.open("/f", CREATE);
        assertThat(tree.write(file, "hello world")).isEqualTo(11);
        assertThat(tree.read(file, 10)).isEmpty();
        assertThat(file.seek(tree.root, 6, 0)).isEqualTo(6);
        assertThat(tree.read(file, 10)).isEqualTo("world");
        assertThat(file.seek(tree.root, -1, 0)).isEqualTo(-EINVAL);
        assertThat(file.seek(tree.root, -5, 2)).isEqualTo(6);
        assertThat(tree.writeAt(file, "WORLD", 6)).isEqualTo(5);
        assertThat(tree.readAt(file, 20, 0)).isEqualTo("hello WORLD");
        assertThat(file.seek(tree.root, 0, 1)).isEqualTo(6);
        file.release();
    }

    @ParameterizedTest
    @MethodSource("trees")
    void holesReadAsZerosAndTakeNoRoom(Tree tree) {
        OpenFile file = tree.open("/f", CREATE);
        tree.writeAt(file, "a", 0);
        tree.writeAt(file, "b", 1L << 40);
        assertThat(file.inode().size()).isEqualTo((1L << 40) + 1);
        assertThat(file.inode().blocks()).isEqualTo(16);
        assertThat(tree.readAt(file, 3, 4094)).isEqualTo("\0\0\0");
        assertThat(file.seek(tree.root, 1, 3)).isEqualTo(1);
        assertThat(file.seek(tree.root, 4096, 3)).isEqualTo(1L << 40);
        assertThat(file.seek(tree.root, 0, 4)).isEqualTo(4096);
        assertThat(file.seek(tree.root, 1L << 40, 4)).isEqualTo((1L << 40) + 1);
        assertThat(file.seek(tree.root, 1L << 41, 3)).isEqualTo(-ENXIO);
        file.release();
    }

    @ParameterizedTest
    @MethodSource("trees")
    void truncationCutsAndGrows(Tree tree) {
        OpenFile file = tree.open("/f", CREATE);
        tree.write(file, "x".repeat(10_000));
        assertThat(file.truncate(tree.root, 5)).isZero();
        assertThat(file.inode().blocks()).isEqualTo(8);
        assertThat(file.truncate(tree.root, 10)).isZero();
        assertThat(tree.readAt(file, 20, 0)).isEqualTo("xxxxx\0\0\0\0\0");
        assertThat(file.truncate(tree.root, -1)).isEqualTo(-EINVAL);
        file.release();
    }

    @ParameterizedTest
    @MethodSource("trees")
    void holesArePunched(Tree tree) {
        OpenFile file = tree.open("/f", CREATE);
        tree.write(file, "x".repeat(3 * 4096));
        int punch = Fallocate.PUNCH_HOLE | Fallocate.KEEP_SIZE;
        assertThat(file.allocate(tree.root, punch, 4000, 5000)).isZero();
        assertThat(file.inode().blocks()).isEqualTo(16);
        assertThat(tree.readAt(file, 3, 3999)).isEqualTo("x\0\0");
        assertThat(tree.readAt(file, 3, 8999)).isEqualTo("\0xx");
        assertThat(file.allocate(tree.root, Fallocate.KEEP_SIZE, 0, 20_000)).isZero();
        assertThat(file.inode().size()).isEqualTo(3 * 4096);
        assertThat(file.inode().blocks()).isEqualTo(40);
        assertThat(file.allocate(tree.root, 0, 0, 20_000)).isZero();
        assertThat(file.inode().size()).isEqualTo(20_000);
        file.release();
    }

    @ParameterizedTest
    @MethodSource("trees")
    void memoryComesBackWithTheLastUse(Tree tree) {
        int before = tree.memory.usedFrames();
        OpenFile file = tree.open("/f", CREATE);
        tree.write(file, "x".repeat(1 << 20));
        assertThat(tree.memory.usedFrames()).isEqualTo(before + 256);
        tree.unlink("/f");
        assertThat(tree.readAt(file, 1, 0)).isEqualTo("x");
        assertThat(tree.memory.usedFrames()).isEqualTo(before + 256);
        file.release();
        assertThat(tree.memory.usedFrames()).isEqualTo(before);
        OpenFile unnamed = tree.open("/", OpenFlags.O_TMPFILE | OpenFlags.O_RDWR);
        tree.write(unnamed, "x");
        assertThat(tree.list("/")).isEmpty();
        unnamed.release();
        assertThat(tree.memory.usedFrames()).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("trees")
    void anUnnamedFileCanBeNamed(Tree tree) {
        OpenFile file = tree.open("/", OpenFlags.O_TMPFILE | OpenFlags.O_RDWR);
        tree.write(file, "now");
        assertThat(Names.link(new PathWalk(tree.root, tree.fs, null), file.path(), "/named"))
                .isZero();
        assertThat(tree.get("/named")).isEqualTo("now");
        file.release();
        assertThat(tree.get("/named")).isEqualTo("now");
    }

    @ParameterizedTest
    @MethodSource("trees")
    void appendingGoesToTheEnd(Tree tree) {
        tree.put("/f", "start");
        OpenFile file = tree.open("/f", OpenFlags.O_RDWR | OpenFlags.O_APPEND);
        tree.write(file, "+");
        tree.writeAt(file, "-", 0);
        assertThat(tree.get("/f")).isEqualTo("start+-");
        assertThat(file.seek(tree.root, 0, 1)).isEqualTo(6);
        file.release();
    }

    @ParameterizedTest
    @MethodSource("trees")
    void fileSizeLimitsSignal(Tree tree) {
        OpenFile file = tree.open("/f", CREATE);
        tree.root.fileSizeLimit = 10;
        assertThat(tree.write(file, "x".repeat(20))).isEqualTo(10);
        assertThat(tree.root.lastSignal).isZero();
        assertThat(tree.write(file, "x")).isEqualTo(-EFBIG);
        assertThat(tree.root.lastSignal).isEqualTo(Signals.SIGXFSZ);
        assertThat(file.truncate(tree.root, 11)).isEqualTo(-EFBIG);
        file.release();
    }

    @Test
    void aFullFileSystemSaysSo() {
        Tree tree = Tree.of(frames -> Tree.newTmpFs(frames, 8192));
        OpenFile file = tree.open("/f", CREATE);
        assertThat(tree.write(file, "x".repeat(10_000))).isEqualTo(8192);
        assertThat(tree.write(file, "x")).isEqualTo(-ENOSPC);
        assertThat(file.truncate(tree.root, 0)).isZero();
        file.seek(tree.root, 0, 0);
        assertThat(tree.write(file, "x")).isEqualTo(1);
        file.release();
        tree.close();
    }

    @ParameterizedTest
    @MethodSource("trees")
    void writingTakesSetIdBitsAway(Tree tree) {
        tree.put("/f", "x");
        Inode inode = tree.inode("/f");
        inode.setOwner(1000, 1000);
        inode.setMode(06775);
        tree.as(tree.user);
        OpenFile file = tree.open("/f", OpenFlags.O_WRONLY);
        tree.write(file, "y");
        assertThat(inode.mode() & 07777).isEqualTo(0775);
        file.release();
    }

    @Test
    void locksExcludeOthersOnly() {
        Tree tree = Tree.tmpfs();
        tree.put("/f", "x");
        FileLocks locks = tree.inode("/f").locks();
        long held = tree.inode("/f").fileSystem().heapBudget().usedBytes();
        HeapBudget budget = new HeapBudget(1 << 20);
        FileTable one = new FileTable(budget);
        FileTable two = new FileTable(budget);
        FileLocks.Kind exclusive = FileLocks.Kind.EXCLUSIVE;
        FileLocks.Kind shared = FileLocks.Kind.SHARED;
        assertThat(
                        locks.lock(
                                tree.root,
                                new FileLocks.Range(one, 1, exclusive, 0, 9),
                                FileLocks.Waiting.NO))
                .isZero();
        assertThat(
                        locks.lock(
                                tree.root,
                                new FileLocks.Range(two, 2, shared, 5, 5),
                                FileLocks.Waiting.NO))
                .isEqualTo(-EAGAIN);
        locks.unlock(one, 4, 6);
        assertThat(
                        locks.lock(
                                tree.root,
                                new FileLocks.Range(two, 2, shared, 5, 5),
                                FileLocks.Waiting.NO))
                .isZero();
        assertThat(locks.conflict(new FileLocks.Range(two, 2, shared, 0, 100)).last()).isIn(3L, 9L);
        assertThat(
                        locks.lock(
                                tree.root,
                                new FileLocks.Range(one, 1, shared, 0, 9),
                                FileLocks.Waiting.NO))
                .isZero();
        assertThat(locks.conflict(new FileLocks.Range(two, 2, shared, 0, 100))).isNull();
        locks.releaseOwner(one);
        locks.releaseOwner(two);
        assertThat(tree.inode("/f").fileSystem().heapBudget().usedBytes()).isEqualTo(held);
        assertThat(locks.lockWhole(tree.root, "a", exclusive, FileLocks.Waiting.NO)).isZero();
        assertThat(locks.lockWhole(tree.root, "b", shared, FileLocks.Waiting.NO))
                .isEqualTo(-EAGAIN);
        assertThat(locks.lockWhole(tree.root, "a", shared, FileLocks.Waiting.NO)).isZero();
        assertThat(locks.lockWhole(tree.root, "b", shared, FileLocks.Waiting.NO)).isZero();
        tree.close();
    }
}
