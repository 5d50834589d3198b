/* Process groups and sessions. */
#include "../check.h"

#include <sys/prctl.h>

int main(void) {
    pid_t own = getpgrp();
    CHECK_EQ(getpgid(0), own);
    CHECK_EQ(getsid(0), getsid(getpid()));
    pid_t child = MUST(fork());
    if (child == 0)
        for (;;)
            pause();
    CHECK_EQ(getpgid(child), own); /* inherited */
    CHECK_EQ(setpgid(child, child), 0);
    CHECK_EQ(getpgid(child), child);
    CHECK_EQ(setpgid(child, own), 0);
    CHECK_EQ(getpgid(child), own);
    CHECK_ERRNO(setpgid(child, 999999), EPERM);
    CHECK_ERRNO(setpgid(child, -1), EINVAL);
    CHECK_ERRNO(setpgid(999999, 0), ESRCH);
    CHECK_ERRNO(getpgid(999999), ESRCH);
    CHECK_ERRNO(getsid(999999), ESRCH);
    kill(child, SIGKILL);
    wait_for(child);

    CHECK_EQ(IN_CHILD({
        CHECK_EQ(setsid(), getpid());
        CHECK(getsid(0) == getpid() && getpgrp() == getpid());
        CHECK_ERRNO(setsid(), EPERM); /* leads a group already */
        CHECK_ERRNO(setpgid(0, 0), EPERM); /* a session's leader stays */
        CHECK_ERRNO(open("/dev/tty", O_RDWR), ENXIO); /* no terminal yet */
        pid_t grandchild = MUST(fork());
        if (grandchild == 0) {
            CHECK_EQ(getsid(0), getppid());
            CHECK_EQ(setpgid(0, 0), 0);
            CHECK_EQ(getpgrp(), getpid());
            _exit(checks_failed != 0);
        }
        CHECK_EQ(wait_for(grandchild), 0);
        CHECK_ERRNO(setpgid(0, own), EPERM); /* a group of another session */
    }), 0);

    /* Another session's child cannot be moved. */
    int ends[2];
    char c;
    MUST(pipe(ends));
    child = MUST(fork());
    if (child == 0) {
        setsid();
        write(ends[1], "x", 1);
        for (;;)
            pause();
    }
    MUST(read(ends[0], &c, 1));
    CHECK_ERRNO(setpgid(child, own), EPERM);
    CHECK_EQ(getsid(child), child);
    kill(child, SIGKILL);
    wait_for(child);

    /* kill to a group reaches all of it, and nobody else. */
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid_t leader = MUST(fork());
    if (leader == 0) {
        setpgid(0, 0);
        for (int i = 0; i < 3; i++)
            if (fork() == 0)
                break;
        write(ends[1], "x", 1);
        for (;;)
            pause();
    }
    for (int i = 0; i < 4; i++)
        MUST(read(ends[0], &c, 1));
    CHECK_EQ(kill(-leader, SIGTERM), 0);
    CHECK_EQ(wait_for(leader), 1000 + SIGTERM);
    for (int i = 0; i < 3; i++)
        CHECK_EQ(wait_for(-1), 1000 + SIGTERM);
    CHECK_ERRNO(kill(-leader, 0), ESRCH);
    return done();
}
