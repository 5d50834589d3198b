/* stat, fstatat, statx, statfs, access. */
#include "../check.h"

#include <sys/statfs.h>
#include <sys/sysmacros.h>

static void fields(void) {
    struct stat a, b;
    make_file("file", "12345");
    MUST(link("file", "second"));
    MUST(symlink("file", "link"));
    CHECK_EQ(stat("file", &a), 0);
    CHECK(S_ISREG(a.st_mode) && (a.st_mode & 07777) == 0644 && a.st_size == 5 && a.st_nlink == 2);
    CHECK(a.st_uid == geteuid() && a.st_blksize > 0);
    CHECK(stat("second", &b) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev);
    CHECK(stat("link", &b) == 0 && a.st_ino == b.st_ino);
    CHECK(lstat("link", &b) == 0 && S_ISLNK(b.st_mode) && b.st_size == 4 && a.st_ino != b.st_ino);
    CHECK(stat(".", &b) == 0 && S_ISDIR(b.st_mode) && b.st_dev == a.st_dev);
    CHECK(stat("/dev/null", &b) == 0 && S_ISCHR(b.st_mode) && b.st_rdev == makedev(1, 3));
    CHECK_ERRNO(stat("absent", &b), ENOENT);
    CHECK_ERRNO(stat("file/x", &b), ENOTDIR);
    CHECK_ERRNO(stat("file", (struct stat *)16), EFAULT);
    CHECK_ERRNO(fstat(999, &b), EBADF);
    int ends[2];
    MUST(pipe(ends));
    CHECK(fstat(ends[0], &b) == 0 && S_ISFIFO(b.st_mode));
    close(ends[0]), close(ends[1]);
}

static void flags(void) {
    struct stat st;
    int fd = MUST(open("file", O_RDONLY)), directory = MUST(open(".", O_RDONLY));
    CHECK(fstatat(fd, "", &st, AT_EMPTY_PATH) == 0 && st.st_size == 5);
    CHECK_ERRNO(fstatat(fd, "", &st, 0), ENOENT);
    CHECK(fstatat(AT_FDCWD, "link", &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode));
    CHECK(fstatat(directory, "file", &st, 0) == 0 && S_ISREG(st.st_mode));
    CHECK_ERRNO(fstatat(fd, "file", &st, 0), ENOTDIR);
    CHECK_ERRNO(syscall(SYS_newfstatat, AT_FDCWD, "file", &st, 0x8), EINVAL);
    close(fd), close(directory);
}

static void extended(void) {
    struct statx x;
    memset(&x, 0, sizeof x);
    CHECK_EQ(statx(AT_FDCWD, "file", 0, STATX_BASIC_STATS, &x), 0);
    CHECK((x.stx_mask & STATX_BASIC_STATS) == STATX_BASIC_STATS);
    CHECK(x.stx_size == 5 && x.stx_nlink == 2 && S_ISREG(x.stx_mode));
    CHECK(statx(AT_FDCWD, "link", AT_SYMLINK_NOFOLLOW, STATX_TYPE, &x) == 0 && S_ISLNK(x.stx_mode));
    CHECK_EQ(statx(AT_FDCWD, "file", AT_STATX_DONT_SYNC, STATX_ALL, &x), 0);
    CHECK_ERRNO(statx(AT_FDCWD, "file", AT_STATX_DONT_SYNC | AT_STATX_FORCE_SYNC, STATX_ALL, &x), EINVAL);
    CHECK_ERRNO(statx(AT_FDCWD, "file", 0, STATX__RESERVED, &x), EINVAL);
    CHECK_ERRNO(statx(AT_FDCWD, "file", 0x8, STATX_ALL, &x), EINVAL);
    CHECK_ERRNO(statx(AT_FDCWD, "absent", 0, STATX_ALL, &x), ENOENT);
    CHECK_ERRNO(statx(AT_FDCWD, "", 0, STATX_ALL, &x), ENOENT);
    CHECK(statx(AT_FDCWD, "", AT_EMPTY_PATH, STATX_ALL, &x) == 0 && S_ISDIR(x.stx_mode));
}

static int newer(struct timespec a, struct timespec b) {
    return a.tv_sec > b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec > b.tv_nsec);
}

static void times(void) {
    struct stat before, after, folder;
    MUST(stat("file", &before));
    MUST(stat(".", &folder));
    sleep_ms(20);
    int fd = MUST(open("file", O_WRONLY | O_APPEND));
    MUST(write(fd, "6", 1));
    close(fd);
    CHECK(stat("file", &after) == 0 && newer(after.st_mtim, before.st_mtim) && newer(after.st_ctim, before.st_ctim));
    before = after;
    sleep_ms(20);
    MUST(chmod("file", 0600));
    CHECK(stat("file", &after) == 0 && !newer(after.st_mtim, before.st_mtim) && newer(after.st_ctim, before.st_ctim));
    make_file("another", "");
    CHECK(stat(".", &after) == 0 && newer(after.st_mtim, folder.st_mtim));
}

static void file_systems(void) {
    struct statfs fs;
    CHECK(statfs(".", &fs) == 0 && fs.f_bsize > 0 && fs.f_namelen == 255);
    int fd = MUST(open("file", O_RDONLY));
    CHECK(fstatfs(fd, &fs) == 0 && fs.f_bsize > 0);
    CHECK_ERRNO(statfs("absent", &fs), ENOENT);
    CHECK_ERRNO(fstatfs(999, &fs), EBADF);
    CHECK(statfs("/proc", &fs) == 0 && fs.f_type == 0x9fa0);
    close(fd);
}

static void access_checks(void) {
    MUST(chmod("file", 0644));
    CHECK_EQ(access("file", F_OK), 0);
    CHECK_EQ(access("file", R_OK | W_OK), 0);
    CHECK_ERRNO(access("file", X_OK), EACCES); /* not even root, when nobody may */
    MUST(chmod("file", 0));
    if (geteuid() == 0)
        CHECK_EQ(access("file", R_OK | W_OK), 0);
    MUST(chmod("file", 0100));
    CHECK_EQ(access("file", X_OK), 0);
    CHECK_ERRNO(access("absent", F_OK), ENOENT);
    CHECK_ERRNO(access("file", 8), EINVAL);
    CHECK_EQ(faccessat(AT_FDCWD, "link", F_OK, AT_EACCESS), 0);
    CHECK_EQ(faccessat(AT_FDCWD, "link", F_OK, AT_SYMLINK_NOFOLLOW), 0);
    CHECK_ERRNO(faccessat(AT_FDCWD, "file", F_OK, 0x8), EINVAL);
    MUST(chmod("file", 0640));
    if (geteuid() == 0)
        CHECK_EQ(IN_CHILD({
            MUST(chmod(".", 0755));
            MUST(setgid(12345));
            MUST(setuid(12345));
            CHECK_ERRNO(access("file", R_OK), EACCES);
            CHECK_ERRNO(open("file", O_RDONLY), EACCES);
            CHECK_EQ(access("file", F_OK), 0);
        }), 0);
}

int main(void) {
    umask(022);
    enter_scratch();
    fields();
    flags();
    extended();
    times();
    file_systems();
    access_checks();
    leave_scratch();
    return done();
}
