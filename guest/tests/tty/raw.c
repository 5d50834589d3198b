/* Without ICANON: VMIN and VTIME; cfmakeraw; translations one by one; settings that last. */
#include "pty.h"

static void set_raw(int min, int tenths) {
    struct termios t;
    MUST(tcgetattr(slave, &t));
    cfmakeraw(&t);
    t.c_cc[VMIN] = (cc_t)min;
    t.c_cc[VTIME] = (cc_t)tenths;
    MUST(tcsetattr(slave, TCSANOW, &t));
}

int main(void) {
    open_pair();
    char text[64];
    struct termios t, saved;
    MUST(tcgetattr(slave, &saved));
    set_raw(1, 0);
    type("a");
    CHECK_EQ(read(slave, text, sizeof text), 1);
    CHECK(nothing_to_read(master)); /* no echo */
    type("\003\004\r\177");
    CHECK(!strcmp(take(slave), "\003\004\r\177")); /* nothing is special */
    MUST(write(slave, "x\n", 2));
    CHECK(!strcmp(take(master), "x\n"));
    /* Polling read. */
    set_raw(0, 0);
    CHECK_EQ(read(slave, text, sizeof text), 0);
    type("xy");
    sleep_ms(10);
    CHECK_EQ(read(slave, text, sizeof text), 2);
    /* A time limit. */
    set_raw(0, 1);
    int64_t start = monotonic_ms();
    CHECK_EQ(read(slave, text, sizeof text), 0);
    CHECK(monotonic_ms() - start >= 80 && monotonic_ms() - start < 1000);
    type("z");
    CHECK_EQ(read(slave, text, sizeof text), 1);
    /* At least three. */
    set_raw(3, 0);
    pid_t child = MUST(fork());
    if (child == 0) {
        type("1");
        sleep_ms(20);
        type("2");
        sleep_ms(20);
        type("34");
        _exit(0);
    }
    ssize_t n = read(slave, text, sizeof text);
    CHECK(n >= 3);
    wait_for(child);
    take(slave);
    /* The time runs from the first byte. */
    set_raw(10, 1);
    type("ab");
    start = monotonic_ms();
    CHECK_EQ(read(slave, text, sizeof text), 2);
    CHECK(monotonic_ms() - start >= 80 && monotonic_ms() - start < 1000);
    MUST(fcntl(slave, F_SETFL, O_NONBLOCK));
    CHECK_ERRNO(read(slave, text, 1), EAGAIN);
    MUST(fcntl(slave, F_SETFL, 0));

    /* Single translations. */
    t = saved;
    t.c_iflag = INLCR | IGNCR | ISTRIP;
    t.c_lflag = 0;
    t.c_oflag = OPOST | OCRNL;
    MUST(tcsetattr(slave, TCSADRAIN, &t));
    MUST(tcgetattr(slave, &t));
    CHECK(t.c_iflag == (INLCR | IGNCR | ISTRIP) && t.c_oflag == (OPOST | OCRNL) && t.c_lflag == 0);
    MUST(write(master, "a\nb\rc\xe1", 6));
    CHECK(!strcmp(take(slave), "a\rbca"));
    MUST(write(slave, "x\ry", 3));
    CHECK(!strcmp(take(master), "x\ny"));
    MUST(tcsetattr(slave, TCSAFLUSH, &saved));
    type("back\n");
    CHECK(!strcmp(take(slave), "back\n"));
    CHECK_ERRNO(tcgetattr(MUST(open("/dev/null", O_RDONLY)), &t), ENOTTY);
    CHECK_ERRNO(tcsetattr(slave, 99, &saved), EINVAL);
    CHECK_ERRNO(ioctl(slave, 0x5499, 0), ENOTTY);
    CHECK_EQ(cfgetospeed(&saved), B38400);
    return done();
}
