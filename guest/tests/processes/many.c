/* Many processes at once; numbers are not used again at once; a limit on their count. */
#include "../check.h"

#include <sys/resource.h>

int main(void) {
    enum { COUNT = 50 };
    int ends[2], sum = 0;
    pid_t pids[COUNT];
    MUST(pipe(ends));
    for (int i = 0; i < COUNT; i++) {
        pids[i] = MUST(fork());
        if (pids[i] == 0) {
            char c = (char)i;
            write(ends[1], &c, 1);
            for (;;)
                pause();
        }
    }
    for (int i = 0; i < COUNT; i++) {
        char c;
        MUST(read(ends[0], &c, 1));
        sum += c;
    }
    CHECK_EQ(sum, COUNT * (COUNT - 1) / 2);
    for (int i = 0; i < COUNT; i++)
        for (int j = 0; j < i; j++)
            if (pids[i] == pids[j])
                CHECK(!"two processes with one number");
    for (int i = 0; i < COUNT; i++)
        CHECK_EQ(kill(pids[i], SIGKILL), 0);
    for (int i = 0; i < COUNT; i++)
        CHECK_EQ(wait_for(pids[i]), 1000 + SIGKILL);

    pid_t last = 0;
    int repeated = 0;
    for (int i = 0; i < 100; i++) {
        pid_t pid = MUST(fork());
        if (pid == 0)
            _exit(i);
        repeated += pid == last;
        last = pid;
        CHECK_EQ(wait_for(pid), i);
    }
    CHECK_EQ(repeated, 0);

    if (geteuid() == 0) {
        CHECK_EQ(IN_CHILD({
            struct rlimit limit = {3, 3};
            MUST(setrlimit(RLIMIT_NPROC, &limit));
            MUST(setuid(54321));
            int made = 0;
            pid_t pid;
            while (made < 10 && (pid = fork()) > 0)
                made++;
            if (pid == 0) {
                sleep_ms(300);
                _exit(0);
            }
            CHECK(made == 2);
            CHECK(pid == -1);
        }), 0);
    }
    return done();
}
