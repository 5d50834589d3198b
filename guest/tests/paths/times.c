/* utimensat and futimens: exact values, NOW, OMIT, refusals. */
#include "../check.h"

int main(void) {
    enter_scratch();
    struct stat st;
    make_file("file", "x");
    MUST(symlink("file", "link"));
    struct timespec times[2] = {{1000000000, 123456789}, {1100000000, 987654321}};
    CHECK_EQ(utimensat(AT_FDCWD, "file", times, 0), 0);
    CHECK_EQ(stat("file", &st), 0);
    CHECK(st.st_atim.tv_sec == 1000000000 && st.st_atim.tv_nsec == 123456789);
    CHECK(st.st_mtim.tv_sec == 1100000000 && st.st_mtim.tv_nsec == 987654321);

    struct timespec omit[2] = {{0, UTIME_OMIT}, {5, 6}};
    CHECK_EQ(utimensat(AT_FDCWD, "file", omit, 0), 0);
    CHECK_EQ(stat("file", &st), 0);
    CHECK(st.st_atim.tv_sec == 1000000000 && st.st_mtim.tv_sec == 5 && st.st_mtim.tv_nsec == 6);

    struct timespec now[2] = {{0, UTIME_NOW}, {0, UTIME_OMIT}};
    time_t before = time(NULL);
    int fd = MUST(open("file", O_RDONLY));
    CHECK_EQ(futimens(fd, now), 0);
    CHECK(fstat(fd, &st) == 0 && st.st_atim.tv_sec >= before - 1 && st.st_mtim.tv_sec == 5);
    CHECK_EQ(futimens(fd, NULL), 0);
    CHECK(fstat(fd, &st) == 0 && st.st_mtim.tv_sec >= before - 1);
    close(fd);

    CHECK_EQ(utimensat(AT_FDCWD, "link", times, AT_SYMLINK_NOFOLLOW), 0);
    CHECK(lstat("link", &st) == 0 && st.st_mtim.tv_sec == 1100000000);
    CHECK(stat("file", &st) == 0 && st.st_mtim.tv_sec != 1100000000);

    struct timespec early[2] = {{-5, 0}, {-5, 0}}; /* before 1970 */
    CHECK_EQ(utimensat(AT_FDCWD, "file", early, 0), 0);
    CHECK(stat("file", &st) == 0 && st.st_mtim.tv_sec == -5);

    struct timespec wrong[2] = {{0, 1000000000}, {0, 0}};
    CHECK_ERRNO(utimensat(AT_FDCWD, "file", wrong, 0), EINVAL);
    CHECK_ERRNO(utimensat(AT_FDCWD, "absent", times, 0), ENOENT);
    CHECK_ERRNO(utimensat(AT_FDCWD, "file", times, 0x8), EINVAL);
    CHECK_ERRNO(futimens(999, NULL), EBADF);
    if (geteuid() == 0) {
        MUST(chmod(".", 0755));
        MUST(chmod("file", 0644));
        CHECK_EQ(IN_CHILD({
            MUST(setuid(12345));
            CHECK_ERRNO(utimensat(AT_FDCWD, "file", times, 0), EPERM);
            CHECK_ERRNO(utimensat(AT_FDCWD, "file", NULL, 0), EACCES);
        }), 0);
        MUST(chmod("file", 0666));
        CHECK_EQ(IN_CHILD({
            MUST(setuid(12345));
            CHECK_EQ(utimensat(AT_FDCWD, "file", NULL, 0), 0); /* "now" needs only the right to write */
        }), 0);
    }
    leave_scratch();
    return done();
}
