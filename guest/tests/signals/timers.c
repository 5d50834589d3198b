/* alarm, setitimer, timer_create: when and how often, and what is left. */
#include "../check.h"

#include <sys/time.h>

static volatile int calls, value, code, overrun_seen;

static void take(int number, siginfo_t *info, void *context) {
    (void)number, (void)context;
    calls++;
    value = info->si_value.sival_int;
    code = info->si_code;
}

static void wait_calls(int n) {
    for (int i = 0; i < 3000 && calls < n; i++)
        sleep_ms(1);
}

int main(void) {
    struct sigaction action = {.sa_sigaction = take, .sa_flags = SA_SIGINFO};
    sigaction(SIGALRM, &action, NULL);
    sigaction(SIGVTALRM, &action, NULL);
    sigaction(SIGRTMIN, &action, NULL);
    CHECK_EQ(alarm(100), 0);
    CHECK(alarm(1) >= 99);
    CHECK_EQ(alarm(0), 1);
    struct itimerval once = {{0, 0}, {0, 30000}}, often = {{0, 10000}, {0, 10000}}, none = {{0, 0}, {0, 0}}, left;
    int64_t start = monotonic_ms();
    CHECK_EQ(setitimer(ITIMER_REAL, &once, NULL), 0);
    CHECK_EQ(getitimer(ITIMER_REAL, &left), 0);
    CHECK(left.it_value.tv_sec == 0 && left.it_value.tv_usec > 0 && left.it_value.tv_usec <= 30000);
    wait_calls(1);
    CHECK(calls == 1 && monotonic_ms() - start >= 29 && code == SI_KERNEL);
    CHECK_EQ(getitimer(ITIMER_REAL, &left), 0);
    CHECK(left.it_value.tv_sec == 0 && left.it_value.tv_usec == 0);
    calls = 0;
    start = monotonic_ms();
    CHECK_EQ(setitimer(ITIMER_REAL, &often, NULL), 0);
    wait_calls(5);
    CHECK(calls >= 5 && monotonic_ms() - start >= 49);
    CHECK_EQ(setitimer(ITIMER_REAL, &none, &left), 0);
    CHECK_EQ(left.it_interval.tv_usec, 10000);
    struct itimerval wrong = {{0, 0}, {0, 1000000}};
    CHECK_ERRNO(setitimer(ITIMER_REAL, &wrong, NULL), EINVAL);
    CHECK_ERRNO(setitimer(9, &once, NULL), EINVAL);
    /* Of the process's own time: only computing counts. */
    calls = 0;
    CHECK_EQ(setitimer(ITIMER_VIRTUAL, &once, NULL), 0);
    start = monotonic_ms();
    while (!calls && monotonic_ms() - start < 5000)
        ;
    CHECK_EQ(calls, 1);
    /* Not inherited by fork. */
    setitimer(ITIMER_REAL, &often, NULL);
    CHECK_EQ(IN_CHILD({
        CHECK_EQ(getitimer(ITIMER_REAL, &left), 0);
        CHECK(left.it_value.tv_usec == 0 && left.it_interval.tv_usec == 0);
    }), 0);
    setitimer(ITIMER_REAL, &none, NULL);

    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN, .sigev_value = {.sival_int = 77}};
    struct itimerspec soon = {{0, 0}, {0, 20000000}}, now;
    CHECK_EQ(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
    calls = 0;
    CHECK_EQ(timer_settime(timer, 0, &soon, NULL), 0);
    CHECK_EQ(timer_gettime(timer, &now), 0);
    CHECK(now.it_value.tv_nsec > 0 && now.it_value.tv_nsec <= 20000000);
    wait_calls(1);
    CHECK(calls == 1 && value == 77 && code == SI_TIMER);
    /* Absolute time, and periodic with overruns while blocked. */
    struct itimerspec at = {{0, 5000000}, {0, 0}};
    clock_gettime(CLOCK_MONOTONIC, &at.it_value);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    calls = 0;
    CHECK_EQ(timer_settime(timer, TIMER_ABSTIME, &at, NULL), 0);
    sleep_ms(60);
    siginfo_t info;
    CHECK_EQ(sigwaitinfo(&set, &info), SIGRTMIN);
    CHECK(info.si_overrun >= 5);
    CHECK(timer_getoverrun(timer) >= 5);
    CHECK_EQ(timer_delete(timer), 0);
    CHECK_ERRNO(timer_delete(timer), EINVAL);
    CHECK_ERRNO(timer_settime(timer, 0, &soon, NULL), EINVAL);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    /* No notification at all. */
    event.sigev_notify = SIGEV_NONE;
    CHECK_EQ(timer_create(CLOCK_REALTIME, &event, &timer), 0);
    CHECK_EQ(timer_settime(timer, 0, &soon, NULL), 0);
    sleep_ms(30);
    CHECK_EQ(timer_gettime(timer, &now), 0);
    CHECK(now.it_value.tv_sec == 0 && now.it_value.tv_nsec == 0);
    CHECK_ERRNO(timer_create(12345, &event, &timer), EINVAL);
    event.sigev_notify = 99;
    CHECK_ERRNO(timer_create(CLOCK_REALTIME, &event, &timer), EINVAL);
    return done();
}
