/* prctl: names, dumpable, no-new-privileges; personality. */
#include "../check.h"

#include <sys/personality.h>
#include <sys/prctl.h>

int main(void) {
    char name[32];
    CHECK_EQ(prctl(PR_SET_NAME, "a-name-that-is-too-long"), 0);
    CHECK(prctl(PR_GET_NAME, name) == 0 && !strcmp(name, "a-name-that-is-")); /* 15 bytes and NUL */
    int fd = MUST(open("/proc/self/comm", O_RDWR));
    memset(name, 0, sizeof name);
    CHECK(read(fd, name, sizeof name) == 16 && !strcmp(name, "a-name-that-is-\n"));
    CHECK_EQ(write(fd, "other", 5), 5);
    CHECK(prctl(PR_GET_NAME, name) == 0 && !strcmp(name, "other"));
    close(fd);
    CHECK_EQ(IN_CHILD({
        CHECK(prctl(PR_GET_NAME, name) == 0 && !strcmp(name, "other")); /* inherited by fork */
    }), 0);
    CHECK_EQ(prctl(PR_GET_DUMPABLE), 1);
    CHECK_EQ(prctl(PR_SET_DUMPABLE, 0), 0);
    CHECK_EQ(prctl(PR_GET_DUMPABLE), 0);
    CHECK_ERRNO(prctl(PR_SET_DUMPABLE, 77), EINVAL);
    CHECK_EQ(prctl(PR_SET_DUMPABLE, 1), 0);
    CHECK_EQ(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
    CHECK_EQ(IN_CHILD({
        CHECK_EQ(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
        CHECK_EQ(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
        CHECK_ERRNO(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0), EINVAL);
    }), 0);
    int signal_number = -1;
    CHECK(prctl(PR_GET_PDEATHSIG, &signal_number) == 0 && signal_number == 0);
    CHECK_ERRNO(prctl(PR_SET_PDEATHSIG, 999), EINVAL);
    CHECK_ERRNO(prctl(123456), EINVAL);
    CHECK_EQ(personality(0xffffffff) & 0xff, PER_LINUX);
    return done();
}
