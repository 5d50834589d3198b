/* socketpair: stream, datagram, seqpacket; shutdown; message flags. */
#include "../check.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

static int s[2];
static char bytes[300000];

static void streams(void) {
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    CHECK_EQ(send(s[0], "abc", 3, 0), 3);
    CHECK_EQ(send(s[0], "def", 3, 0), 3);
    CHECK_EQ(recv(s[1], bytes, 2, MSG_PEEK), 2);
    CHECK_EQ(recv(s[1], bytes, 10, 0), 6); /* no borders */
    CHECK(!memcmp(bytes, "abcdef", 6));
    CHECK_ERRNO(recv(s[1], bytes, 1, MSG_DONTWAIT), EAGAIN);
    CHECK_EQ(write(s[1], "back", 4), 4);
    int waiting = 0;
    CHECK(ioctl(s[0], FIONREAD, &waiting) == 0 && waiting == 4);
    CHECK_EQ(read(s[0], bytes, 10), 4);
    CHECK_EQ(shutdown(s[0], SHUT_WR), 0);
    CHECK_EQ(recv(s[1], bytes, 1, 0), 0);
    CHECK_ERRNO(send(s[0], "x", 1, MSG_NOSIGNAL), EPIPE);
    CHECK_EQ(send(s[1], "still", 5, 0), 5);
    CHECK_EQ(recv(s[0], bytes, 10, 0), 5);
    close(s[1]);
    CHECK_EQ(recv(s[0], bytes, 1, 0), 0);
    close(s[0]);
    MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, s));
    CHECK(fcntl(s[0], F_GETFD) == FD_CLOEXEC && (fcntl(s[0], F_GETFL) & O_NONBLOCK));
    ssize_t full = 0, n;
    while ((n = send(s[0], bytes, sizeof bytes, 0)) > 0)
        full += n;
    int error = errno;
    CHECK(n == -1 && error == EAGAIN && full > 10000);
    ssize_t got = 0;
    while ((n = recv(s[1], bytes, sizeof bytes, 0)) > 0)
        got += n;
    CHECK_EQ(got, full);
    close(s[0]), close(s[1]);
    /* MSG_WAITALL collects. */
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    pid_t child = MUST(fork());
    if (child == 0) {
        for (int i = 0; i < 5; i++) {
            send(s[1], "12", 2, 0);
            sleep_ms(5);
        }
        _exit(0);
    }
    CHECK_EQ(recv(s[0], bytes, 10, MSG_WAITALL), 10);
    wait_for(child);
    close(s[0]), close(s[1]);
}

static void datagrams(void) {
    MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
    CHECK_EQ(send(s[0], "one", 3, 0), 3);
    CHECK_EQ(send(s[0], "", 0, 0), 0);
    CHECK_EQ(send(s[0], "three", 5, 0), 5);
    CHECK_EQ(recv(s[1], bytes, 10, 0), 3);
    CHECK_EQ(recv(s[1], bytes, 10, 0), 0);
    CHECK_EQ(recv(s[1], bytes, 2, MSG_TRUNC), 5); /* the real length; the rest is gone */
    CHECK_ERRNO(recv(s[1], bytes, 10, MSG_DONTWAIT), EAGAIN);
    struct iovec part = {bytes, 2};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    MUST(send(s[0], "long", 4, 0));
    CHECK_EQ(recvmsg(s[1], &message, 0), 2);
    CHECK(message.msg_flags & MSG_TRUNC);
    close(s[1]);
    CHECK_ERRNO(send(s[0], "x", 1, MSG_NOSIGNAL), ECONNREFUSED);
    close(s[0]);
    MUST(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s));
    MUST(send(s[0], "first", 5, 0));
    MUST(send(s[0], "second", 6, 0));
    CHECK_EQ(recv(s[1], bytes, 100, 0), 5);
    CHECK_EQ(recv(s[1], bytes, 3, 0), 3); /* the rest of the record is gone */
    CHECK_ERRNO(recv(s[1], bytes, 100, MSG_DONTWAIT), EAGAIN);
    close(s[0]);
    CHECK_EQ(recv(s[1], bytes, 100, 0), 0);
    close(s[1]);
}

int main(void) {
    streams();
    datagrams();
    int type = 0;
    socklen_t length = sizeof type;
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    CHECK(getsockopt(s[0], SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_STREAM);
    struct ucred peer;
    length = sizeof peer;
    CHECK(getsockopt(s[0], SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.pid == getpid() && peer.uid == geteuid());
    struct sockaddr_un name;
    length = sizeof name;
    CHECK(getsockname(s[0], (struct sockaddr *)&name, &length) == 0 && length == sizeof name.sun_family);
    length = sizeof name;
    CHECK(getpeername(s[0], (struct sockaddr *)&name, &length) == 0 && name.sun_family == AF_UNIX);
    CHECK_ERRNO(socketpair(AF_UNIX, 77, 0, s), EINVAL);
    CHECK_ERRNO(socketpair(AF_INET, SOCK_STREAM, 0, s), EOPNOTSUPP);
    CHECK_ERRNO(socketpair(999, SOCK_STREAM, 0, s), EAFNOSUPPORT);
    CHECK_ERRNO(recv(0, bytes, 1, MSG_DONTWAIT), ENOTSOCK);
    return done();
}
