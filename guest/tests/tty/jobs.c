/* Job control: controlling terminal, foreground group, signal keys, background reads and writes, hang-up. */
#include "pty.h"

static int report[2];

static void tell(char c) { write(report[1], &c, 1); }

static char told(void) {
    char c = 0;
    struct pollfd p = {.fd = report[0], .events = POLLIN};
    if (poll(&p, 1, 3000) > 0)
        read(report[0], &c, 1);
    return c;
}

static volatile int signals;

static void wait_signals(int count) {
    while (signals < count)
        sleep_ms(1);
}

static void on_signal(int number) {
    tell(number == SIGINT ? 'I' : number == SIGQUIT ? 'Q' : number == SIGHUP ? 'H' : number == SIGCONT ? 'C' : '?');
    signals++;
}

static void session_leader(void) {
    CHECK_EQ(setsid(), getpid());
    int fd = open(slave_name, O_RDWR); /* a leader without a terminal gets it by opening */
    CHECK(fd >= 0);
    CHECK_EQ(tcgetsid(fd), getpid());
    CHECK_EQ(tcgetpgrp(fd), getpgrp());
    int tty = open("/dev/tty", O_RDWR);
    CHECK(tty >= 0 && tcgetpgrp(tty) == getpgrp());
    signal(SIGINT, on_signal);
    signal(SIGQUIT, on_signal);
    tell('r');
    wait_signals(2); /* ^C, ^\ */
    /* A job in the foreground, this group behind. */
    pid_t job = MUST(fork());
    if (job == 0) {
        signal(SIGINT, SIG_DFL);
        setpgid(0, 0);
        signal(SIGTTOU, SIG_IGN);
        CHECK_EQ(tcsetpgrp(tty, getpgrp()), 0);
        signal(SIGTTOU, SIG_DFL);
        tell('j');
        for (;;)
            pause();
    }
    setpgid(job, job);
    int status;
    CHECK(waitpid(job, &status, WUNTRACED) == job && WIFSTOPPED(status) && WSTOPSIG(status) == SIGTSTP); /* ^Z */
    signal(SIGTTOU, SIG_IGN);
    CHECK_EQ(tcsetpgrp(tty, getpgrp()), 0);
    tell('s');
    CHECK_EQ(tcsetpgrp(tty, job), 0);
    kill(-job, SIGCONT);
    CHECK(waitpid(job, &status, WUNTRACED) == job && WIFSIGNALED(status) && WTERMSIG(status) == SIGINT); /* ^C */
    CHECK_EQ(tcsetpgrp(tty, getpgrp()), 0);

    /* In the background: reading stops, writing only with TOSTOP. */
    job = MUST(fork());
    if (job == 0) {
        char c;
        setpgid(0, 0);
        signal(SIGTTOU, SIG_DFL);
        write(tty, "bg", 2);
        read(tty, &c, 1);
        _exit(0);
    }
    setpgid(job, job);
    CHECK(waitpid(job, &status, WUNTRACED) == job && WIFSTOPPED(status) && WSTOPSIG(status) == SIGTTIN);
    kill(-job, SIGKILL);
    waitpid(job, &status, 0);
    change(0, TOSTOP);
    job = MUST(fork());
    if (job == 0) {
        setpgid(0, 0);
        signal(SIGTTOU, SIG_DFL);
        write(tty, "never", 5);
        _exit(0);
    }
    setpgid(job, job);
    CHECK(waitpid(job, &status, WUNTRACED) == job && WIFSTOPPED(status) && WSTOPSIG(status) == SIGTTOU);
    kill(-job, SIGKILL);
    waitpid(job, &status, 0);
    change(TOSTOP, 0);
    /* Ignoring SIGTTIN: an error instead. And setting modes from behind stops, too. */
    job = MUST(fork());
    if (job == 0) {
        char c;
        struct termios t;
        setpgid(0, 0);
        signal(SIGTTIN, SIG_IGN);
        CHECK_ERRNO(read(tty, &c, 1), EIO);
        MUST(tcgetattr(tty, &t));
        signal(SIGTTOU, SIG_DFL);
        tcsetattr(tty, TCSANOW, &t);
        _exit(checks_failed != 0);
    }
    setpgid(job, job);
    CHECK(waitpid(job, &status, WUNTRACED) == job && WIFSTOPPED(status) && WSTOPSIG(status) == SIGTTOU);
    kill(-job, SIGCONT);
    CHECK_EQ(tcsetpgrp(tty, job), 0);
    kill(-job, SIGCONT);
    do
        CHECK(waitpid(job, &status, WUNTRACED) == job);
    while (WIFSTOPPED(status) && kill(-job, SIGCONT) == 0);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CHECK_EQ(tcsetpgrp(tty, getpgrp()), 0);
    CHECK_ERRNO(tcsetpgrp(tty, 999999), ESRCH);
    tell('b');

    /* The terminal is taken away. */
    signal(SIGHUP, on_signal);
    signal(SIGCONT, SIG_IGN);
    close(slave);
    if (fd != slave)
        close(fd);
    tell('h');
    wait_signals(3);
    char c;
    CHECK_EQ(read(tty, &c, 1), 0);
    CHECK_ERRNO(open("/dev/tty", O_RDWR), ENXIO);
    fflush(NULL);
    _exit(checks_failed != 0);
}

