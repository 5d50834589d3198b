/* sigaction: flags, what is kept, refusals. */
#include "../check.h"

static volatile int calls, during, last;

static void count(int number) {
    calls++;
    last = number;
}

static void raise_again(int number) {
    calls++;
    if (calls == 1)
        raise(number);
    during += calls > 1;
}

int main(void) {
    struct sigaction action = {.sa_handler = count}, old;
    CHECK_EQ(sigaction(SIGUSR1, &action, NULL), 0);
    CHECK_EQ(sigaction(SIGUSR1, NULL, &old), 0);
    CHECK(old.sa_handler == count && !(old.sa_flags & SA_RESETHAND));
    raise(SIGUSR1);
    CHECK(calls == 1 && last == SIGUSR1);

    /* The signal itself is blocked in its handler, unless SA_NODEFER. */
    action.sa_handler = raise_again;
    calls = during = 0;
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    CHECK(calls == 2 && during == 1); /* one after the other */
    action.sa_flags = SA_NODEFER;
    calls = during = 0;
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    CHECK(calls == 2 && during == 2); /* one in the other */

    action.sa_handler = count;
    action.sa_flags = SA_RESETHAND;
    calls = 0;
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    CHECK_EQ(sigaction(SIGUSR1, NULL, &old), 0);
    CHECK(calls == 1 && old.sa_handler == SIG_DFL);

    signal(SIGUSR1, SIG_IGN);
    calls = 0;
    raise(SIGUSR1);
    CHECK_EQ(calls, 0);
    /* Ignoring throws away what is pending. */
    sigset_t set, pending;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGUSR2, count);
    raise(SIGUSR2);
    sigpending(&pending);
    CHECK(sigismember(&pending, SIGUSR2));
    signal(SIGUSR2, SIG_IGN);
    sigpending(&pending);
    CHECK(!sigismember(&pending, SIGUSR2));
    signal(SIGUSR2, count);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    CHECK_EQ(calls, 0);

    /* Handlers are inherited by fork, not shared after it. */
    CHECK_EQ(IN_CHILD({
        raise(SIGUSR2);
        CHECK_EQ(calls, 1);
        signal(SIGUSR2, SIG_IGN);
    }), 0);
    sigaction(SIGUSR2, NULL, &old);
    CHECK(old.sa_handler == count);

    action.sa_flags = 0;
    CHECK_ERRNO(sigaction(SIGKILL, &action, NULL), EINVAL);
    CHECK_ERRNO(sigaction(SIGSTOP, &action, NULL), EINVAL);
    CHECK_EQ(sigaction(SIGKILL, NULL, &old), 0);
    CHECK_ERRNO(sigaction(0, &action, NULL), EINVAL);
    CHECK_ERRNO(sigaction(65, &action, NULL), EINVAL);
    CHECK_ERRNO(syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 4), EINVAL); /* size of the mask */
    CHECK_ERRNO(syscall(SYS_rt_sigaction, SIGUSR1, 16, NULL, 8), EFAULT);
    return done();
}
