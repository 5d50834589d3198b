/* Pseudo-terminals: numbers, names, packet end, window size, closing. */
#include "pty.h"

#include <sys/sysmacros.h>

static volatile int changes;
static void count(int number) { (void)number; changes++; }

int main(void) {
    open_pair();
    unsigned number = ~0u;
    char expected[64];
    CHECK_EQ(ioctl(master, TIOCGPTN, &number), 0);
    snprintf(expected, sizeof expected, "/dev/pts/%u", number);
    CHECK(!strcmp(slave_name, expected));
    CHECK(!strcmp(ttyname(slave), expected));
    struct stat st;
    CHECK(stat(slave_name, &st) == 0 && S_ISCHR(st.st_mode) && major(st.st_rdev) == 136 && minor(st.st_rdev) == number);
    CHECK(st.st_uid == getuid());
    int second = MUST(posix_openpt(O_RDWR | O_NOCTTY));
    CHECK_ERRNO(open(ptsname(second), O_RDWR | O_NOCTTY), EIO); /* locked */
    int locked = 0;
    CHECK_EQ(ioctl(second, TIOCSPTLCK, &locked), 0);
    CHECK(open(ptsname(second), O_RDWR | O_NOCTTY) >= 0);
    close(second);

    struct winsize size = {24, 80, 0, 0}, now;
    CHECK_EQ(ioctl(master, TIOCSWINSZ, &size), 0);
    CHECK(ioctl(slave, TIOCGWINSZ, &now) == 0 && now.ws_row == 24 && now.ws_col == 80);
    /* The foreground group is told of a change, not of a repetition. */
    pid_t child = MUST(fork());
    if (child == 0) {
        signal(SIGWINCH, count);
        setsid();
        MUST(ioctl(slave, TIOCSCTTY, 0));
        write(slave, "r", 1);
        for (int i = 0; i < 500 && !changes; i++)
            sleep_ms(2);
        sleep_ms(20);
        _exit(changes);
    }
    take(master);
    CHECK_EQ(ioctl(master, TIOCSWINSZ, &size), 0);
    size.ws_col = 100;
    CHECK_EQ(ioctl(master, TIOCSWINSZ, &size), 0);
    CHECK_EQ(wait_for(child), 1);

    /* The last slave closes: the master reads what is left, then an error. */
    open_pair();
    MUST(write(slave, "left", 4));
    close(slave);
    char text[16];
    CHECK_EQ(read(master, text, sizeof text), 4);
    CHECK_ERRNO(read(master, text, sizeof text), EIO);
    struct pollfd p = {.fd = master, .events = POLLIN};
    CHECK(poll(&p, 1, 0) == 1 && (p.revents & POLLHUP));
    slave = MUST(open(slave_name, O_RDWR | O_NOCTTY)); /* and comes back */
    CHECK_EQ(poll(&p, 1, 0), 0);
    /* The master closes: end of file at the slave, writing fails. */
    close(master);
    CHECK_EQ(read(slave, text, sizeof text), 0);
    CHECK_ERRNO(write(slave, "x", 1), EIO);
    CHECK_ERRNO(open(slave_name, O_RDWR | O_NOCTTY), ENOENT);
    p = (struct pollfd){.fd = slave, .events = POLLIN};
    CHECK(poll(&p, 1, 0) == 1 && (p.revents & POLLHUP));
    close(slave);

    CHECK_EQ(openpty(&master, &slave, NULL, NULL, NULL), 0);
    CHECK(write(slave, "ok", 2) == 2 && read(master, text, 2) == 2);
    CHECK_ERRNO(lseek(slave, 0, SEEK_CUR), ESPIPE);
    /* Much output, slowly read. */
    child = MUST(fork());
    if (child == 0) {
        char line[101];
        memset(line, 'o', 99);
        line[99] = '\n';
        for (int i = 0; i < 1000; i++)
            if (write(slave, line, 100) != 100)
                _exit(1);
        _exit(0);
    }
    long total = 0;
    while (total < 101000 && poll(&(struct pollfd){.fd = master, .events = POLLIN}, 1, 2000) > 0) {
        char block[777];
        ssize_t n = read(master, block, sizeof block);
        if (n <= 0)
            break;
        total += n;
    }
    CHECK_EQ(total, 101000); /* each newline became two */
    CHECK_EQ(wait_for(child), 0);
    return done();
}
