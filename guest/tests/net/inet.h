/* Shared by the network tests: loopback addresses and connected pairs. */
#ifndef INET_H
#define INET_H

#include "../check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

__attribute__((unused)) static struct sockaddr_in loopback(int port) {
    return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* A listening socket at a free port; stores its address. */
__attribute__((unused)) static int listen_somewhere(struct sockaddr_in *address, int backlog) {
    socklen_t length = sizeof *address;
    int fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
    *address = loopback(0);
    MUST(bind(fd, (struct sockaddr *)address, sizeof *address));
    MUST(listen(fd, backlog));
    MUST(getsockname(fd, (struct sockaddr *)address, &length));
    return fd;
}

__attribute__((unused)) static void connected_pair(int fds[2]) {
    struct sockaddr_in address;
    int listener = listen_somewhere(&address, 1);
    fds[0] = MUST(socket(AF_INET, SOCK_STREAM, 0));
    MUST(connect(fds[0], (struct sockaddr *)&address, sizeof address));
    fds[1] = MUST(accept(listener, NULL, NULL));
    close(listener);
}

__attribute__((unused)) static int poll_for(int fd, short events, int ms) {
    struct pollfd p = {.fd = fd, .events = events};
    return poll(&p, 1, ms) <= 0 ? 0 : p.revents;
}

#endif
