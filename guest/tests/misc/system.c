/* uname, sysinfo, host names, getrandom, processors, calls that do not exist. */
#include "../check.h"

#include <sched.h>
#include <sys/random.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

int main(void) {
    struct utsname name;
    CHECK_EQ(uname(&name), 0);
    CHECK(!strcmp(name.sysname, "Linux") && strlen(name.release) > 2 && strlen(name.nodename) > 0);
#ifdef __riscv
    CHECK(!strcmp(name.machine, "riscv64"));
#endif
    int major = atoi(name.release);
    CHECK(major >= 4 && major < 100);
    CHECK_ERRNO(syscall(SYS_uname, 16), EFAULT);
    char host[65];
    CHECK(gethostname(host, sizeof host) == 0 && !strcmp(host, name.nodename));

    struct sysinfo info;
    CHECK_EQ(sysinfo(&info), 0);
    CHECK(info.totalram > 0 && info.freeram <= info.totalram && info.mem_unit >= 1 && info.procs >= 1);
    CHECK(get_nprocs() >= 1 && sysconf(_SC_NPROCESSORS_ONLN) >= 1);

    unsigned char a[256] = {0}, b[256] = {0};
    CHECK_EQ(getrandom(a, sizeof a, 0), 256);
    CHECK_EQ(getrandom(b, sizeof b, GRND_NONBLOCK), 256);
    CHECK(memcmp(a, b, sizeof a) != 0);
    CHECK_EQ(getrandom(a, 0, 0), 0);
    CHECK_ERRNO(getrandom(a, 8, 0x100), EINVAL);
    CHECK_ERRNO(getrandom((void *)16, 8, 0), EFAULT);
    static char large[1 << 20];
    CHECK_EQ(getrandom(large, sizeof large, 0), sizeof large);
    int counts[256] = {0}, uneven = 0;
    for (size_t i = 0; i < sizeof large; i++)
        counts[(unsigned char)large[i]]++;
    for (int i = 0; i < 256; i++)
        uneven += counts[i] < 3500 || counts[i] > 4700; /* 4096 each, give or take nine deviations */
    CHECK_EQ(uneven, 0);

    cpu_set_t set;
    CPU_ZERO(&set);
    CHECK_EQ(sched_getaffinity(0, sizeof set, &set), 0);
    CHECK(CPU_COUNT(&set) >= 1);
    CHECK_ERRNO(syscall(SYS_sched_getaffinity, 0, 1, &set), EINVAL);
    CHECK(syscall(SYS_sched_getaffinity, 0, sizeof set, &set) > 0);
    int first = 0;
    while (!CPU_ISSET(first, &set))
        first++;
    cpu_set_t one, now;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    CHECK_EQ(sched_setaffinity(0, sizeof one, &one), 0);
    CHECK(sched_getaffinity(0, sizeof now, &now) == 0 && CPU_EQUAL(&one, &now));
    unsigned cpu = 99, node = 99;
    CHECK_EQ(syscall(SYS_getcpu, &cpu, &node, NULL), 0);
    CHECK(cpu == (unsigned)first && node == 0);
    CPU_ZERO(&one);
    CHECK_ERRNO(sched_setaffinity(0, sizeof one, &one), EINVAL);
    CHECK_ERRNO(sched_getaffinity(999999, sizeof set, &set), ESRCH);
    CHECK_EQ(sched_yield(), 0);
    CHECK_EQ(sched_getscheduler(0), SCHED_OTHER);
    CHECK(sched_get_priority_max(SCHED_FIFO) == 99 && sched_get_priority_min(SCHED_OTHER) == 0);

    CHECK_ERRNO(syscall(5000), ENOSYS);
    CHECK_ERRNO(syscall(-5), ENOSYS);
#ifdef __riscv
    CHECK_ERRNO(syscall(1L << 40), ENOSYS); /* all 64 bits count here */
#endif
    return done();
}
