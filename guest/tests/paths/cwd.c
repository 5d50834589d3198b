/* chdir, fchdir, getcwd, also in folders that were moved or removed; chroot. */
#include "../check.h"

int main(void) {
    enter_scratch();
    char path[PATH_MAX], expected[PATH_MAX + 64];
    CHECK(getcwd(path, sizeof path) && !strcmp(path, scratch));
    CHECK_EQ(syscall(SYS_getcwd, path, sizeof path), (long)strlen(scratch) + 1);
    CHECK_ERRNO(syscall(SYS_getcwd, path, 3), ERANGE);
    CHECK_ERRNO(syscall(SYS_getcwd, 16, sizeof path), EFAULT);
    MUST(mkdir("a", 0755));
    MUST(mkdir("a/b", 0755));
    MUST(symlink("a/b", "link"));
    CHECK_EQ(chdir("link"), 0);
    snprintf(expected, sizeof expected, "%s/a/b", scratch);
    CHECK(getcwd(path, sizeof path) && !strcmp(path, expected)); /* the real place, not the way there */
    MUST(rename("../../a", "../../moved"));
    snprintf(expected, sizeof expected, "%s/moved/b", scratch);
    CHECK(getcwd(path, sizeof path) && !strcmp(path, expected));
    int fd = MUST(open("..", O_RDONLY));
    CHECK_EQ(fchdir(fd), 0);
    close(fd);
    CHECK_EQ(chdir("b"), 0);
    MUST(rmdir("../b"));
    CHECK_ERRNO(syscall(SYS_getcwd, path, sizeof path), ENOENT);
    CHECK_ERRNO(open("x", O_WRONLY | O_CREAT, 0600), ENOENT);
    struct stat st;
    CHECK_EQ(stat(".", &st), 0);
    CHECK_EQ(chdir(".."), 0);
    snprintf(expected, sizeof expected, "%s/moved", scratch);
    CHECK(getcwd(path, sizeof path) && !strcmp(path, expected));
    make_file("file", "");
    CHECK_ERRNO(chdir("file"), ENOTDIR);
    CHECK_ERRNO(chdir("absent"), ENOENT);
    fd = MUST(open("file", O_RDONLY));
    CHECK_ERRNO(fchdir(fd), ENOTDIR);
    CHECK_ERRNO(fchdir(999), EBADF);
    close(fd);
    CHECK_EQ(IN_CHILD(chdir("/")), 0); /* a child's change is its own */
    CHECK(getcwd(path, sizeof path) && !strcmp(path, expected));
    if (geteuid() == 0) {
        CHECK_EQ(IN_CHILD({
            MUST(mkdir("inner", 0755));
            CHECK_EQ(chroot("."), 0);
            MUST(chdir("/"));
            CHECK_EQ(access("/file", F_OK), 0);
            CHECK_EQ(access("/../../file", F_OK), 0);
            CHECK_ERRNO(access("/dev/null", F_OK), ENOENT);
            CHECK(getcwd(path, sizeof path) && !strcmp(path, "/"));
            CHECK_EQ(chdir("inner/../../../inner"), 0);
            CHECK(getcwd(path, sizeof path) && !strcmp(path, "/inner"));
        }), 0);
        CHECK_EQ(IN_CHILD({
            MUST(setuid(12345));
            CHECK_ERRNO(chroot("/tmp"), EPERM);
        }), 0);
    }
    leave_scratch();
    return done();
}
