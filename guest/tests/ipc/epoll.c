/* epoll: level, edge and one-shot; changes, nesting, closing. */
#include "../check.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

static int ep;

static int control(int operation, int fd, uint32_t events, uint64_t data) {
    struct epoll_event event = {.events = events, .data.u64 = data};
    return epoll_ctl(ep, operation, fd, &event);
}

static int ready(struct epoll_event *events) { return epoll_wait(ep, events, 8, 0); }

static void levels(void) {
    struct epoll_event e[8];
    int ends[2];
    char c;
    MUST(pipe(ends));
    CHECK_EQ(control(EPOLL_CTL_ADD, ends[0], EPOLLIN, 7), 0);
    CHECK_EQ(ready(e), 0);
    write(ends[1], "xy", 2);
    CHECK(ready(e) == 1 && e[0].events == EPOLLIN && e[0].data.u64 == 7);
    CHECK_EQ(ready(e), 1); /* as long as it lasts */
    read(ends[0], &c, 1);
    CHECK_EQ(ready(e), 1);
    read(ends[0], &c, 1);
    CHECK_EQ(ready(e), 0);
    CHECK_EQ(control(EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLET, 8), 0);
    write(ends[1], "x", 1);
    CHECK(ready(e) == 1 && e[0].data.u64 == 8);
    CHECK_EQ(ready(e), 0); /* once for each change */
    write(ends[1], "x", 1);
    CHECK_EQ(ready(e), 1);
    CHECK_EQ(ready(e), 0);
    CHECK_EQ(control(EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLONESHOT, 9), 0);
    CHECK_EQ(ready(e), 1);
    write(ends[1], "x", 1);
    CHECK_EQ(ready(e), 0); /* off until it is set again */
    CHECK_EQ(control(EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLONESHOT, 9), 0);
    CHECK_EQ(ready(e), 1);
    CHECK_EQ(control(EPOLL_CTL_MOD, ends[0], EPOLLIN, 10), 0);
    close(ends[1]);
    CHECK(ready(e) == 1 && (e[0].events & EPOLLHUP)); /* not asked for, told all the same */
    CHECK_EQ(control(EPOLL_CTL_DEL, ends[0], 0, 0), 0);
    CHECK_EQ(ready(e), 0);
    CHECK_ERRNO(control(EPOLL_CTL_DEL, ends[0], 0, 0), ENOENT);
    close(ends[0]);
}

static void closing(void) {
    struct epoll_event e[8];
    int fd = MUST(eventfd(1, 0));
    CHECK_EQ(control(EPOLL_CTL_ADD, fd, EPOLLIN, 1), 0);
    int copy = MUST(dup(fd));
    CHECK_EQ(ready(e), 1);
    close(fd);
    CHECK_EQ(ready(e), 1); /* the open file is still there */
    close(copy);
    CHECK_EQ(ready(e), 0);
}

static void nesting(void) {
    struct epoll_event e[8];
    int inner = MUST(epoll_create1(EPOLL_CLOEXEC)), fd = MUST(eventfd(0, 0));
    CHECK_EQ(fcntl(inner, F_GETFD), FD_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN};
    MUST(epoll_ctl(inner, EPOLL_CTL_ADD, fd, &event));
    CHECK_EQ(control(EPOLL_CTL_ADD, inner, EPOLLIN, 3), 0);
    CHECK_EQ(ready(e), 0);
    uint64_t one = 1;
    write(fd, &one, 8);
    CHECK(ready(e) == 1 && e[0].data.u64 == 3);
    event.events = EPOLLIN;
    CHECK_ERRNO(epoll_ctl(inner, EPOLL_CTL_ADD, ep, &event), ELOOP);
    CHECK_ERRNO(epoll_ctl(ep, EPOLL_CTL_ADD, ep, &event), EINVAL);
    close(inner);
    CHECK_EQ(ready(e), 0);
    close(fd);
}

static void nothing(int number) { (void)number; }

