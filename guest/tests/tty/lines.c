/* The line discipline in canonical mode: editing, echo, end of file, output translation. */
#include "pty.h"

int main(void) {
    open_pair();
    struct termios t;
    MUST(tcgetattr(slave, &t));
    CHECK((t.c_lflag & (ICANON | ECHO | ISIG | IEXTEN)) == (ICANON | ECHO | ISIG | IEXTEN));
    CHECK((t.c_oflag & (OPOST | ONLCR)) == (OPOST | ONLCR) && (t.c_iflag & ICRNL));
    CHECK(t.c_cc[VINTR] == 3 && t.c_cc[VERASE] == 127 && t.c_cc[VKILL] == 21 && t.c_cc[VEOF] == 4 && t.c_cc[VMIN] == 1);
    CHECK(isatty(slave) && isatty(master));
    char text[5000];

    /* A line is there when it is whole, and is echoed. */
    type("hel");
    CHECK(nothing_to_read(slave));
    type("lo\n");
    CHECK_EQ(read(slave, text, sizeof text), 6);
    CHECK(!memcmp(text, "hello\n", 6));
    CHECK(!strcmp(take(master), "hello\r\n"));
    type("cr\r"); /* the return key */
    CHECK(!strcmp(take(slave), "cr\n"));
    CHECK(!strcmp(take(master), "cr\r\n"));
    /* Erase, kill, word erase. */
    type("abx\177c\n");
    CHECK(!strcmp(take(slave), "abc\n"));
    CHECK(!strcmp(take(master), "abx\b \bc\r\n"));
    type("\177\177z\n"); /* nothing to erase */
    CHECK(!strcmp(take(slave), "z\n"));
    take(master);
    type("rubbish\025new\n");
    CHECK(!strcmp(take(slave), "new\n"));
    take(master);
    type("two words\027one\n");
    CHECK(!strcmp(take(slave), "two one\n"));
    take(master);
    type("lit\026\003eral\n"); /* ^V takes the next key as it is */
    CHECK(!strcmp(take(slave), "lit\003eral\n"));
    CHECK(strstr(take(master), "^C"));
    /* One read, one line; a short read leaves the rest. */
    type("first\nsecond\n");
    sleep_ms(10);
    CHECK_EQ(read(slave, text, sizeof text), 6);
    CHECK_EQ(read(slave, text, 3), 3);
    CHECK_EQ(read(slave, text, sizeof text), 4);
    take(master);
    /* End of file: at the line's beginning, and in its middle. */
    type("\004");
    CHECK_EQ(read(slave, text, sizeof text), 0);
    type("part\004");
    CHECK_EQ(read(slave, text, sizeof text), 4);
    type("x\n");
    CHECK_EQ(read(slave, text, sizeof text), 2);
    take(master);
    /* Control characters are shown with a hat. */
    type("\001\n");
    CHECK(!strcmp(take(master), "^A\r\n"));
    take(slave);
    /* Output. */
    MUST(write(slave, "a\nb\tc", 5));
    CHECK(!strcmp(take(master), "a\r\nb\tc"));
    /* No echo: but the newline with ECHONL. */
    change(ECHO, 0);
    type("secret\n");
    CHECK(!strcmp(take(slave), "secret\n"));
    CHECK(nothing_to_read(master));
    change(0, ECHONL);
    type("secret\n");
    take(slave);
    CHECK(!strcmp(take(master), "\r\n"));
    change(ECHONL, ECHO);
    /* FIONREAD counts what a read would give. */
    int waiting = -1;
    type("unfinished");
    take(master);
    CHECK(ioctl(slave, FIONREAD, &waiting) == 0 && waiting == 0);
    type("\n");
    sleep_ms(10);
    CHECK(ioctl(slave, FIONREAD, &waiting) == 0 && waiting == 11);
    /* Flushing. */
    CHECK_EQ(tcflush(slave, TCIFLUSH), 0);
    CHECK(nothing_to_read(slave));
    /* A line of 4095 characters is kept, and the newline always. */
    memset(text, 'L', sizeof text);
    change(ECHO, 0);
    for (int i = 0; i < 10; i++) {
        MUST(write(master, text, 500));
        sleep_ms(2);
    }
    type("\n");
    sleep_ms(10);
    char *long_line = take(slave);
    CHECK_EQ(strlen(long_line), 4096);
    CHECK_EQ(long_line[4095], '\n');
    return done();
}
