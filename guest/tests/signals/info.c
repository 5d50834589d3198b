/* What a handler with SA_SIGINFO is told, by the way the signal came. */
#include "../check.h"

static siginfo_t last, children[8]; /* the last signal that was not SIGCHLD; SIGCHLD by code */
static volatile int calls;

static void take(int number, siginfo_t *i, void *context) {
    (void)context;
    if (number != SIGCHLD)
        last = *i;
    else if (i->si_code > 0 && i->si_code < 8)
        children[i->si_code] = *i;
    calls++;
}

/* The SIGCHLD of this code; the signal may come a little later than what wait tells. */
static siginfo_t child_info(int code) {
    for (int i = 0; i < 1000 && !children[code].si_signo; i++)
        sleep_ms(1);
    siginfo_t found = children[code];
    memset(&children[code], 0, sizeof found);
    return found;
}

int main(void) {
    struct sigaction action = {.sa_sigaction = take, .sa_flags = SA_SIGINFO};
    for (int number = 1; number < NSIG; number++)
        if (number != SIGKILL && number != SIGSTOP && number != 32 && number != 33)
            sigaction(number, &action, NULL);
    siginfo_t info;
    kill(getpid(), SIGUSR1);
    CHECK(last.si_signo == SIGUSR1 && last.si_code == SI_USER && last.si_pid == getpid() && last.si_uid == getuid());
    raise(SIGUSR2);
    CHECK(last.si_signo == SIGUSR2 && last.si_code == SI_TKILL && last.si_pid == getpid());
    union sigval value = {.sival_ptr = (void *)0x123456789abcUL};
    CHECK_EQ(sigqueue(getpid(), SIGUSR1, value), 0);
    CHECK(last.si_code == SI_QUEUE && last.si_value.sival_ptr == value.sival_ptr && last.si_pid == getpid());
    pid_t child = MUST(fork());
    if (child == 0) {
        kill(getppid(), SIGUSR1);
        _exit(33);
    }
    info = child_info(CLD_EXITED);
    CHECK(info.si_signo == SIGCHLD && info.si_pid == child && info.si_status == 33 && info.si_uid == getuid());
    CHECK(last.si_code == SI_USER && last.si_pid == child);
    wait_for(child);
    child = MUST(fork());
    if (child == 0)
        for (;;)
            pause();
    kill(child, SIGSTOP);
    info = child_info(CLD_STOPPED);
    CHECK(info.si_status == SIGSTOP && info.si_pid == child);
    kill(child, SIGCONT);
    info = child_info(CLD_CONTINUED);
    CHECK(info.si_status == SIGCONT && info.si_pid == child);
    kill(child, SIGKILL);
    info = child_info(CLD_KILLED);
    CHECK(info.si_status == SIGKILL && info.si_pid == child);
    wait_for(child);

    /* SA_NOCLDSTOP: only ends are told. */
    action.sa_flags |= SA_NOCLDSTOP;
    sigaction(SIGCHLD, &action, NULL);
    child = MUST(fork());
    if (child == 0)
        for (;;)
            pause();
    calls = 0;
    kill(child, SIGSTOP);
    waitpid(child, NULL, WUNTRACED);
    kill(child, SIGCONT);
    waitpid(child, NULL, WCONTINUED);
    sleep_ms(20);
    CHECK_EQ(calls, 0);
    kill(child, SIGKILL);
    info = child_info(CLD_KILLED);
    CHECK(info.si_pid == child && calls == 1);
    wait_for(child);
    /* SA_NOCLDWAIT: no zombie. */
    action.sa_flags |= SA_NOCLDWAIT;
    sigaction(SIGCHLD, &action, NULL);
    child = MUST(fork());
    if (child == 0)
        _exit(0);
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
    CHECK_ERRNO(waitpid(child, NULL, 0), ECHILD);

    /* Forged codes are for oneself only. */
    siginfo_t forged = {.si_signo = SIGUSR1, .si_code = SI_USER};
    child = MUST(fork());
    if (child == 0) {
        signal(SIGUSR1, SIG_IGN);
        sleep_ms(100);
        _exit(0);
    }
    CHECK_ERRNO(syscall(SYS_rt_sigqueueinfo, child, SIGUSR1, &forged), EPERM);
    kill(child, SIGKILL);
    wait_for(child);
    return done();
}
