/* AF_UNIX sockets with names: in the file system and abstract. */
#include "../check.h"

#include <poll.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

static struct sockaddr_un address(const char *path) {
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    strncpy(a.sun_path, path, sizeof a.sun_path - 1);
    return a;
}

static void in_files(void) {
    struct sockaddr_un a = address("socket"), peer;
    socklen_t length = sizeof a;
    char c;
    int listener = MUST(socket(AF_UNIX, SOCK_STREAM, 0)), client = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
    CHECK_ERRNO(connect(client, (struct sockaddr *)&a, sizeof a), ENOENT);
    CHECK_EQ(bind(listener, (struct sockaddr *)&a, sizeof a), 0);
    struct stat st;
    CHECK(stat("socket", &st) == 0 && S_ISSOCK(st.st_mode));
    CHECK_ERRNO(connect(client, (struct sockaddr *)&a, sizeof a), ECONNREFUSED); /* nobody listens */
    CHECK_ERRNO(bind(client, (struct sockaddr *)&a, sizeof a), EADDRINUSE);
    CHECK_ERRNO(accept(listener, NULL, NULL), EINVAL);
    CHECK_EQ(listen(listener, 2), 0);
    CHECK_EQ(connect(client, (struct sockaddr *)&a, sizeof a), 0); /* before accept */
    CHECK_EQ(write(client, "h", 1), 1);
    int server = accept4(listener, (struct sockaddr *)&peer, &length, SOCK_CLOEXEC);
    CHECK(server >= 0 && fcntl(server, F_GETFD) == FD_CLOEXEC);
    CHECK_EQ(length, sizeof peer.sun_family); /* the client has no name */
    CHECK(read(server, &c, 1) == 1 && c == 'h');
    length = sizeof peer;
    CHECK(getsockname(server, (struct sockaddr *)&peer, &length) == 0 && !strcmp(peer.sun_path, "socket"));
    CHECK_EQ(length, offsetof(struct sockaddr_un, sun_path) + 7);
    length = sizeof peer;
    CHECK(getpeername(client, (struct sockaddr *)&peer, &length) == 0 && !strcmp(peer.sun_path, "socket"));
    CHECK_ERRNO(connect(client, (struct sockaddr *)&a, sizeof a), EISCONN);
    struct ucred credentials;
    length = sizeof credentials;
    CHECK(getsockopt(server, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0 && credentials.pid == getpid());
    close(listener);
    CHECK_EQ(stat("socket", &st), 0); /* the name stays */
    int late = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
    CHECK_ERRNO(connect(late, (struct sockaddr *)&a, sizeof a), ECONNREFUSED);
    unlink("socket");
    make_file("plain", "");
    a = address("plain");
    CHECK_ERRNO(connect(late, (struct sockaddr *)&a, sizeof a), ECONNREFUSED);
    CHECK_EQ(write(server, "x", 1), 1);
    CHECK_EQ(read(client, &c, 1), 1);
    close(server), close(client), close(late);
}

static void abstract(void) {
    struct sockaddr_un a = {.sun_family = AF_UNIX}, got;
    socklen_t length = offsetof(struct sockaddr_un, sun_path) + 1 + 12;
    snprintf(a.sun_path + 1, 20, "guest-%06d", (int)getpid());
    int listener = MUST(socket(AF_UNIX, SOCK_STREAM, 0)), client = MUST(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0));
    CHECK_EQ(bind(listener, (struct sockaddr *)&a, length), 0);
    CHECK_EQ(listen(listener, 1), 0);
    CHECK_EQ(connect(client, (struct sockaddr *)&a, length), 0);
    CHECK_ERRNO(connect(MUST(socket(AF_UNIX, SOCK_STREAM, 0)), (struct sockaddr *)&a, length - 1), ECONNREFUSED);
    int server = MUST(accept(listener, NULL, NULL));
    socklen_t got_length = sizeof got;
    CHECK(getpeername(client, (struct sockaddr *)&got, &got_length) == 0 && got_length == length);
    CHECK(!memcmp(got.sun_path, a.sun_path, 13));
    /* A full queue: non-blocking connects fail. */
    int last = 0, queued = 0;
    for (int i = 0; i < 10 && last == 0; i++) {
        int next = MUST(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0));
        last = connect(next, (struct sockaddr *)&a, length) < 0 ? errno : 0;
        queued += last == 0;
    }
    CHECK(last == EAGAIN && queued == 2);
    struct pollfd p = {.fd = listener, .events = POLLIN};
    CHECK(poll(&p, 1, 0) == 1 && p.revents == POLLIN);
    close(listener); /* takes the name with it */
    listener = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
    CHECK_EQ(bind(listener, (struct sockaddr *)&a, length), 0);
    close(listener), close(server), close(client);
    /* An empty name asks for any. */
    int any = MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
    a = (struct sockaddr_un){.sun_family = AF_UNIX};
    CHECK_EQ(bind(any, (struct sockaddr *)&a, sizeof a.sun_family), 0);
    got_length = sizeof got;
    CHECK(getsockname(any, (struct sockaddr *)&got, &got_length) == 0 && got_length == offsetof(struct sockaddr_un, sun_path) + 6);
    CHECK_EQ(got.sun_path[0], 0);
    close(any);
}

