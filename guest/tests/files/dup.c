/* dup and its relatives, descriptor flags, close_range. */
#include "../check.h"

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC 4
#endif

static int is_open(int fd) { return fcntl(fd, F_GETFD) >= 0; }

static void copies(void) {
    int fd = MUST(open("/dev/null", O_RDWR | O_CLOEXEC));
    int copy = MUST(dup(fd));
    CHECK_EQ(fcntl(copy, F_GETFD), 0); /* the flag is the descriptor's own */
    CHECK_EQ(fcntl(fd, F_SETFL, O_APPEND), 0);
    CHECK(fcntl(copy, F_GETFL) & O_APPEND); /* the status is the open file's */
    CHECK_EQ(dup2(fd, fd), fd);
    CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
    CHECK_EQ(dup2(fd, 100), 100);
    CHECK_EQ(fcntl(100, F_GETFD), 0);
    CHECK_ERRNO(dup2(999, 100), EBADF);
    CHECK(is_open(100)); /* a refused dup2 closes nothing */
    CHECK_ERRNO(dup2(fd, -1), EBADF);
    CHECK_ERRNO(dup(999), EBADF);
    CHECK_ERRNO(dup3(fd, fd, 0), EINVAL);
    CHECK_ERRNO(dup3(fd, 101, 0x10), EINVAL);
    CHECK_EQ(dup3(fd, 101, O_CLOEXEC), 101);
    CHECK_EQ(fcntl(101, F_GETFD), FD_CLOEXEC);
    CHECK_EQ(fcntl(fd, F_DUPFD, 100), 102);
    CHECK_EQ(fcntl(fd, F_DUPFD_CLOEXEC, 100), 103);
    CHECK_EQ(fcntl(103, F_GETFD), FD_CLOEXEC);
    CHECK_ERRNO(fcntl(fd, F_DUPFD, -1), EINVAL);
    CHECK_ERRNO(fcntl(fd, F_DUPFD, 1 << 30), EINVAL);
    CHECK_ERRNO(fcntl(fd, 12345), EINVAL);
    CHECK_ERRNO(fcntl(999, F_GETFD), EBADF);
    CHECK_EQ(fcntl(100, F_SETFD, FD_CLOEXEC), 0);
    CHECK_EQ(fcntl(100, F_GETFD), FD_CLOEXEC);
    for (int i = 100; i < 104; i++)
        close(i);
    close(fd), close(copy);
}

static void ranges(void) {
    int fd = MUST(open("/dev/null", O_RDONLY));
    for (int i = 200; i < 205; i++)
        MUST(dup2(fd, i));
    CHECK_EQ(syscall(SYS_close_range, 201u, 202u, 0), 0);
    CHECK(is_open(200) && !is_open(201) && !is_open(202) && is_open(203));
    CHECK_EQ(syscall(SYS_close_range, 203u, ~0u, CLOSE_RANGE_CLOEXEC), 0);
    CHECK_EQ(fcntl(204, F_GETFD), FD_CLOEXEC);
    CHECK_EQ(fcntl(200, F_GETFD), 0);
    CHECK_ERRNO(syscall(SYS_close_range, 5u, 4u, 0), EINVAL);
    CHECK_ERRNO(syscall(SYS_close_range, 300u, 301u, 64), EINVAL);
    CHECK_EQ(syscall(SYS_close_range, 200u, ~0u, 0), 0);
    CHECK(!is_open(200) && !is_open(204));
    close(fd);
}

int main(void) {
    copies();
    ranges();
    return done();
}
