/* sigprocmask, pending, sigsuspend; masks in handlers; order of delivery. */
#include "../check.h"

static volatile int order[8], delivered;
static volatile sigset_t seen;

static void record(int number) { order[delivered++ & 7] = number; }

static void look(int number) {
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    seen = mask;
    record(number);
}

int main(void) {
    sigset_t set, old, empty;
    struct sigaction action = {.sa_handler = record};
    sigemptyset(&empty);
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGUSR2, &action, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    CHECK_EQ(sigprocmask(SIG_BLOCK, &set, &old), 0);
    CHECK(!sigismember(&old, SIGUSR1));
    raise(SIGUSR2), raise(SIGUSR1), raise(SIGUSR1);
    CHECK_EQ(delivered, 0);
    sigpending(&old);
    CHECK(sigismember(&old, SIGUSR1) && sigismember(&old, SIGUSR2) && !sigismember(&old, SIGTERM));
    CHECK_EQ(sigprocmask(SIG_SETMASK, &empty, NULL), 0);
    CHECK_EQ(delivered, 2); /* a plain signal is pending once */
    CHECK((order[0] == SIGUSR1 && order[1] == SIGUSR2) || (order[0] == SIGUSR2 && order[1] == SIGUSR1));

    /* The handler runs with the mask before, its own signal, and sa_mask. */
    struct sigaction with_mask = {.sa_handler = look};
    sigemptyset(&with_mask.sa_mask);
    sigaddset(&with_mask.sa_mask, SIGHUP);
    sigaction(SIGUSR1, &with_mask, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGUSR1);
    sigset_t mask = seen;
    CHECK(sigismember(&mask, SIGUSR1) && sigismember(&mask, SIGHUP) && sigismember(&mask, SIGALRM));
    CHECK(!sigismember(&mask, SIGUSR2));
    sigprocmask(SIG_BLOCK, NULL, &mask);
    CHECK(!sigismember(&mask, SIGUSR1) && !sigismember(&mask, SIGHUP) && sigismember(&mask, SIGALRM));

    /* KILL and STOP cannot be blocked. */
    sigfillset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
    sigprocmask(SIG_BLOCK, NULL, &mask);
    CHECK(!sigismember(&mask, SIGKILL) && !sigismember(&mask, SIGSTOP) && sigismember(&mask, SIGTERM));
    sigprocmask(SIG_SETMASK, &empty, NULL);

    /* sigsuspend: the mask is another one just while it waits. */
    sigaction(SIGUSR1, &action, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGUSR1);
    delivered = 0;
    CHECK_ERRNO(sigsuspend(&empty), EINTR);
    CHECK_EQ(delivered, 1);
    sigprocmask(SIG_BLOCK, NULL, &mask);
    CHECK(sigismember(&mask, SIGUSR1));
    pid_t self = getpid(), child = MUST(fork());
    if (child == 0) {
        sleep_ms(20);
        kill(self, SIGUSR1);
        _exit(0);
    }
    CHECK_ERRNO(sigsuspend(&empty), EINTR);
    CHECK_EQ(delivered, 2);
    CHECK_EQ(wait_for(child), 0);
    /* Pending signals are not inherited by fork, masks are. */
    raise(SIGUSR1);
    CHECK_EQ(IN_CHILD({
        sigpending(&mask);
        CHECK(!sigismember(&mask, SIGUSR1));
        sigprocmask(SIG_BLOCK, NULL, &mask);
        CHECK(sigismember(&mask, SIGUSR1));
    }), 0);
    sigprocmask(SIG_SETMASK, &empty, NULL);
    CHECK_EQ(delivered, 3);
    CHECK_ERRNO(sigprocmask(77, &set, NULL), EINVAL);
    CHECK_ERRNO(syscall(SYS_rt_sigprocmask, SIG_BLOCK, 16, NULL, 8), EFAULT);
    CHECK_ERRNO(syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, NULL, 4), EINVAL);
    return done();
}
