/* Socket options: values, defaults, refusals, time-outs. */
#include "inet.h"

static int get(int fd, int level, int name) {
    int value = -12345;
    socklen_t length = sizeof value;
    return getsockopt(fd, level, name, &value, &length) < 0 ? -1 : value;
}

static int set(int fd, int level, int name, int value) { return setsockopt(fd, level, name, &value, sizeof value); }

int main(void) {
    int fd = MUST(socket(AF_INET, SOCK_STREAM, 0)), udp = MUST(socket(AF_INET, SOCK_DGRAM, 0)), pair[2];
    CHECK_EQ(get(fd, SOL_SOCKET, SO_TYPE), SOCK_STREAM);
    CHECK_EQ(get(udp, SOL_SOCKET, SO_TYPE), SOCK_DGRAM);
    CHECK_EQ(get(fd, SOL_SOCKET, SO_DOMAIN), AF_INET);
    CHECK_EQ(get(fd, SOL_SOCKET, SO_PROTOCOL), IPPROTO_TCP);
    CHECK_EQ(get(fd, SOL_SOCKET, SO_ACCEPTCONN), 0);
    CHECK_EQ(get(fd, SOL_SOCKET, SO_ERROR), 0);
    static const int switches[] = {SO_REUSEADDR, SO_KEEPALIVE, SO_REUSEPORT, SO_OOBINLINE};
    for (size_t i = 0; i < sizeof switches / sizeof *switches; i++) {
        CHECK_EQ(get(fd, SOL_SOCKET, switches[i]), 0);
        CHECK_EQ(set(fd, SOL_SOCKET, switches[i], 1), 0);
        CHECK_EQ(get(fd, SOL_SOCKET, switches[i]), 1);
    }
    CHECK_EQ(get(fd, IPPROTO_TCP, TCP_NODELAY), 0);
    CHECK_EQ(set(fd, IPPROTO_TCP, TCP_NODELAY, 1), 0);
    CHECK_EQ(get(fd, IPPROTO_TCP, TCP_NODELAY), 1);
    CHECK(get(fd, SOL_SOCKET, SO_SNDBUF) > 1000 && get(fd, SOL_SOCKET, SO_RCVBUF) > 1000);
    CHECK_EQ(set(fd, SOL_SOCKET, SO_RCVBUF, 20000), 0);
    CHECK_EQ(get(fd, SOL_SOCKET, SO_RCVBUF), 40000); /* doubled: for the book-keeping */
    CHECK_EQ(set(udp, SOL_SOCKET, SO_BROADCAST, 1), 0);
    struct linger linger = {1, 7};
    socklen_t length = sizeof linger;
    CHECK_EQ(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger), 0);
    memset(&linger, 0, sizeof linger);
    CHECK(getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &length) == 0 && linger.l_onoff == 1 && linger.l_linger == 7);
    CHECK_ERRNO(set(fd, SOL_SOCKET, 9999, 1), ENOPROTOOPT);
    CHECK_ERRNO(set(fd, IPPROTO_TCP, 9999, 1), ENOPROTOOPT);
    CHECK_ERRNO(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &length, 2), EINVAL);
    CHECK_ERRNO(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, (void *)16, 4), EFAULT);
    CHECK_ERRNO(setsockopt(fd, SOL_SOCKET, SO_TYPE, &length, 4), ENOPROTOOPT); /* to be read only */
    CHECK_ERRNO(setsockopt(0, SOL_SOCKET, SO_REUSEADDR, &length, 4), ENOTSOCK);
    CHECK_EQ(get(999, SOL_SOCKET, SO_TYPE), -1);

    connected_pair(pair);
    struct timeval limit = {0, 30000}, wrong = {0, 1000000};
    char c;
    CHECK_EQ(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), 0);
    int64_t start = monotonic_ms();
    CHECK_ERRNO(recv(pair[0], &c, 1, 0), EAGAIN);
    CHECK(monotonic_ms() - start >= 28);
    CHECK_ERRNO(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &wrong, sizeof wrong), EDOM);
    struct sockaddr_in address;
    int listener = listen_somewhere(&address, 1);
    CHECK_EQ(set(listener, SOL_SOCKET, SO_REUSEADDR, 1), 0);
    CHECK_EQ(get(listener, SOL_SOCKET, SO_ACCEPTCONN), 1);
    /* SO_REUSEADDR lets a server come back to its port at once. */
    int client = MUST(socket(AF_INET, SOCK_STREAM, 0));
    MUST(connect(client, (struct sockaddr *)&address, sizeof address));
    int server = MUST(accept(listener, NULL, NULL));
    close(server), close(listener);
    recv(client, &c, 1, 0);
    close(client);
    int again = MUST(socket(AF_INET, SOCK_STREAM, 0));
    CHECK_EQ(set(again, SOL_SOCKET, SO_REUSEADDR, 1), 0);
    CHECK_EQ(bind(again, (struct sockaddr *)&address, sizeof address), 0);
    CHECK_EQ(listen(again, 1), 0);
    CHECK_EQ(get(pair[1], IPPROTO_IP, IP_TTL) > 0, 1);
    return done();
}
