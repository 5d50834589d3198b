/* sigwait, sigwaitinfo, sigtimedwait; realtime signals queue in order. */
#include "../check.h"

static volatile int handled[16], count;

static void record(int number, siginfo_t *info, void *context) {
    (void)number, (void)context;
    if (count < 16)
        handled[count++] = info->si_value.sival_int;
}

int main(void) {
    sigset_t set;
    siginfo_t info;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGRTMIN);
    sigaddset(&set, SIGRTMIN + 1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    for (int i = 0; i < 3; i++) {
        sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = 10 + i});
        sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 20 + i});
    }
    kill(getpid(), SIGUSR1);
    /* The lowest number first, equal ones in the order they came, none lost. */
    CHECK_EQ(sigwaitinfo(&set, &info), SIGUSR1);
    CHECK_EQ(info.si_code, SI_USER);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(sigwaitinfo(&set, &info), SIGRTMIN);
        CHECK(info.si_value.sival_int == 20 + i && info.si_code == SI_QUEUE);
    }
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(sigwaitinfo(&set, &info), SIGRTMIN + 1);
        CHECK_EQ(info.si_value.sival_int, 10 + i);
    }
    struct timespec none = {0, 0}, some = {0, 30000000}, wrong = {0, -1};
    CHECK_ERRNO(sigtimedwait(&set, &info, &none), EAGAIN);
    int64_t start = monotonic_ms();
    CHECK_ERRNO(sigtimedwait(&set, &info, &some), EAGAIN);
    CHECK(monotonic_ms() - start >= 29);
    CHECK_ERRNO(sigtimedwait(&set, &info, &wrong), EINVAL);
    pid_t parent = getpid(), child = MUST(fork());
    if (child == 0) {
        sleep_ms(20);
        kill(parent, SIGUSR1);
        _exit(0);
    }
    int number = 0;
    CHECK(sigwait(&set, &number) == 0 && number == SIGUSR1);
    wait_for(child);
    /* A signal that is not waited for, with a handler, interrupts. */
    struct sigaction action = {.sa_sigaction = record, .sa_flags = SA_SIGINFO};
    sigaction(SIGALRM, &action, NULL);
    ualarm(20000, 0);
    CHECK_ERRNO(sigwaitinfo(&set, &info), EINTR);

    /* By handlers: queued ones run one after the other when unblocked. */
    sigaction(SIGRTMIN, &action, NULL);
    count = 0;
    for (int i = 0; i < 5; i++)
        sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = i});
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    CHECK_EQ(count, 5);
    for (int i = 0; i < 5; i++)
        CHECK_EQ(handled[i], i);
    CHECK_ERRNO(sigqueue(getpid(), 65, (union sigval){0}), EINVAL);
    CHECK_ERRNO(sigqueue(999999, SIGUSR1, (union sigval){0}), ESRCH);
    return done();
}
