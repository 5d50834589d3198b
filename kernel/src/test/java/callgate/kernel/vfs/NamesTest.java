package callgate.kernel.vfs;

import static callgate.kernel.abi.Errno.EACCES;
import static callgate.kernel.abi.Errno.EBUSY;
import static callgate.kernel.abi.Errno.EEXIST;
import static callgate.kernel.abi.Errno.EINVAL;
import static callgate.kernel.abi.Errno.EISDIR;
import static callgate.kernel.abi.Errno.ELOOP;
import static callgate.kernel.abi.Errno.ENAMETOOLONG;
import static callgate.kernel.abi.Errno.ENOENT;
import static callgate.kernel.abi.Errno.ENOTDIR;
import static callgate.kernel.abi.Errno.ENOTEMPTY;
import static callgate.kernel.abi.Errno.EPERM;
import static callgate.kernel.abi.Errno.EROFS;
import static callgate.kernel.abi.Errno.EXDEV;
import static org.assertj.core.api.Assertions.assertThat;

import callgate.kernel.abi.OpenFlags;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Names and path walking, on every file system that can be written. */
class NamesTest {
    static Stream<Tree> trees() {
        return Stream.of(Tree.tmpfs(), Tree.overlay());
    }

    @ParameterizedTest
    @MethodSource("trees")
    void namesAreMadeFoundAndRemoved(Tree tree) {
        assertThat(tree.mkdir("/a")).isZero();
        assertThat(tree.mkdir("/a/b/")).isZero();
        assertThat(tree.mkdir("/a")).isEqualTo(-EEXIST);
        assertThat(tree.mkdir("/x/y")).isEqualTo(-ENOENT);
        tree.put("/a/f", "hello");
        assertThat(tree.get("/a/./b/../f")).isEqualTo("hello");
        assertThat(tree.list("/a")).containsExactly("b", "f");
        assertThat(tree.mkdir("/a/f/c")).isEqualTo(-ENOTDIR);
        assertThat(tree.unlink("/a/b")).isEqualTo(-EISDIR);
        assertThat(tree.rmdir("/a/f")).isEqualTo(-ENOTDIR);
        assertThat(tree.rmdir("/a")).isEqualTo(-ENOTEMPTY);
        assertThat(tree.rmdir("/a/b/.")).isEqualTo(-EINVAL);
        assertThat(tree.rmdir("/a/b/..")).isEqualTo(-ENOTEMPTY);
        assertThat(tree.rmdir("/")).isEqualTo(-EBUSY);
        assertThat(tree.unlink("/a/f/")).isEqualTo(-ENOTDIR);
        assertThat(tree.unlink("/a/f")).isZero();
        assertThat(tree.lookup("/a/f")).isEqualTo(-ENOENT);
        assertThat(tree.inode("/a").links()).isEqualTo(3);
        assertThat(tree.rmdir("/a/b/")).isZero();
        assertThat(tree.inode("/a").links()).isEqualTo(2);
        assertThat(tree.rmdir("/a")).isZero();
        assertThat(tree.lookup("/a")).isEqualTo(-ENOENT);
    }

    @ParameterizedTest
    @MethodSource("trees")
    void pathsFollowTheRules(Tree tree) {
        tree.mkdir("/d");
        tree.put("/d/f", "x");
        assertThat(tree.lookup("")).isEqualTo(-ENOENT);
        assertThat(tree.lookup("/")).isZero();
        assertThat(tree.lookup("///d//f")).isZero();
        assertThat(tree.lookup("/d/f/")).isEqualTo(-ENOTDIR);
        assertThat(tree.lookup("/d/f/.")).isEqualTo(-ENOTDIR);
        assertThat(tree.lookup("/../../d")).isZero();
        assertThat(tree.lookup("/" + "n".repeat(255))).isEqualTo(-ENOENT);
        assertThat(tree.lookup("/" + "n".repeat(256))).isEqualTo(-ENAMETOOLONG);
        assertThat(tree.tryOpen("/d/", OpenFlags.O_CREAT)).isEqualTo(-EISDIR);
        assertThat(tree.tryOpen("/d/g/", OpenFlags.O_CREAT)).isEqualTo(-EISDIR);
        assertThat(tree.tryOpen("/d", OpenFlags.O_RDWR)).isEqualTo(-EISDIR);
        assertThat(tree.tryOpen("/d/f", OpenFlags.O_DIRECTORY)).isEqualTo(-ENOTDIR);
        assertThat(tree.tryOpen("/d/f", OpenFlags.O_CREAT | OpenFlags.O_EXCL)).isEqualTo(-EEXIST);
        assertThat(tree.tryOpen("/d/none/f", OpenFlags.O_CREAT)).isEqualTo(-ENOENT);
    }

