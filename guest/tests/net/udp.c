/* UDP on the loopback: datagrams, connection, errors that come back. */
#include "inet.h"

int main(void) {
    struct sockaddr_in a = loopback(0), b = loopback(0), from;
    socklen_t length = sizeof a;
    char text[64];
    int sa = MUST(socket(AF_INET, SOCK_DGRAM, 0)), sb = MUST(socket(AF_INET, SOCK_DGRAM, 0));
    MUST(bind(sa, (struct sockaddr *)&a, sizeof a));
    MUST(bind(sb, (struct sockaddr *)&b, sizeof b));
    MUST(getsockname(sa, (struct sockaddr *)&a, &length));
    MUST(getsockname(sb, (struct sockaddr *)&b, &length));
    CHECK_EQ(sendto(sa, "hello", 5, 0, (struct sockaddr *)&b, sizeof b), 5);
    CHECK(poll_for(sb, POLLIN, 1000) == POLLIN);
    CHECK_EQ(recvfrom(sb, text, sizeof text, 0, (struct sockaddr *)&from, &length), 5);
    CHECK(from.sin_port == a.sin_port && from.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
    CHECK_EQ(sendto(sa, "", 0, 0, (struct sockaddr *)&b, sizeof b), 0);
    CHECK_EQ(recv(sb, text, sizeof text, 0), 0);
    CHECK_EQ(sendto(sa, "truncated", 9, 0, (struct sockaddr *)&b, sizeof b), 9);
    CHECK_EQ(recv(sb, text, 4, MSG_TRUNC), 9);
    CHECK_ERRNO(recv(sb, text, 4, MSG_DONTWAIT), EAGAIN);
    CHECK_ERRNO(send(sa, "x", 1, 0), EDESTADDRREQ);
    CHECK_EQ(connect(sa, (struct sockaddr *)&b, sizeof b), 0);
    CHECK_EQ(send(sa, "x", 1, 0), 1);
    CHECK_EQ(recv(sb, text, sizeof text, 0), 1);
    /* Only the peer is heard now. */
    int other = MUST(socket(AF_INET, SOCK_DGRAM, 0));
    CHECK_EQ(sendto(other, "stranger", 8, 0, (struct sockaddr *)&a, sizeof a), 8);
    CHECK_EQ(sendto(sb, "friend", 6, 0, (struct sockaddr *)&a, sizeof a), 6);
    CHECK(poll_for(sa, POLLIN, 1000) == POLLIN);
    CHECK_EQ(recv(sa, text, sizeof text, 0), 6);
    /* Undone by AF_UNSPEC. */
    struct sockaddr none = {.sa_family = AF_UNSPEC};
    CHECK_EQ(connect(sa, &none, sizeof none), 0);
    CHECK_ERRNO(getpeername(sa, (struct sockaddr *)&from, &length), ENOTCONN);
    /* Nobody there: the next call says so. */
    close(sb);
    CHECK_EQ(connect(other, (struct sockaddr *)&b, sizeof b), 0);
    CHECK_EQ(send(other, "x", 1, 0), 1);
    poll_for(other, POLLIN, 1000);
    CHECK_ERRNO(recv(other, text, sizeof text, MSG_DONTWAIT), ECONNREFUSED);
    close(sa); /* a port that was not asked for by number is lost by that AF_UNSPEC */
    sa = MUST(socket(AF_INET, SOCK_DGRAM, 0));
    a = loopback(0);
    MUST(bind(sa, (struct sockaddr *)&a, sizeof a));
    length = sizeof a;
    MUST(getsockname(sa, (struct sockaddr *)&a, &length));
    static char large[70000];
    CHECK_ERRNO(sendto(sa, large, sizeof large, 0, (struct sockaddr *)&a, sizeof a), EMSGSIZE);
    CHECK_EQ(sendto(sa, large, 60000, 0, (struct sockaddr *)&a, sizeof a), 60000);
    CHECK_EQ(recv(sa, large, sizeof large, 0), 60000);
    CHECK_ERRNO(listen(sa, 1), EOPNOTSUPP);
    CHECK_ERRNO(accept(sa, NULL, NULL), EOPNOTSUPP);
    /* sendmsg and recvmsg with several parts. */
    struct iovec parts[2] = {{"one", 3}, {"two", 3}}, in[2] = {{text, 2}, {text + 10, 20}};
    struct msghdr out = {.msg_name = &a, .msg_namelen = sizeof a, .msg_iov = parts, .msg_iovlen = 2};
    struct msghdr got = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = in, .msg_iovlen = 2};
    CHECK_EQ(sendmsg(sa, &out, 0), 6);
    CHECK_EQ(recvmsg(sa, &got, 0), 6);
    CHECK(!memcmp(text, "on", 2) && !memcmp(text + 10, "etwo", 4) && got.msg_namelen == sizeof from && from.sin_port == a.sin_port);
    return done();
}
