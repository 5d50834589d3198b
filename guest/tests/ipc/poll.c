/* poll, ppoll, select, pselect. */
#include "../check.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/select.h>

static volatile int calls;
static void count(int number) { (void)number; calls++; }

int main(void) {
    int ends[2];
    MUST(pipe(ends));
    struct pollfd p[4] = {{.fd = ends[0], .events = POLLIN}, {.fd = ends[1], .events = POLLOUT}, {.fd = -1, .events = POLLIN}, {.fd = 999, .events = POLLIN}};
    CHECK_EQ(poll(p, 1, 0), 0);
    CHECK_EQ(poll(p, 4, 0), 2);
    CHECK(p[0].revents == 0 && p[1].revents == POLLOUT && p[2].revents == 0 && p[3].revents == POLLNVAL);
    write(ends[1], "x", 1);
    CHECK(poll(p, 2, -1) == 2 && p[0].revents == POLLIN);
    int64_t start = monotonic_ms();
    CHECK_EQ(poll(NULL, 0, 30), 0);
    CHECK(monotonic_ms() - start >= 29);
    CHECK_ERRNO(syscall(SYS_ppoll, 16, 1, NULL, NULL, 8), EFAULT);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    CHECK_ERRNO(poll(p, (nfds_t)files.rlim_cur + 1, 0), EINVAL);
    struct timespec wrong = {0, -1};
    CHECK_ERRNO(ppoll(p, 1, &wrong, NULL), EINVAL);
    struct pollfd file = {.fd = MUST(open("/proc/self/exe", O_RDONLY)), .events = POLLIN | POLLOUT};
    CHECK(poll(&file, 1, 0) == 1 && file.revents == (POLLIN | POLLOUT)); /* files are always ready */

    fd_set in, out;
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_SET(ends[0], &in);
    FD_SET(ends[1], &in);
    FD_SET(ends[1], &out);
    struct timeval none = {0, 0}, some = {0, 30000};
    CHECK_EQ(select(ends[1] + 1, &in, &out, NULL, &none), 2);
    CHECK(FD_ISSET(ends[0], &in) && FD_ISSET(ends[1], &out) && !FD_ISSET(ends[1], &in));
    char c;
    read(ends[0], &c, 1);
    FD_ZERO(&in);
    FD_SET(ends[0], &in);
    CHECK_EQ(select(ends[0] + 1, &in, NULL, NULL, &some), 0);
    CHECK(!FD_ISSET(ends[0], &in) && some.tv_sec == 0 && some.tv_usec == 0); /* Linux writes the rest back */
    FD_SET(40, &in);
    CHECK_ERRNO(select(41, &in, NULL, NULL, &none), EBADF);
    CHECK_ERRNO(select(-1, NULL, NULL, NULL, &none), EINVAL);
    some.tv_usec = -1;
    CHECK_ERRNO(select(0, NULL, NULL, NULL, &some), EINVAL);

    /* The mask is in force only while it waits, and atomically so. */
    signal(SIGUSR1, count);
    sigset_t block, open_mask;
    sigemptyset(&open_mask);
    sigemptyset(&block);
    sigaddset(&block, SIGUSR1);
    sigprocmask(SIG_BLOCK, &block, NULL);
    raise(SIGUSR1);
    CHECK_EQ(calls, 0);
    struct timespec limit = {5, 0};
    CHECK_ERRNO(ppoll(p, 1, &limit, &open_mask), EINTR);
    CHECK_EQ(calls, 1);
    raise(SIGUSR1);
    FD_ZERO(&in);
    CHECK_ERRNO(pselect(0, &in, NULL, NULL, &limit, &open_mask), EINTR);
    CHECK_EQ(calls, 2);
    raise(SIGUSR1);
    CHECK_EQ(ppoll(&p[1], 1, &limit, &open_mask), 1); /* what is ready wins */
    sigset_t now;
    sigprocmask(SIG_BLOCK, NULL, &now);
    CHECK(sigismember(&now, SIGUSR1));
    return done();
}
