/* nanosleep, clock_nanosleep: length, absolute times, interruption, refusals. */
#include "../check.h"

static void nothing(int number) { (void)number; }

static struct timespec after(clockid_t clock, long ms) {
    struct timespec t;
    clock_gettime(clock, &t);
    t.tv_nsec += ms * 1000000;
    while (t.tv_nsec >= 1000000000)
        t.tv_sec++, t.tv_nsec -= 1000000000;
    return t;
}

int main(void) {
    struct timespec t = {0, 30000000}, left = {7, 7}, wrong = {0, 1000000000}, negative = {-1, 0};
    int64_t start = monotonic_ms();
    CHECK_EQ(nanosleep(&t, &left), 0);
    CHECK(monotonic_ms() - start >= 29 && monotonic_ms() - start < 1000);
    CHECK(left.tv_sec == 7); /* untouched when it slept to the end */
    CHECK_ERRNO(nanosleep(&wrong, NULL), EINVAL);
    CHECK_ERRNO(nanosleep(&negative, NULL), EINVAL);
    CHECK_ERRNO(syscall(SYS_nanosleep, 16, NULL), EFAULT);
    t = (struct timespec){0, 0};
    CHECK_EQ(nanosleep(&t, NULL), 0);
    for (int i = 0; i < 2; i++) {
        clockid_t clock = i ? CLOCK_REALTIME : CLOCK_MONOTONIC;
        start = monotonic_ms();
        t = after(clock, 30);
        CHECK_EQ(clock_nanosleep(clock, TIMER_ABSTIME, &t, NULL), 0);
        CHECK(monotonic_ms() - start >= 28);
        CHECK_EQ(clock_nanosleep(clock, TIMER_ABSTIME, &t, NULL), 0); /* past: at once */
    }
    t = (struct timespec){0, 20000000};
    CHECK_EQ(clock_nanosleep(CLOCK_BOOTTIME, 0, &t, NULL), 0);
    CHECK_EQ(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &t, NULL), EINVAL);
    CHECK_EQ(clock_nanosleep(99, 0, &t, NULL), EINVAL);
    CHECK_EQ(clock_nanosleep(CLOCK_MONOTONIC, 0, &wrong, NULL), EINVAL);
    struct sigaction action = {.sa_handler = nothing};
    sigaction(SIGALRM, &action, NULL);
    t = (struct timespec){5, 0};
    ualarm(20000, 0);
    CHECK_EQ(clock_nanosleep(CLOCK_MONOTONIC, 0, &t, &left), EINTR);
    CHECK(left.tv_sec == 4 && left.tv_nsec > 0);
    t = after(CLOCK_MONOTONIC, 5000);
    left = (struct timespec){7, 7};
    ualarm(20000, 0);
    CHECK_EQ(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, &left), EINTR);
    CHECK_EQ(left.tv_sec, 7); /* an absolute one needs no rest */
    return done();
}