static void datagrams(void) {
    struct sockaddr_un a = address("dgram-a"), b = address("dgram-b"), from;
    socklen_t length = sizeof from;
    char text[16];
    int sa = MUST(socket(AF_UNIX, SOCK_DGRAM, 0)), sb = MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
    MUST(bind(sa, (struct sockaddr *)&a, sizeof a));
    MUST(bind(sb, (struct sockaddr *)&b, sizeof b));
    CHECK_EQ(sendto(sa, "hello", 5, 0, (struct sockaddr *)&b, sizeof b), 5);
    CHECK_EQ(recvfrom(sb, text, sizeof text, 0, (struct sockaddr *)&from, &length), 5);
    CHECK(!strcmp(from.sun_path, "dgram-a"));
    CHECK_ERRNO(send(sa, "x", 1, 0), ENOTCONN);
    CHECK_EQ(connect(sa, (struct sockaddr *)&b, sizeof b), 0);
    CHECK_EQ(send(sa, "x", 1, 0), 1);
    CHECK_EQ(recv(sb, text, sizeof text, 0), 1);
    int other = MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
    CHECK_EQ(connect(sb, (struct sockaddr *)&a, sizeof a), 0);
    CHECK_ERRNO(sendto(other, "x", 1, 0, (struct sockaddr *)&b, sizeof b), EPERM); /* b talks to a only */
    int stream = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
    CHECK_ERRNO(connect(stream, (struct sockaddr *)&b, sizeof b), EPROTOTYPE);
    CHECK_ERRNO(listen(sa, 1), EOPNOTSUPP);
    close(sb);
    CHECK_ERRNO(send(sa, "x", 1, 0), ECONNREFUSED);
    close(sa), close(other), close(stream);
}

int main(void) {
    enter_scratch();
    in_files();
    abstract();
    datagrams();
    int fd = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
    struct sockaddr_un a = address("x");
    CHECK_ERRNO(bind(fd, (struct sockaddr *)&a, 1), EINVAL);
    CHECK_ERRNO(bind(fd, (struct sockaddr *)16, sizeof a), EFAULT);
    a.sun_family = AF_INET;
    CHECK_ERRNO(bind(fd, (struct sockaddr *)&a, sizeof a), EINVAL);
    CHECK_ERRNO(accept4(fd, NULL, NULL, 0x1), EINVAL);
    a = address("absent/x");
    CHECK_ERRNO(bind(fd, (struct sockaddr *)&a, sizeof a), ENOENT);
    char c;
    CHECK_ERRNO(recv(fd, &c, 1, MSG_DONTWAIT), EINVAL);
    CHECK_ERRNO(send(fd, &c, 1, MSG_NOSIGNAL), ENOTCONN);
    CHECK_ERRNO(getpeername(fd, (struct sockaddr *)&a, &(socklen_t){sizeof a}), ENOTCONN);
    CHECK_EQ(shutdown(fd, SHUT_RD), 0); /* no error here, unlike TCP */
    CHECK_ERRNO(socket(AF_UNIX, SOCK_STREAM, 1234), EPROTONOSUPPORT);
    CHECK_ERRNO(socket(AF_UNIX, 99, 0), EINVAL);
    leave_scratch();
    return done();
}
