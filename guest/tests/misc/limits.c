/* Resource limits: reading, setting, inheriting, and that they hold; priorities. */
#include "../check.h"

#include <sys/resource.h>
#include <sys/time.h>

int main(void) {
    struct rlimit limit, old;
    for (int i = 0; i < 16; i++)
        CHECK(getrlimit(i, &limit) == 0 && limit.rlim_cur <= limit.rlim_max);
    CHECK_ERRNO(getrlimit(16, &limit), EINVAL);
    CHECK_EQ(getrlimit(RLIMIT_STACK, &limit), 0);
    CHECK(limit.rlim_cur >= 1 << 20);
    CHECK_EQ(getrlimit(RLIMIT_NOFILE, &old), 0);
    limit = (struct rlimit){old.rlim_max, old.rlim_cur / 2};
    CHECK_ERRNO(setrlimit(RLIMIT_NOFILE, &limit), EINVAL); /* soft above hard */
    CHECK_EQ(IN_CHILD({
        limit = (struct rlimit){20, 30};
        CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
        CHECK_EQ(IN_CHILD({
            CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur == 20 && limit.rlim_max == 30);
        }), 0);
        int last = 0;
        for (int fd; (fd = open("/dev/null", O_RDONLY)) >= 0;)
            last = fd;
        int error = errno;
        CHECK(error == EMFILE && last == 19);
        MUST(setuid(12345));
        limit.rlim_max = 40;
        CHECK_ERRNO(setrlimit(RLIMIT_NOFILE, &limit), EPERM); /* the hard one only goes down */
        limit.rlim_cur = limit.rlim_max = 25;
        CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
    }), 0);
    CHECK(prlimit(getpid(), RLIMIT_CORE, NULL, &old) == 0);
    limit = (struct rlimit){0, old.rlim_max};
    CHECK_EQ(prlimit(0, RLIMIT_CORE, &limit, &old), 0);
    CHECK(prlimit(0, RLIMIT_CORE, NULL, &limit) == 0 && limit.rlim_cur == 0);
    CHECK_ERRNO(prlimit(999999, RLIMIT_CORE, NULL, &limit), ESRCH);
    /* Processor time: SIGXCPU at the soft limit. */
    CHECK_EQ(IN_CHILD({
        limit = (struct rlimit){1, 5};
        MUST(setrlimit(RLIMIT_CPU, &limit));
        for (;;)
            ;
    }), 1000 + SIGXCPU);
    /* A child begins with the limit. */
    CHECK_EQ(IN_CHILD({
        limit = (struct rlimit){1, 5};
        MUST(setrlimit(RLIMIT_CPU, &limit));
        exit(IN_CHILD({
            for (;;)
                ;
        }) == 1000 + SIGXCPU ? 7 : 8);
    }), 7);
    if (geteuid() == 0)
        setpriority(PRIO_PROCESS, 0, 0);
    CHECK_EQ(getpriority(PRIO_PROCESS, 0), 0);
    CHECK_EQ(IN_CHILD({
        CHECK_EQ(nice(5), 5);
        CHECK_EQ(getpriority(PRIO_PROCESS, 0), 5);
        CHECK_EQ(setpriority(PRIO_PROCESS, 0, 19), 0);
        MUST(setuid(12345));
        CHECK_ERRNO(setpriority(PRIO_PROCESS, 0, 0), EACCES);
    }), 0);
    CHECK_ERRNO(setpriority(9, 0, 0), EINVAL);
    return done();
}
