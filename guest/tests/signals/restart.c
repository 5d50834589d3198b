/* System calls interrupted by handlers: which start again and which fail with EINTR. */
#include "../check.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

static volatile int calls;

static void count(int number) {
    (void)number;
    calls++;
}

static void install(int flags) {
    struct sigaction action = {.sa_handler = count, .sa_flags = flags};
    sigaction(SIGALRM, &action, NULL);
    calls = 0;
}

/* A child that sends SIGALRM soon, and does a thing later that ends the wait. */
static pid_t disturb(void (*later)(void)) {
    pid_t parent = getpid(), child = MUST(fork());
    if (child == 0) {
        sleep_ms(20);
        kill(parent, SIGALRM);
        sleep_ms(40);
        if (later)
            later();
        _exit(0);
    }
    return child;
}

static int ends[2], sockets[2];

static void write_pipe(void) { write(ends[1], "x", 1); }
static void write_socket(void) { write(sockets[1], "x", 1); }

static long wait_pipe_read(void) { char c; return read(ends[0], &c, 1); }
static long wait_socket_recv(void) { char c; return recv(sockets[0], &c, 1, 0); }
static long wait_poll(void) { struct pollfd p = {.fd = ends[0], .events = POLLIN}; return poll(&p, 1, 300); }
static long wait_epoll(void) { struct epoll_event e; return epoll_wait(ends[1], &e, 1, 300); }
static long wait_nanosleep(void) { struct timespec t = {0, 300000000}; return nanosleep(&t, NULL); }
static long wait_select(void) { fd_set s; FD_ZERO(&s); FD_SET(ends[0], &s); return select(ends[0] + 1, &s, NULL, NULL, NULL); }
static long wait_pause(void) { return pause(); }

/* How a wait ends when a handler runs during it: 0 for EINTR, 1 for its result later. */
static int restarted(long (*wait)(void), void (*later)(void), int flags) {
    install(flags);
    pid_t child = disturb(later);
    errno = 0;
    long result = wait();
    int error = errno;
    CHECK_EQ(calls, 1);
    if (result < 0)
        CHECK_EQ(error, EINTR);
    wait_for(child);
    while (poll(&(struct pollfd){.fd = ends[0], .events = POLLIN}, 1, 0) > 0 && later == write_pipe) {
        char c;
        read(ends[0], &c, 1);
    }
    if (later == write_socket && result < 0)
        recv(sockets[0], &result, 1, 0);
    return result >= 0;
}

int main(void) {
    MUST(pipe(ends));
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
    CHECK_EQ(restarted(wait_pipe_read, write_pipe, 0), 0);
    CHECK_EQ(restarted(wait_pipe_read, write_pipe, SA_RESTART), 1);
    CHECK_EQ(restarted(wait_socket_recv, write_socket, 0), 0);
    CHECK_EQ(restarted(wait_socket_recv, write_socket, SA_RESTART), 1);
    /* These never start again. */
    CHECK_EQ(restarted(wait_poll, write_pipe, SA_RESTART), 0);
    CHECK_EQ(restarted(wait_select, write_pipe, SA_RESTART), 0);
    CHECK_EQ(restarted(wait_nanosleep, NULL, SA_RESTART), 0);
    CHECK_EQ(restarted(wait_pause, NULL, SA_RESTART), 0);
    int saved = ends[1], epoll = MUST(epoll_create1(0));
    ends[1] = epoll;
    CHECK_EQ(restarted(wait_epoll, NULL, SA_RESTART), 0);
    ends[1] = saved;
    /* With a receive time-out a socket does not start again. */
    struct timeval limit = {5, 0};
    MUST(setsockopt(sockets[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit));
    CHECK_EQ(restarted(wait_socket_recv, write_socket, SA_RESTART), 0);

    /* waitpid. */
    install(SA_RESTART);
    pid_t child = disturb(NULL);
    CHECK_EQ(waitpid(child, NULL, 0), child);
    install(0);
    child = disturb(NULL);
    CHECK_ERRNO(waitpid(child, NULL, 0), EINTR);
    CHECK_EQ(waitpid(child, NULL, 0), child);

    /* nanosleep says what was left; an ignored signal disturbs nobody. */
    install(0);
    child = disturb(NULL);
    struct timespec want = {0, 200000000}, left = {0, 0};
    CHECK_ERRNO(nanosleep(&want, &left), EINTR);
    CHECK(left.tv_nsec > 50000000 && left.tv_nsec < 200000000);
    wait_for(child);
    signal(SIGALRM, SIG_IGN);
    child = disturb(NULL);
    CHECK_EQ(nanosleep(&want, &left), 0);
    wait_for(child);
    /* Stop and continue, too, disturb neither read nor sleep. */
    pid_t sleeper = MUST(fork());
    if (sleeper == 0) {
        char c;
        _exit(read(ends[0], &c, 1) == 1 ? 0 : 1);
    }
    sleep_ms(20);
    kill(sleeper, SIGSTOP);
    waitpid(sleeper, NULL, WUNTRACED);
    kill(sleeper, SIGCONT);
    sleep_ms(10);
    write_pipe();
    CHECK_EQ(wait_for(sleeper), 0);
    /* A write that got some bytes through returns their number. */
    install(SA_RESTART);
    child = disturb(NULL);
    char block[100000] = "";
    ssize_t n = write(ends[1], block, sizeof block);
    CHECK(n == 65536);
    wait_for(child);
    return done();
}
