/* Shared by the terminal tests: a fresh pair, its modes, reading with a limit. */
#ifndef PTY_H
#define PTY_H

#include "../check.h"

#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <termios.h>

static int master, slave;
static char slave_name[64];

__attribute__((unused)) static void open_pair(void) {
    master = MUST(posix_openpt(O_RDWR | O_NOCTTY));
    MUST(grantpt(master));
    MUST(unlockpt(master));
    MUST(ptsname_r(master, slave_name, sizeof slave_name));
    slave = MUST(open(slave_name, O_RDWR | O_NOCTTY));
}

/* What can be read within a short time, as text. */
__attribute__((unused)) static char *take(int fd) {
    static char text[8192];
    struct pollfd p = {.fd = fd, .events = POLLIN};
    size_t n = 0;
    while (n < sizeof text - 1 && poll(&p, 1, n ? 20 : 200) > 0 && (p.revents & POLLIN)) {
        ssize_t got = read(fd, text + n, sizeof text - 1 - n);
        if (got <= 0)
            break;
        n += (size_t)got;
    }
    text[n] = 0;
    return text;
}

/* Whether there is nothing to read, after a moment. */
__attribute__((unused)) static int nothing_to_read(int fd) {
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return poll(&p, 1, 50) == 0;
}

__attribute__((unused)) static void type(const char *keys) { MUST(write(master, keys, strlen(keys))); }

__attribute__((unused)) static void change(tcflag_t clear, tcflag_t set) {
    struct termios t;
    MUST(tcgetattr(slave, &t));
    t.c_lflag = (t.c_lflag & ~clear) | set;
    MUST(tcsetattr(slave, TCSANOW, &t));
}

#endif
