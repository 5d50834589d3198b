/* The outside world is not there: a connection to it fails, and at once or within the time given. */
#include "inet.h"

int main(void) {
    struct sockaddr_in far = loopback(9);
    far.sin_addr.s_addr = inet_addr("192.0.2.1"); /* an address for documentation: nobody has it */
    int fd = MUST(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    int error = connect(fd, (struct sockaddr *)&far, sizeof far) < 0 ? errno : 0;
    CHECK(error == EINPROGRESS || error == ENETUNREACH || error == EHOSTUNREACH || error == ECONNREFUSED || error == EPERM);
    close(fd);
    /* A broadcast is not allowed unasked. */
    fd = MUST(socket(AF_INET, SOCK_DGRAM, 0));
    far.sin_addr.s_addr = htonl(INADDR_BROADCAST);
    error = sendto(fd, "x", 1, 0, (struct sockaddr *)&far, sizeof far) < 0 ? errno : 0;
    CHECK(error == EACCES || error == ENETUNREACH);
    return done();
}