    @ParameterizedTest
    @MethodSource("trees")
    void symbolicLinksAreFollowed(Tree tree) {
        tree.mkdir("/d");
        tree.put("/d/f", "x");
        tree.symlink("/d", "/abs");
        tree.symlink("d/f", "/rel");
        tree.symlink("loop", "/loop");
        tree.symlink("nowhere", "/dangling");
        assertThat(tree.get("/abs/f")).isEqualTo("x");
        assertThat(tree.get("/rel")).isEqualTo("x");
        assertThat(tree.lookup("/rel/")).isEqualTo(-ENOTDIR);
        assertThat(tree.lookup("/abs/")).isZero();
        assertThat(tree.lookup("/loop")).isEqualTo(-ELOOP);
        assertThat(tree.lookup("/dangling")).isEqualTo(-ENOENT);
        assertThat(tree.tryOpen("/rel", OpenFlags.O_NOFOLLOW)).isEqualTo(-ELOOP);
        assertThat(tree.tryOpen("/rel", OpenFlags.O_NOFOLLOW | OpenFlags.O_PATH)).isZero();
        assertThat(tree.tryOpen("/rel", OpenFlags.O_CREAT | OpenFlags.O_EXCL)).isEqualTo(-EEXIST);
        tree.put("/dangling", "made through the link");
        assertThat(tree.get("/nowhere")).isEqualTo("made through the link");
        assertThat(tree.mkdir("/rel/x")).isEqualTo(-ENOTDIR);
        assertThat(tree.linkInode("/abs").readlink()).isEqualTo("/d");
        assertThat(tree.linkInode("/abs").size()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("trees")
    void fortyLinksAreFollowedAndNoMore(Tree tree) {
        tree.put("/f", "x");
        tree.symlink("/f", "/l1");
        for (int i = 2; i <= 41; i++) {
            tree.symlink("/l" + (i - 1), "/l" + i);
        }
        assertThat(tree.lookup("/l40")).isZero();
        assertThat(tree.lookup("/l41")).isEqualTo(-ELOOP);
    }

    @ParameterizedTest
    @MethodSource("trees")
    void renameMovesAndReplaces(Tree tree) {
        tree.mkdir("/a");
        tree.mkdir("/b");
        tree.mkdir("/a/sub");
        tree.put("/a/f", "f");
        tree.put("/b/g", "g");
        assertThat(tree.rename("/a/f", "/b/f")).isZero();
        assertThat(tree.get("/b/f")).isEqualTo("f");
        assertThat(tree.lookup("/a/f")).isEqualTo(-ENOENT);
        assertThat(tree.rename("/b/f", "/b/g")).isZero();
        assertThat(tree.get("/b/g")).isEqualTo("f");
        assertThat(tree.list("/b")).containsExactly("g");
        assertThat(tree.rename("/b/g", "/a")).isEqualTo(-EISDIR);
        assertThat(tree.rename("/a", "/b/g")).isEqualTo(-ENOTDIR);
        assertThat(tree.rename("/a", "/b")).isEqualTo(-ENOTEMPTY);
        assertThat(tree.rename("/a", "/a/sub/x")).isEqualTo(-EINVAL);
        assertThat(tree.rename("/a/sub", "/a")).isEqualTo(-ENOTEMPTY);
        assertThat(tree.rename("/none", "/x")).isEqualTo(-ENOENT);
        assertThat(tree.rename("/b/g", "/b/h/")).isEqualTo(-ENOTDIR);
        assertThat(tree.rename("/a/sub", "/b/moved/")).isZero();
        assertThat(tree.nameOf(tree.path("/b/moved"))).isEqualTo("/b/moved");
        assertThat(tree.rename("/b/.", "/x")).isEqualTo(-EBUSY);
        assertThat(tree.inode("/b").links()).isEqualTo(3);
        assertThat(tree.inode("/a").links()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("trees")
    void renameCanExchangeOrRefuseToReplace(Tree tree) {
        tree.mkdir("/d");
        tree.put("/d/in", "in");
        tree.put("/f", "f");
        assertThat(tree.rename("/f", "/d", Rename.RENAME_NOREPLACE)).isEqualTo(-EEXIST);
        assertThat(tree.rename("/f", "/none", Rename.RENAME_EXCHANGE)).isEqualTo(-ENOENT);
        assertThat(tree.rename("/f", "/d", Rename.RENAME_EXCHANGE)).isZero();
        assertThat(tree.get("/d")).isEqualTo("f");
        assertThat(tree.get("/f/in")).isEqualTo("in");
        assertThat(tree.rename("/d", "/new", Rename.RENAME_NOREPLACE)).isZero();
        assertThat(tree.list("/")).containsExactly("f", "new");
    }

    @ParameterizedTest
    @MethodSource("trees")
    void hardLinksAreOneFile(Tree tree) {
        tree.put("/f", "one");
        assertThat(tree.link("/f", "/g")).isZero();
        assertThat(tree.inode("/f")).isSameAs(tree.inode("/g"));
        assertThat(tree.inode("/f").links()).isEqualTo(2);
        assertThat(tree.rename("/f", "/g")).isZero();
        assertThat(tree.list("/")).containsExactly("f", "g");
        tree.put("/g", "two");
        assertThat(tree.get("/f")).isEqualTo("two");
        assertThat(tree.unlink("/f")).isZero();
        assertThat(tree.inode("/g").links()).isEqualTo(1);
        tree.mkdir("/d");
        assertThat(tree.link("/d", "/e")).isEqualTo(-EPERM);
        assertThat(tree.link("/g", "/d")).isEqualTo(-EEXIST);
    }

    @ParameterizedTest
    @MethodSource("trees")
    void permissionsAreChecked(Tree tree) {
        tree.mkdir("/private", 0700);
        tree.mkdir("/public", 0777);
        tree.inode("/public").setMode(01777);
        tree.put("/public/root", "r");
        tree.as(tree.user);
        assertThat(tree.lookup("/private/x")).isEqualTo(-EACCES);
        assertThat(tree.mkdir("/x")).isEqualTo(-EACCES);
        assertThat(tree.tryOpen("/public/root", OpenFlags.O_RDONLY)).isZero();
        assertThat(tree.tryOpen("/public/root", OpenFlags.O_WRONLY)).isEqualTo(-EACCES);
        assertThat(tree.unlink("/public/root")).isEqualTo(-EPERM);
        assertThat(tree.rename("/public/root", "/public/x")).isEqualTo(-EPERM);
        tree.put("/public/mine", "m");
        assertThat(tree.inode("/public/mine").uid()).isEqualTo(1000);
        assertThat(tree.rename("/public/mine", "/public/root")).isEqualTo(-EPERM);
        assertThat(tree.unlink("/public/mine")).isZero();
        assertThat(
                        tree.mknod(
                                "/public/null",
                                callgate.kernel.abi.Mode.S_IFCHR | 0666,
                                DeviceNumber.of(1, 3)))
                .isEqualTo(-EPERM);
    }

    @ParameterizedTest
    @MethodSource("trees")
    void mountsAreCrossedBothWays(Tree tree) {
        tree.mkdir("/mnt");
        tree.put("/below", "b");
        FileSystem other = Tree.newTmpFs(tree.frames, 1 << 20);
        assertThat(tree.namespace.mount(other, tree.path("/mnt"), "other", 0)).isZero();
        tree.put("/mnt/f", "in mount");
        assertThat(tree.get("/mnt/../below")).isEqualTo("b");
        assertThat(tree.get("/mnt/../mnt/f")).isEqualTo("in mount");
        assertThat(tree.nameOf(tree.path("/mnt/f"))).isEqualTo("/mnt/f");
        assertThat(tree.rename("/mnt/f", "/f")).isEqualTo(-EXDEV);
        assertThat(tree.link("/mnt/f", "/f")).isEqualTo(-EXDEV);
        assertThat(tree.rmdir("/mnt")).isEqualTo(-EBUSY);
        assertThat(tree.rename("/mnt", "/other")).isEqualTo(-EBUSY);
        Mount mount = tree.path("/mnt").mount();
        tree.namespace.remount(mount, Mount.MS_RDONLY);
        assertThat(tree.mkdir("/mnt/d")).isEqualTo(-EROFS);
        assertThat(tree.unlink("/mnt/f")).isEqualTo(-EROFS);
        assertThat(tree.tryOpen("/mnt/f", OpenFlags.O_WRONLY)).isEqualTo(-EROFS);
        assertThat(tree.tryOpen("/mnt/g", OpenFlags.O_CREAT)).isEqualTo(-EROFS);
        assertThat(tree.tryOpen("/mnt/f", OpenFlags.O_CREAT)).isZero();
        assertThat(tree.namespace.unmount(mount)).isZero();
        assertThat(tree.lookup("/mnt/f")).isEqualTo(-ENOENT);
        assertThat(tree.rmdir("/mnt")).isZero();
    }

    @ParameterizedTest
    @MethodSource("trees")
    void aChrootIsNotLeft(Tree tree) {
        tree.mkdir("/jail");
        tree.mkdir("/jail/d");
        tree.put("/secret", "s");
        tree.symlink("/secret", "/jail/abs");
        tree.symlink("../../secret", "/jail/rel");
        tree.fs.setRoot(tree.path("/jail"));
        tree.fs.setWorkingDirectory(tree.path("/"));
        assertThat(tree.lookup("/../secret")).isEqualTo(-ENOENT);
        assertThat(tree.lookup("d/../../secret")).isEqualTo(-ENOENT);
        assertThat(tree.lookup("/abs")).isEqualTo(-ENOENT);
        assertThat(tree.lookup("/rel")).isEqualTo(-ENOENT);
        assertThat(tree.nameOf(tree.path("/d"))).isEqualTo("/d");
    }

    @ParameterizedTest
    @MethodSource("trees")
    void openat2ResolvesWithinLimits(Tree tree) {
        tree.mkdir("/a");
        tree.mkdir("/a/b");
        tree.put("/a/f", "x");
        tree.put("/f", "y");
        tree.symlink("/f", "/a/abs");
        tree.symlink("../f", "/a/up");
        tree.symlink("b/../f", "/a/inside");
        Path a = tree.path("/a");
        assertThat(tree.lookup("b/../f", a, PathWalk.RESOLVE_BENEATH)).isZero();
        assertThat(tree.lookup("inside", a, PathWalk.RESOLVE_BENEATH)).isZero();
        assertThat(tree.lookup("../f", a, PathWalk.RESOLVE_BENEATH)).isEqualTo(-EXDEV);
        assertThat(tree.lookup("/f", a, PathWalk.RESOLVE_BENEATH)).isEqualTo(-EXDEV);
        assertThat(tree.lookup("abs", a, PathWalk.RESOLVE_BENEATH)).isEqualTo(-EXDEV);
        assertThat(tree.lookup("up", a, PathWalk.RESOLVE_BENEATH)).isEqualTo(-EXDEV);
        assertThat(tree.lookup("up", a, PathWalk.RESOLVE_IN_ROOT)).isZero();
        assertThat(tree.lookup("abs", a, PathWalk.RESOLVE_IN_ROOT)).isZero();
        assertThat(tree.lookup("/../b", a, PathWalk.RESOLVE_IN_ROOT)).isZero();
        assertThat(tree.lookup("inside", a, PathWalk.RESOLVE_NO_SYMLINKS)).isEqualTo(-ELOOP);
        assertThat(tree.lookup("f", a, PathWalk.RESOLVE_NO_SYMLINKS)).isZero();
    }

    @ParameterizedTest
    @MethodSource("trees")
    void aRemovedDirectoryTakesNoNames(Tree tree) {
        tree.mkdir("/d");
        Path d = tree.path("/d");
        tree.fs.setWorkingDirectory(d);
        tree.rmdir("/d");
        assertThat(tree.mkdir("x")).isEqualTo(-ENOENT);
        assertThat(tree.tryOpen("x", OpenFlags.O_CREAT)).isEqualTo(-ENOENT);
        assertThat(tree.lookup("x")).isEqualTo(-ENOENT);
        assertThat(tree.lookup("..")).isZero();
        assertThat(tree.nameOf(d)).isEqualTo("/d (deleted)");
    }

    @ParameterizedTest
    @MethodSource("trees")
    void aListingSurvivesChanges(Tree tree) {
        for (int i = 0; i < 300; i++) {
            tree.put("/f" + i, "");
        }
        OpenFile directory = tree.open("/", OpenFlags.O_RDONLY);
        java.util.Set<String> seen = new java.util.HashSet<>();
        for (int round = 0; ; round++) {
            int[] room = {10};
            int before = seen.size();
            directory.list(
                    tree.root,
                    (name, number, type, next) -> {
                        if (room[0]-- == 0) {
                            return false;
                        }
                        assertThat(seen.add(name)).as(name).isTrue();
                        return true;
                    });
            if (seen.size() == before) {
                break;
            }
            if (round < 20) {
                tree.unlink("/f" + round);
                tree.put("/new" + round, "");
            }
        }
        for (int i = 100; i < 300; i++) {
            assertThat(seen).contains("f" + i);
        }
        directory.release();
    }

    @ParameterizedTest
    @MethodSource("trees")
    void whatTheHeapHoldsIsCountedAndGivenBack(Tree tree) {
        HeapBudget budget = tree.inode("/").fileSystem().heapBudget();
        tree.mkdir("/d");
        tree.unlink("/warm");
        tree.rename("/warm", "/warmer");
        long before = budget.usedBytes();
        tree.mkdir("/d/e");
        for (int i = 0; i < 2000; i++) {
            tree.lookup("/d/e/missing" + i);
        }
        assertThat(budget.usedBytes() - before).isBetween(1536L, 200_000L);
        tree.put("/d/e/f", "x");
        tree.inode("/d/e/f").setXattr("user.a", new byte[1000], 0);
        tree.rename("/d/e/f", "/d/e/missing1999");
        tree.unlink("/d/e/missing1999");
        tree.rmdir("/d/e");
        assertThat(budget.usedBytes() - before).isLessThan(1536);
    }
}
