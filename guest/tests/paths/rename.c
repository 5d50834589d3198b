/* rename, renameat2: replacing, refusing, exchanging, moving folders. */
#include "../check.h"

static int exists(const char *path) { struct stat st; return lstat(path, &st) == 0; }

static void replacing(void) {
    make_file("a", "A");
    make_file("b", "B");
    int old = MUST(open("b", O_RDONLY));
    CHECK_EQ(rename("a", "b"), 0);
    CHECK(!exists("a") && file_is("b", "A"));
    char c;
    CHECK(read(old, &c, 1) == 1 && c == 'B'); /* the replaced file lives on while open */
    struct stat st;
    CHECK(fstat(old, &st) == 0 && st.st_nlink == 0);
    close(old);
    MUST(link("b", "hard"));
    CHECK_EQ(rename("b", "hard"), 0); /* two names of one file: nothing happens */
    CHECK(exists("b") && exists("hard"));
    CHECK_EQ(rename("b", "b"), 0);
    MUST(symlink("b", "sym"));
    CHECK_EQ(rename("sym", "sym2"), 0);
    CHECK(lstat("sym2", &st) == 0 && S_ISLNK(st.st_mode));
    unlink("sym2");
}

static void folders(void) {
    MUST(mkdir("d1", 0755));
    MUST(mkdir("d2", 0755));
    make_file("d1/in", "x");
    CHECK_EQ(rename("d1", "d2"), 0); /* an empty folder may be replaced */
    CHECK(exists("d2/in") && !exists("d1"));
    MUST(mkdir("d1", 0755));
    int e = rename("d1", "d2") < 0 ? errno : 0;
    CHECK(e == ENOTEMPTY || e == EEXIST);
    CHECK_ERRNO(rename("d1", "b"), ENOTDIR);
    CHECK_ERRNO(rename("b", "d1"), EISDIR);
    CHECK_ERRNO(rename("d2", "d2/sub"), EINVAL);
    MUST(mkdir("d2/sub", 0755));
    CHECK_ERRNO(rename("d2", "d2/sub/x"), EINVAL);
    CHECK_EQ(rename("d2/sub", "d1/sub"), 0);
    struct stat st;
    CHECK(stat("d1/sub/..", &st) == 0);
    ino_t parent = st.st_ino;
    CHECK(stat("d1", &st) == 0 && st.st_ino == parent); /* ".." follows the move */
    CHECK_EQ(rename("d2/", "d3/"), 0);
    CHECK_EQ(rename("d3", "d2"), 0);
    CHECK_ERRNO(rename("b/", "c"), ENOTDIR);
    CHECK_ERRNO(rename("b", "c/"), ENOTDIR);
}

static void refusals(void) {
    CHECK_ERRNO(rename("absent", "x"), ENOENT);
    CHECK_ERRNO(rename("b", "absent/x"), ENOENT);
    CHECK_ERRNO(rename("b", "hard/x"), ENOTDIR);
    CHECK_ERRNO(rename("", "x"), ENOENT);
    CHECK_ERRNO(rename("b", ""), ENOENT);
    CHECK_ERRNO(rename(".", "x"), EBUSY);
    CHECK_ERRNO(rename("b", "."), EBUSY);
    CHECK_ERRNO(rename("d2/..", "x"), EBUSY);
    CHECK_ERRNO(rename("b", "/proc/x"), EXDEV);
    CHECK_ERRNO(rename((char *)16, "x"), EFAULT);
}

static void flags(void) {
    make_file("one", "1");
    make_file("two", "2");
    CHECK_ERRNO(renameat2(AT_FDCWD, "one", AT_FDCWD, "two", RENAME_NOREPLACE), EEXIST);
    CHECK_EQ(renameat2(AT_FDCWD, "one", AT_FDCWD, "three", RENAME_NOREPLACE), 0);
    CHECK(file_is("three", "1"));
    CHECK_EQ(renameat2(AT_FDCWD, "three", AT_FDCWD, "two", RENAME_EXCHANGE), 0);
    CHECK(file_is("three", "2") && file_is("two", "1"));
    CHECK_EQ(renameat2(AT_FDCWD, "two", AT_FDCWD, "d2", RENAME_EXCHANGE), 0); /* even file against folder */
    CHECK(file_is("d2", "1") && exists("two/in"));
    CHECK_EQ(renameat2(AT_FDCWD, "two", AT_FDCWD, "d2", RENAME_EXCHANGE), 0);
    CHECK_ERRNO(renameat2(AT_FDCWD, "two", AT_FDCWD, "absent", RENAME_EXCHANGE), ENOENT);
    CHECK_ERRNO(renameat2(AT_FDCWD, "two", AT_FDCWD, "x", RENAME_NOREPLACE | RENAME_EXCHANGE), EINVAL);
    CHECK_ERRNO(renameat2(AT_FDCWD, "two", AT_FDCWD, "x", 0x100), EINVAL);
    int from = MUST(open("d2", O_RDONLY | O_DIRECTORY)), to = MUST(open("d1", O_RDONLY | O_DIRECTORY));
    CHECK_EQ(renameat(from, "in", to, "out"), 0);
    CHECK(exists("d1/out"));
    CHECK_ERRNO(renameat(999, "in", to, "out"), EBADF);
    close(from), close(to);
}

int main(void) {
    enter_scratch();
    replacing();
    folders();
    refusals();
    flags();
    leave_scratch();
    return done();
}
