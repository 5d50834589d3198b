/* open: flags, refusals, and what the descriptor then allows. */
#include "../check.h"

#include <sys/ioctl.h>
#include <sys/resource.h>

static void creation(void) {
    int fd = MUST(open("new", O_RDWR | O_CREAT | O_EXCL, 0640));
    struct stat st;
    CHECK(fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 07777) == 0640 && st.st_size == 0);
    CHECK_EQ(write(fd, "hello", 5), 5);
    close(fd);
    CHECK_ERRNO(open("new", O_RDWR | O_CREAT | O_EXCL, 0640), EEXIST);
    fd = MUST(open("new", O_RDWR | O_CREAT, 0600));
    CHECK(fstat(fd, &st) == 0 && (st.st_mode & 07777) == 0640 && st.st_size == 5);
    close(fd);
    fd = MUST(open("new", O_WRONLY | O_TRUNC));
    CHECK(fstat(fd, &st) == 0 && st.st_size == 0);
    close(fd);
    MUST(symlink("nowhere", "dangling"));
    CHECK_ERRNO(open("dangling", O_WRONLY | O_CREAT | O_EXCL, 0600), EEXIST);
    CHECK_ERRNO(open("dangling", O_RDONLY), ENOENT);
    fd = MUST(open("dangling", O_WRONLY | O_CREAT, 0600));
    close(fd);
    CHECK(access("nowhere", F_OK) == 0);
    umask(077);
    fd = MUST(open("masked", O_WRONLY | O_CREAT, 0666));
    umask(022);
    CHECK(fstat(fd, &st) == 0 && (st.st_mode & 07777) == 0600);
    close(fd);
    fd = MUST(open("unreadable", O_RDWR | O_CREAT, 0));
    CHECK_EQ(write(fd, "x", 1), 1);
    CHECK_EQ(fchmod(fd, 0600), 0);
    close(fd);
}

static void refusals(void) {
    CHECK_ERRNO(open("", O_RDONLY), ENOENT);
    CHECK_ERRNO(open("absent", O_RDONLY), ENOENT);
    CHECK_ERRNO(open("absent/x", O_WRONLY | O_CREAT, 0600), ENOENT);
    CHECK_ERRNO(open("new/x", O_RDONLY), ENOTDIR);
    CHECK_ERRNO(open("new/", O_RDONLY), ENOTDIR);
    CHECK_ERRNO(open("fresh/", O_WRONLY | O_CREAT, 0600), EISDIR);
    CHECK_ERRNO(open((char *)8, O_RDONLY), EFAULT);
    CHECK_ERRNO(open(".", O_WRONLY), EISDIR);
    CHECK_ERRNO(open(".", O_RDWR), EISDIR);
    CHECK_ERRNO(open(".", O_RDONLY | O_CREAT, 0600), EISDIR);
    CHECK_ERRNO(open("new", O_RDONLY | O_DIRECTORY), ENOTDIR);
    MUST(symlink("new", "link"));
    CHECK_ERRNO(open("link", O_RDONLY | O_NOFOLLOW), ELOOP);
    int fd = MUST(open("link", O_RDONLY));
    CHECK_ERRNO(write(fd, "x", 1), EBADF);
    close(fd);
    fd = MUST(open("new", O_WRONLY));
    char c;
    CHECK_ERRNO(read(fd, &c, 1), EBADF);
    close(fd);
    CHECK_ERRNO(close(fd), EBADF);
    CHECK_ERRNO(openat(fd, "new", O_RDONLY), EBADF);
    fd = MUST(open("new", O_RDONLY));
    CHECK_ERRNO(openat(fd, "x", O_RDONLY), ENOTDIR);
    int absolute = openat(fd, "/dev/null", O_RDONLY);
    CHECK(absolute >= 0);
    close(absolute);
    close(fd);
}

static void status_flags(void) {
    int fd = MUST(open("new", O_RDWR | O_APPEND | O_CLOEXEC));
    CHECK_EQ(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK), O_RDWR | O_APPEND);
    CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
    CHECK_EQ(write(fd, "one", 3), 3);
    CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
    CHECK_EQ(write(fd, "two", 3), 3);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 6);
    CHECK_EQ(pwrite(fd, "end", 3, 0), 3); /* appends: documented in pwrite(2) BUGS */
    CHECK(file_is("new", "onetwoend"));
    CHECK_EQ(fcntl(fd, F_SETFL, O_NONBLOCK | O_WRONLY | O_CREAT), 0); /* mode and creation flags are ignored */
    CHECK_EQ(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK), O_RDWR | O_NONBLOCK);
    CHECK_EQ(pwrite(fd, "ONE", 3, 0), 3);
    CHECK(file_is("new", "ONEtwoend"));
    close(fd);
}