static void waiting(void) {
    struct epoll_event e[8];
    int fds[4];
    int64_t start = monotonic_ms();
    CHECK_EQ(epoll_wait(ep, e, 8, 30), 0);
    CHECK(monotonic_ms() - start >= 29);
    for (int i = 0; i < 4; i++) {
        fds[i] = MUST(eventfd(1, 0));
        CHECK_EQ(control(EPOLL_CTL_ADD, fds[i], EPOLLIN, (uint64_t)i), 0);
    }
    CHECK_EQ(epoll_wait(ep, e, 2, 0), 2);
    int seen = 1 << e[0].data.u64 | 1 << e[1].data.u64;
    CHECK_EQ(epoll_wait(ep, e, 2, 0), 2); /* the others come first next time */
    seen |= 1 << e[0].data.u64 | 1 << e[1].data.u64;
    CHECK_EQ(seen, 15);
    uint64_t value;
    for (int i = 0; i < 4; i++)
        read(fds[i], &value, 8);
    pid_t child = MUST(fork());
    if (child == 0) {
        sleep_ms(20);
        value = 1;
        write(fds[2], &value, 8);
        _exit(0);
    }
    CHECK(epoll_wait(ep, e, 8, 5000) == 1 && e[0].data.u64 == 2);
    wait_for(child);
    /* A mask for the time of the wait. */
    read(fds[2], &value, 8);
    sigset_t block, none;
    sigemptyset(&none);
    sigemptyset(&block);
    sigaddset(&block, SIGUSR1);
    sigprocmask(SIG_BLOCK, &block, NULL);
    signal(SIGUSR1, nothing);
    CHECK_EQ(epoll_pwait(ep, e, 8, 10, &none), 0);
    raise(SIGUSR1);
    CHECK_ERRNO(epoll_pwait(ep, e, 8, 1000, &none), EINTR);
    for (int i = 0; i < 4; i++)
        close(fds[i]);
}

int main(void) {
    struct epoll_event e[8];
    ep = MUST(epoll_create1(0));
    levels();
    closing();
    nesting();
    waiting();
    int fd = MUST(eventfd(0, 0)), s[2];
    CHECK_EQ(control(EPOLL_CTL_ADD, fd, EPOLLIN, 0), 0);
    CHECK_ERRNO(control(EPOLL_CTL_ADD, fd, EPOLLIN, 0), EEXIST);
    CHECK_ERRNO(control(99, fd, EPOLLIN, 0), EINVAL);
    CHECK_ERRNO(control(EPOLL_CTL_ADD, 999, EPOLLIN, 0), EBADF);
    enter_scratch();
    make_file("file", "");
    int file = MUST(open("file", O_RDONLY));
    CHECK_ERRNO(control(EPOLL_CTL_ADD, file, EPOLLIN, 0), EPERM); /* always ready: refused */
    leave_scratch();
    CHECK_ERRNO(epoll_wait(ep, e, 0, 0), EINVAL);
    CHECK_ERRNO(epoll_wait(fd, e, 8, 0), EINVAL);
    CHECK_ERRNO(epoll_create1(0x100), EINVAL);
    CHECK_ERRNO(epoll_create(0), EINVAL);
    /* Sockets: reading and writing apart, half-closed. */
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    CHECK_EQ(control(EPOLL_CTL_ADD, s[0], EPOLLIN | EPOLLOUT | EPOLLRDHUP, 5), 0);
    CHECK(ready(e) == 1 && e[0].events == EPOLLOUT);
    write(s[1], "x", 1);
    CHECK(ready(e) == 1 && e[0].events == (EPOLLIN | EPOLLOUT));
    shutdown(s[1], SHUT_WR);
    CHECK(ready(e) == 1 && e[0].events == (EPOLLIN | EPOLLOUT | EPOLLRDHUP));
    close(s[1]);
    CHECK(ready(e) == 1 && (e[0].events & EPOLLHUP));
    return done();
}
