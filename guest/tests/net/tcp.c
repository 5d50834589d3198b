/* TCP on the loopback: connect, accept, names, transfer, half-close, refusals. */
#include "inet.h"

#include <sys/ioctl.h>

static char block[1 << 20];

static void connecting(void) {
    struct sockaddr_in address, name;
    socklen_t length = sizeof name;
    int listener = listen_somewhere(&address, 5), client = MUST(socket(AF_INET, SOCK_STREAM, 0));
    CHECK(ntohs(address.sin_port) >= 1024);
    CHECK_EQ(poll_for(listener, POLLIN, 0), 0);
    CHECK_EQ(connect(client, (struct sockaddr *)&address, sizeof address), 0);
    CHECK_EQ(poll_for(listener, POLLIN, 1000), POLLIN);
    int server = accept(listener, (struct sockaddr *)&name, &length);
    CHECK(server >= 0 && length == sizeof name && name.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
    struct sockaddr_in own;
    length = sizeof own;
    CHECK(getsockname(client, (struct sockaddr *)&own, &length) == 0 && own.sin_port == name.sin_port);
    length = sizeof own;
    CHECK(getpeername(client, (struct sockaddr *)&own, &length) == 0 && own.sin_port == address.sin_port);
    length = sizeof own;
    CHECK(getsockname(server, (struct sockaddr *)&own, &length) == 0 && own.sin_port == address.sin_port);
    length = 4;
    CHECK(getsockname(server, (struct sockaddr *)&own, &length) == 0 && length == sizeof own); /* cut off, real length told */
    CHECK_ERRNO(connect(client, (struct sockaddr *)&address, sizeof address), EISCONN);
    CHECK_EQ(write(client, "hello", 5), 5);
    CHECK_EQ(poll_for(server, POLLIN | POLLOUT, 1000), POLLIN | POLLOUT);
    int waiting = 0;
    CHECK(ioctl(server, FIONREAD, &waiting) == 0 && waiting == 5);
    CHECK_EQ(recv(server, block, 2, MSG_PEEK), 2);
    CHECK_EQ(recv(server, block, sizeof block, 0), 5);
    CHECK(!memcmp(block, "hello", 5));
    CHECK_ERRNO(recv(server, block, 1, MSG_DONTWAIT), EAGAIN);
    CHECK_EQ(shutdown(client, SHUT_WR), 0);
    CHECK_EQ(recv(server, block, 1, 0), 0);
    CHECK_EQ(send(server, "bye", 3, 0), 3);
    CHECK_EQ(recv(client, block, 10, 0), 3);
    CHECK_ERRNO(send(client, "x", 1, MSG_NOSIGNAL), EPIPE);
    CHECK(poll_for(server, POLLIN | POLLRDHUP, 0) & POLLRDHUP);
    close(client), close(server);
    close(listener);
}

static void refusing(void) {
    struct sockaddr_in address;
    int listener = listen_somewhere(&address, 1), fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
    int other = MUST(socket(AF_INET, SOCK_STREAM, 0));
    CHECK_ERRNO(bind(other, (struct sockaddr *)&address, sizeof address), EADDRINUSE);
    close(listener);
    CHECK_ERRNO(connect(fd, (struct sockaddr *)&address, sizeof address), ECONNREFUSED);
    CHECK_ERRNO(send(other, "x", 1, MSG_NOSIGNAL), EPIPE);
    CHECK_ERRNO(recv(other, block, 1, 0), ENOTCONN);
    CHECK_ERRNO(shutdown(other, SHUT_WR), ENOTCONN);
    CHECK_ERRNO(accept(other, NULL, NULL), EINVAL);
    CHECK_ERRNO(getpeername(other, (struct sockaddr *)&address, &(socklen_t){sizeof address}), ENOTCONN);
    struct sockaddr_in wrong = loopback(1);
    CHECK_ERRNO(bind(other, (struct sockaddr *)&wrong, 4), EINVAL);
    wrong.sin_family = AF_UNIX;
    CHECK_ERRNO(bind(other, (struct sockaddr *)&wrong, sizeof wrong), EAFNOSUPPORT);
    wrong = loopback(0);
    wrong.sin_addr.s_addr = inet_addr("8.8.8.8"); /* not an address of this host */
    CHECK_ERRNO(bind(other, (struct sockaddr *)&wrong, sizeof wrong), EADDRNOTAVAIL);
    wrong = loopback(0);
    CHECK_EQ(bind(other, (struct sockaddr *)&wrong, sizeof wrong), 0);
    CHECK_ERRNO(bind(other, (struct sockaddr *)&wrong, sizeof wrong), EINVAL); /* once only */
    CHECK_ERRNO(socket(AF_INET, 99, 0), EINVAL);
    CHECK_ERRNO(socket(AF_INET, SOCK_STREAM, IPPROTO_UDP), EPROTONOSUPPORT);
    close(fd), close(other);
}

static void nonblocking(void) {
    struct sockaddr_in address;
    int error = -1;
    socklen_t length = sizeof error;
    int listener = listen_somewhere(&address, 5);
    MUST(fcntl(listener, F_SETFL, O_NONBLOCK));
    CHECK_ERRNO(accept(listener, NULL, NULL), EAGAIN);
    int client = MUST(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    int now = connect(client, (struct sockaddr *)&address, sizeof address) < 0 ? errno : 0;
    CHECK(now == 0 || now == EINPROGRESS);
    CHECK(poll_for(client, POLLOUT, 1000) & POLLOUT);
    CHECK(getsockopt(client, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == 0);
    int server = MUST(accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC));
    CHECK((fcntl(server, F_GETFL) & O_NONBLOCK) && fcntl(server, F_GETFD) == FD_CLOEXEC);
    /* Fill it, empty it: nothing lost, order kept. */
    ssize_t n, sent = 0, got = 0;
    for (size_t i = 0; i < sizeof block; i++)
        block[i] = (char)(i * 31 >> 3);
    while ((n = send(client, block, sizeof block, 0)) > 0 && sent < 64 << 20)
        sent += n;
    CHECK(n == -1 && sent > 10000);
    CHECK_EQ(poll_for(client, POLLOUT, 0), 0);
    static char received[1 << 16];
    while (got < sent && poll_for(server, POLLIN, 1000)) {
        n = recv(server, received, sizeof received, 0);
        if (n <= 0)
            break;
        got += n;
    }
    CHECK_EQ(got, sent);
    CHECK(poll_for(client, POLLOUT, 1000) & POLLOUT);
    close(listener);
    int refused = MUST(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    now = connect(refused, (struct sockaddr *)&address, sizeof address) < 0 ? errno : 0;
    CHECK(now == EINPROGRESS || now == ECONNREFUSED);
    if (now == EINPROGRESS) {
        CHECK(poll_for(refused, POLLOUT, 1000) & POLLOUT);
        length = sizeof error;
        CHECK(getsockopt(refused, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == ECONNREFUSED);
    }
    length = sizeof error;
    CHECK(getsockopt(refused, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == 0); /* told once */
    close(client), close(server), close(refused);
}

/* A megabyte echoed by another process. */
static void echoing(void) {
    struct sockaddr_in address;
    int listener = listen_somewhere(&address, 5);
    pid_t child = MUST(fork());
    if (child == 0) {
        int server = MUST(accept(listener, NULL, NULL));
        ssize_t n;
        while ((n = read(server, block, sizeof block)) > 0)
            for (ssize_t at = 0; at < n;)
                at += MUST(write(server, block + at, (size_t)(n - at)));
        _exit(0);
    }
    int client = MUST(socket(AF_INET, SOCK_STREAM, 0));
    MUST(connect(client, (struct sockaddr *)&address, sizeof address));
    static char out[100000], in[100000];
    size_t wrong = 0;
    for (int round = 0; round < 10; round++) {
        for (size_t i = 0; i < sizeof out; i++)
            out[i] = (char)(i + (size_t)round);
        CHECK_EQ(send(client, out, sizeof out, 0), sizeof out);
        CHECK_EQ(recv(client, in, sizeof in, MSG_WAITALL), sizeof in);
        wrong += memcmp(in, out, sizeof in) != 0;
    }
    CHECK_EQ(wrong, 0);
    close(client);
    CHECK_EQ(wait_for(child), 0);
    close(listener);
}

static void resetting(void) {
    int fds[2];
    connected_pair(fds);
    struct linger linger = {1, 0};
    CHECK_EQ(setsockopt(fds[0], SOL_SOCKET, SO_LINGER, &linger, sizeof linger), 0);
    close(fds[0]);
    CHECK(poll_for(fds[1], POLLIN, 1000) & (POLLERR | POLLHUP));
    CHECK_ERRNO(recv(fds[1], block, 1, 0), ECONNRESET);
    CHECK_EQ(recv(fds[1], block, 1, 0), 0);
    close(fds[1]);
    /* Closing with unread data resets, too. */
    connected_pair(fds);
    MUST(write(fds[0], "unread", 6));
    poll_for(fds[1], POLLIN, 1000);
    close(fds[1]);
    poll_for(fds[0], POLLIN, 1000);
    CHECK_ERRNO(recv(fds[0], block, 1, 0), ECONNRESET);
    close(fds[0]);
}

int main(void) {
    connecting();
    refusing();
    nonblocking();
    echoing();
    resetting();
    return done();
}
