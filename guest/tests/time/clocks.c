/* Clocks: which there are, that they go on, resolution, setting refused, use of processor time. */
#include "../check.h"

#include <sys/resource.h>
#include <sys/time.h>
#include <sys/times.h>

static int64_t ns(struct timespec t) { return t.tv_sec * 1000000000LL + t.tv_nsec; }

static int64_t us(struct timeval t) { return t.tv_sec * 1000000LL + t.tv_usec; }

int main(void) {
    static const clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID,
                                       CLOCK_MONOTONIC_RAW, CLOCK_REALTIME_COARSE, CLOCK_MONOTONIC_COARSE, CLOCK_BOOTTIME};
    struct timespec t, u;
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
        CHECK_EQ(clock_gettime(clocks[i], &t), 0);
        CHECK(t.tv_sec >= 0 && t.tv_nsec >= 0 && t.tv_nsec < 1000000000);
        CHECK_EQ(clock_getres(clocks[i], &u), 0);
        CHECK(u.tv_sec == 0 && u.tv_nsec >= 1 && u.tv_nsec <= 10000000);
        int back = 0;
        for (int j = 0; j < 1000; j++) {
            clock_gettime(clocks[i], &u);
            back += ns(u) < ns(t);
            t = u;
        }
        CHECK_EQ(back, 0);
    }
    CHECK_ERRNO(clock_gettime(99, &t), EINVAL);
    CHECK_ERRNO(clock_getres(99, &t), EINVAL);
    CHECK_ERRNO(syscall(SYS_clock_gettime, CLOCK_REALTIME, 16), EFAULT);
    clock_gettime(CLOCK_REALTIME, &t);
    CHECK(t.tv_sec > 1577836800); /* after 2020 */
    struct timeval v;
    CHECK(gettimeofday(&v, NULL) == 0 && v.tv_sec - t.tv_sec <= 1);
    CHECK(time(NULL) - t.tv_sec <= 1);
    /* The system call and the one in user space agree. */
    static const clockid_t shared[] = {CLOCK_MONOTONIC, CLOCK_MONOTONIC_RAW, CLOCK_BOOTTIME, CLOCK_REALTIME};
    struct timespec call;
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++) {
        int apart = 0;
        for (int j = 0; j < 20000; j++) {
            clock_gettime(shared[i], &t);
            syscall(SYS_clock_gettime, shared[i], &call);
            clock_gettime(shared[i], &u);
            apart += !(ns(t) <= ns(call) && ns(call) <= ns(u) && u.tv_nsec >= 0 && u.tv_nsec < 1000000000);
        }
        CHECK_EQ(apart, 0);
    }

    /* Processor time grows by computing, not by sleeping. */
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    sleep_ms(60);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &u);
    CHECK(ns(u) - ns(t) < 50000000);
    int64_t start = monotonic_ms();
    while (monotonic_ms() - start < 100)
        ;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    CHECK(ns(t) - ns(u) > 20000000);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &u);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    CHECK(ns(u) > 0 && ns(u) <= ns(t));
    /* System time is that of system calls, user time the rest. */
    struct rusage before, after;
    static char zeros[65536];
    int zero = MUST(open("/dev/zero", O_RDONLY));
    MUST(getrusage(RUSAGE_SELF, &before));
    start = monotonic_ms();
    while (monotonic_ms() - start < 400)
        for (int i = 0; i < 10; i++)
            MUST(read(zero, zeros, sizeof zeros));
    MUST(getrusage(RUSAGE_SELF, &after));
    CHECK(us(after.ru_stime) - us(before.ru_stime) > 50000);
    CHECK(us(after.ru_utime) >= us(before.ru_utime));
    before = after;
    for (volatile long i = 0; i < 1000; i++)
        for (start = monotonic_ms(); i == 0 && monotonic_ms() - start < 300;)
            for (volatile int j = 0; j < 100000; j++)
                ;
    MUST(getrusage(RUSAGE_SELF, &after));
    CHECK(us(after.ru_utime) - us(before.ru_utime) > 100000);
    CHECK(us(after.ru_stime) - us(before.ru_stime) < 100000);
    struct tms times_now;
    CHECK(times(&times_now) != (clock_t)-1);
    CHECK(times_now.tms_utime + times_now.tms_stime >= 1);
    clockid_t own;
    CHECK(clock_getcpuclockid(getpid(), &own) == 0 && clock_gettime(own, &u) == 0 && ns(u) >= ns(t));
    CHECK_EQ(IN_CHILD({
        MUST(setuid(12345));
        clock_gettime(CLOCK_REALTIME, &t);
        CHECK_ERRNO(clock_settime(CLOCK_REALTIME, &t), EPERM);
    }), 0);
    CHECK_ERRNO(clock_settime(CLOCK_MONOTONIC, &t), EINVAL);
    return done();
}
