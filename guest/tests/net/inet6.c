/* IPv6 on the loopback, and IPv4 through it. */
#include "inet.h"

int main(void) {
    struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT}, peer;
    socklen_t length = sizeof address;
    char c;
    int listener = socket(AF_INET6, SOCK_STREAM, 0);
    if (listener < 0 && errno == EAFNOSUPPORT) {
        printf("no IPv6 here; ");
        return done();
    }
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 && errno == EADDRNOTAVAIL) {
        printf("no IPv6 loopback here; ");
        return done();
    }
    MUST(listen(listener, 5));
    MUST(getsockname(listener, (struct sockaddr *)&address, &length));
    CHECK(length == sizeof address && address.sin6_port != 0);
    int client = MUST(socket(AF_INET6, SOCK_STREAM, 0));
    CHECK_EQ(connect(client, (struct sockaddr *)&address, sizeof address), 0);
    int server = accept(listener, (struct sockaddr *)&peer, &length);
    CHECK(server >= 0 && IN6_IS_ADDR_LOOPBACK(&peer.sin6_addr));
    CHECK(write(client, "6", 1) == 1 && read(server, &c, 1) == 1 && c == '6');
    close(client), close(server), close(listener);

    /* Both families at one port, unless IPV6_V6ONLY. */
    int off = 0;
    listener = MUST(socket(AF_INET6, SOCK_STREAM, 0));
    CHECK_EQ(setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off), 0);
    address = (struct sockaddr_in6){.sin6_family = AF_INET6};
    CHECK_EQ(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    MUST(listen(listener, 5));
    length = sizeof address;
    MUST(getsockname(listener, (struct sockaddr *)&address, &length));
    struct sockaddr_in four = loopback(ntohs(address.sin6_port));
    client = MUST(socket(AF_INET, SOCK_STREAM, 0));
    CHECK_EQ(connect(client, (struct sockaddr *)&four, sizeof four), 0);
    length = sizeof peer;
    server = accept(listener, (struct sockaddr *)&peer, &length);
    CHECK(server >= 0 && IN6_IS_ADDR_V4MAPPED(&peer.sin6_addr));
    close(client), close(server), close(listener);
    int udp = MUST(socket(AF_INET6, SOCK_DGRAM, 0));
    address = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    MUST(bind(udp, (struct sockaddr *)&address, sizeof address));
    length = sizeof address;
    MUST(getsockname(udp, (struct sockaddr *)&address, &length));
    CHECK_EQ(sendto(udp, "x", 1, 0, (struct sockaddr *)&address, sizeof address), 1);
    CHECK_EQ(recvfrom(udp, &c, 1, 0, (struct sockaddr *)&peer, &length), 1);
    CHECK(peer.sin6_port == address.sin6_port);
    return done();
}
