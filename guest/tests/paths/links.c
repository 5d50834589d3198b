/* link, symlink, readlink: counts, loops, lengths. */
#include "../check.h"

static void hard_links(void) {
    struct stat st;
    make_file("file", "x");
    CHECK_EQ(link("file", "second"), 0);
    CHECK(stat("file", &st) == 0 && st.st_nlink == 2);
    CHECK_ERRNO(link("file", "second"), EEXIST);
    CHECK_ERRNO(link("absent", "third"), ENOENT);
    CHECK_ERRNO(link(".", "folder"), EPERM);
    CHECK_ERRNO(link("file", "/dev/guest-test"), EXDEV);
    MUST(symlink("file", "sym"));
    CHECK_EQ(link("sym", "symsym"), 0); /* the link itself, not what it names */
    CHECK(lstat("symsym", &st) == 0 && S_ISLNK(st.st_mode) && st.st_nlink == 2);
    CHECK_EQ(linkat(AT_FDCWD, "sym", AT_FDCWD, "followed", AT_SYMLINK_FOLLOW), 0);
    CHECK(lstat("followed", &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 3);
    CHECK_ERRNO(linkat(AT_FDCWD, "file", AT_FDCWD, "x", 0x8), EINVAL);
    CHECK_EQ(unlink("file"), 0);
    CHECK(stat("second", &st) == 0 && st.st_nlink == 2);
}

static void symbolic_links(void) {
    char target[64];
    CHECK_EQ(symlink("some/where", "l"), 0);
    memset(target, '#', sizeof target);
    CHECK_EQ(readlink("l", target, sizeof target), 10);
    CHECK(!memcmp(target, "some/where#", 11)); /* no NUL is added */
    CHECK_EQ(readlink("l", target, 4), 4);     /* and what does not fit is cut off in silence */
    CHECK_ERRNO(readlink("l", target, 0), EINVAL);
    CHECK_ERRNO(readlink("second", target, 10), EINVAL);
    CHECK_ERRNO(readlink("absent", target, 10), ENOENT);
    CHECK_ERRNO(symlink("x", "l"), EEXIST);
    CHECK_ERRNO(symlink("", "empty"), ENOENT);
    CHECK_ERRNO(symlink("x", ""), ENOENT);
    CHECK_ERRNO(symlink("x", "absent/l"), ENOENT);
    CHECK_ERRNO(open("l", O_RDONLY), ENOENT);
}

static void resolution(void) {
    struct stat st;
    char name[16], target[16];
    MUST(symlink("loop2", "loop1"));
    MUST(symlink("loop1", "loop2"));
    CHECK_ERRNO(stat("loop1", &st), ELOOP);
    CHECK_ERRNO(open("loop1", O_WRONLY | O_CREAT, 0600), ELOOP);
    MUST(symlink("self", "self"));
    CHECK_ERRNO(stat("self/x", &st), ELOOP);
    CHECK_EQ(lstat("self", &st), 0);
    /* 40 links in a row are followed, 41 are not. */
    make_file("chain0", "end");
    for (int i = 1; i <= 41; i++) {
        snprintf(name, sizeof name, "chain%d", i);
        snprintf(target, sizeof target, "chain%d", i - 1);
        MUST(symlink(target, name));
    }
    CHECK_EQ(stat("chain40", &st), 0);
    CHECK_ERRNO(stat("chain41", &st), ELOOP);
    MUST(mkdir("d", 0755));
    make_file("d/file", "in d");
    MUST(symlink("d", "to_d"));
    CHECK(file_is("to_d/file", "in d"));
    CHECK(file_is("to_d/../d/file", "in d"));
    CHECK(lstat("to_d", &st) == 0 && S_ISLNK(st.st_mode));
    CHECK(lstat("to_d/", &st) == 0 && S_ISDIR(st.st_mode)); /* a trailing slash follows */
    MUST(symlink("../second", "d/up"));
    CHECK_EQ(stat("d/up", &st), 0);
    snprintf(target, sizeof target, "%s", "/");
    MUST(symlink(target, "root"));
    CHECK_EQ(stat("root/dev/null", &st), 0);
    CHECK_ERRNO(unlink("to_d/"), ENOTDIR);
    CHECK_ERRNO(rmdir("to_d"), ENOTDIR);
    CHECK_EQ(unlink("to_d"), 0);
    CHECK_EQ(stat("d", &st), 0);
}

int main(void) {
    enter_scratch();
    hard_links();
    symbolic_links();
    resolution();
    leave_scratch();
    return done();
}
