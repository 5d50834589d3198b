/* SIGPIPE and SIGCHLD as programs meet them; SIGURG, SIGIO from fcntl. */
#include "../check.h"

#include <sys/socket.h>

static volatile int calls, last;

static void count(int number) {
    calls++;
    last = number;
}

int main(void) {
    int ends[2];
    MUST(pipe(ends));
    close(ends[0]);
    CHECK_EQ(IN_CHILD(signal(SIGPIPE, SIG_DFL); write(ends[1], "x", 1)), 1000 + SIGPIPE);
    signal(SIGPIPE, count);
    CHECK_ERRNO(write(ends[1], "x", 1), EPIPE);
    CHECK(calls == 1 && last == SIGPIPE);
    signal(SIGPIPE, SIG_IGN);
    CHECK_ERRNO(write(ends[1], "x", 1), EPIPE);
    close(ends[1]);
    signal(SIGPIPE, count);
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
    close(ends[0]);
    calls = 0;
    CHECK_ERRNO(send(ends[1], "x", 1, MSG_NOSIGNAL), EPIPE);
    CHECK_EQ(calls, 0);
    CHECK_ERRNO(send(ends[1], "x", 1, 0), EPIPE);
    CHECK_EQ(calls, 1);
    close(ends[1]);
    return done();
}