int main(void) {
    MUST(pipe(report));
    open_pair();
    pid_t leader = MUST(fork());
    if (leader == 0) {
        close(master);
        alarm(20);
        session_leader();
    }
    close(slave);
    CHECK_EQ(told(), 'r');
    type("\003");
    CHECK_EQ(told(), 'I');
    type("typed\034"); /* throws away what was typed */
    CHECK_EQ(told(), 'Q');
    CHECK_EQ(told(), 'j');
    CHECK(strstr(take(master), "^C"));
    type("\032");
    CHECK_EQ(told(), 's');
    pid_t group = 0;
    CHECK_EQ(ioctl(master, TIOCGPGRP, &group), 0);
    sleep_ms(30);
    type("\003");
    CHECK_EQ(told(), 'b');
    CHECK(strstr(take(master), "bg"));
    CHECK_EQ(told(), 'h');
    close(master);
    CHECK_EQ(told(), 'H');
    CHECK_EQ(wait_for(leader), 0);

    /* A session leader's end hangs up its terminal for the foreground group. */
    open_pair();
    leader = MUST(fork());
    if (leader == 0) {
        int ready[2];
        char c;
        MUST(pipe(ready));
        setsid();
        MUST(ioctl(slave, TIOCSCTTY, 0));
        pid_t child = MUST(fork());
        if (child == 0) {
            signal(SIGHUP, on_signal);
            tell('c');
            write(ready[1], "x", 1);
            wait_signals(1);
            _exit(0);
        }
        read(ready[0], &c, 1);
        _exit(0);
    }
    CHECK_EQ(told(), 'c');
    CHECK_EQ(wait_for(leader), 0);
    CHECK_EQ(told(), 'H');
    /* Only a session's leader may take a terminal; it may give it up. */
    open_pair();
    CHECK_EQ(IN_CHILD({
        setsid();
        CHECK_EQ(ioctl(slave, TIOCSCTTY, 0), 0);
        signal(SIGHUP, SIG_IGN);
        pid_t child = MUST(fork());
        if (child == 0) {
            open_pair();
            CHECK_ERRNO(ioctl(slave, TIOCSCTTY, 0), EPERM);
            _exit(checks_failed != 0);
        }
        CHECK_EQ(wait_for(child), 0);
        CHECK_EQ(ioctl(slave, TIOCNOTTY, 0), 0);
        CHECK_ERRNO(open("/dev/tty", O_RDWR), ENXIO);
    }), 0);
    return done();
}
