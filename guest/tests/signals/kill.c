/* kill, tkill, tgkill: targets, permission, refusals. */
#include "../check.h"

static volatile int calls;

static void count(int number) {
    (void)number;
    calls++;
}

static pid_t child_waiting(void) {
    pid_t pid = MUST(fork());
    if (pid == 0)
        for (;;)
            pause();
    return pid;
}

int main(void) {
    signal(SIGUSR1, count);
    CHECK_EQ(kill(getpid(), 0), 0);
    CHECK_EQ(calls, 0);
    CHECK_ERRNO(kill(getpid(), 65), EINVAL);
    CHECK_ERRNO(kill(getpid(), -1), EINVAL);
    CHECK_ERRNO(kill(999999, 0), ESRCH);
    CHECK_ERRNO(kill(-999999, 0), ESRCH);
    pid_t tid = (pid_t)syscall(SYS_gettid);
    CHECK_EQ(syscall(SYS_tgkill, getpid(), tid, SIGUSR1), 0);
    CHECK_EQ(calls, 1);
    CHECK_EQ(syscall(SYS_tkill, tid, SIGUSR1), 0);
    CHECK_EQ(calls, 2);
    CHECK_ERRNO(syscall(SYS_tgkill, getpid(), 999999, SIGUSR1), ESRCH);
    CHECK_ERRNO(syscall(SYS_tgkill, -1, tid, SIGUSR1), EINVAL);
    CHECK_ERRNO(syscall(SYS_tgkill, getpid(), 0, SIGUSR1), EINVAL);
    CHECK_ERRNO(syscall(SYS_tgkill, 1, tid, SIGUSR1), ESRCH); /* not a thread of that process */
    pid_t child = child_waiting();
    CHECK_EQ(kill(child, 0), 0);
    CHECK_EQ(kill(child, SIGKILL), 0);
    siginfo_t info;
    CHECK_EQ(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
    CHECK_EQ(kill(child, SIGKILL), 0); /* a zombie is still there */
    wait_for(child);
    CHECK_ERRNO(kill(child, 0), ESRCH);
    /* 0: the own group. */
    CHECK_EQ(IN_CHILD({
        setpgid(0, 0);
        calls = 0;
        CHECK_EQ(kill(0, SIGUSR1), 0);
        CHECK_EQ(calls, 1);
    }), 0);
    if (geteuid() == 0) {
        child = child_waiting();
        CHECK_EQ(IN_CHILD({
            MUST(setuid(12345));
            CHECK_ERRNO(kill(child, SIGTERM), EPERM);
            CHECK_ERRNO(kill(child, 0), EPERM);
            CHECK_ERRNO(kill(1, SIGCONT), EPERM);
            pid_t same = child_waiting();
            CHECK_EQ(kill(same, SIGTERM), 0);
            CHECK_EQ(wait_for(same), 1000 + SIGTERM);
        }), 0);
        /* SIGCONT may be sent within a session whoever owns it. */
        CHECK_EQ(IN_CHILD({
            MUST(setuid(12345));
            CHECK_EQ(kill(child, SIGCONT), 0);
        }), 0);
        kill(child, SIGKILL);
        wait_for(child);
    }
    return done();
}