static void path_descriptors(void) {
    struct stat st;
    char c, target[16];
    int fd = MUST(open("new", O_PATH));
    CHECK(fstat(fd, &st) == 0 && S_ISREG(st.st_mode));
    CHECK_ERRNO(read(fd, &c, 1), EBADF);
    CHECK_ERRNO(write(fd, &c, 1), EBADF);
    CHECK_ERRNO(fchmod(fd, 0600), EBADF);
    CHECK_ERRNO(ftruncate(fd, 0), EBADF);
    CHECK_ERRNO(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0), EBADF);
    CHECK_ERRNO(ioctl(fd, 0x5401, &st), EBADF);
    CHECK(fcntl(fd, F_GETFL) & O_PATH);
    close(fd);
    fd = MUST(open("link", O_PATH | O_NOFOLLOW));
    CHECK(fstat(fd, &st) == 0 && S_ISLNK(st.st_mode));
    CHECK_EQ(readlinkat(fd, "", target, sizeof target), 3);
    close(fd);
    MUST(mkdir("folder", 0755));
    make_file("folder/inside", "x");
    fd = MUST(open("folder", O_PATH | O_DIRECTORY));
    int inside = openat(fd, "inside", O_RDONLY);
    CHECK(inside >= 0);
    close(inside);
    CHECK_EQ(fchdir(fd), 0);
    CHECK(access("inside", F_OK) == 0);
    MUST(chdir(".."));
    close(fd);
    char path[64];
    fd = MUST(open("folder/inside", O_PATH));
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int again = open(path, O_RDONLY);
    CHECK(again >= 0 && read(again, &c, 1) == 1 && c == 'x');
    close(again);
    close(fd);
}

static void unnamed_files(void) {
    struct stat st;
    char path[64];
    int fd = open(".", O_TMPFILE | O_RDWR, 0600);
    if (fd < 0 && errno == EOPNOTSUPP)
        return; /* the file system's right */
    CHECK(fd >= 0);
    CHECK_EQ(write(fd, "hidden", 6), 6);
    CHECK(fstat(fd, &st) == 0 && st.st_nlink == 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    CHECK_EQ(linkat(AT_FDCWD, path, AT_FDCWD, "shown", AT_SYMLINK_FOLLOW), 0);
    CHECK(file_is("shown", "hidden"));
    close(fd);
    CHECK_ERRNO(open(".", O_TMPFILE | O_RDONLY, 0600), EINVAL);
    CHECK_ERRNO(open("new", O_TMPFILE | O_RDWR, 0600), ENOTDIR);
    fd = MUST(open(".", O_TMPFILE | O_RDWR | O_EXCL, 0600));
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    CHECK_ERRNO(linkat(AT_FDCWD, path, AT_FDCWD, "never", AT_SYMLINK_FOLLOW), ENOENT);
    close(fd);
}

static void descriptor_numbers(void) {
    int a = MUST(open("new", O_RDONLY)), b = MUST(open("new", O_RDONLY)), c = MUST(open("new", O_RDONLY));
    CHECK(a < b && b < c);
    close(b);
    CHECK_EQ(open("new", O_RDONLY), b); /* the lowest free number */
    struct rlimit limit = {(rlim_t)c + 1, (rlim_t)c + 1}, old;
    MUST(getrlimit(RLIMIT_NOFILE, &old));
    limit.rlim_max = old.rlim_max;
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
    CHECK_ERRNO(open("new", O_RDONLY), EMFILE);
    CHECK_ERRNO(dup(a), EMFILE);
    CHECK_ERRNO(dup2(a, c + 1), EBADF);
    CHECK_EQ(dup2(a, c), c);
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &old), 0);
    close(a), close(b), close(c);
}

int main(void) {
    umask(022);
    enter_scratch();
    creation();
    refusals();
    status_flags();
    path_descriptors();
    unnamed_files();
    descriptor_numbers();
    leave_scratch();
    return done();
}
