/* fuzz SEED ROUNDS: system calls with senseless arguments, each round in a child that is killed after a while; the kernel must live. For
 * tests inside only: on a real machine it would do harm. */
#include "rt.h"

enum { CALLS_PER_ROUND = 2000, SCRATCH = 65536, PATIENCE_MS = 1500 };

static uint64_t state;
static char scratch[SCRATCH] __attribute__((aligned(4096)));
static int highest_fd;

static uint64_t next(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state * 0x2545f4914f6cdd1dull;
}

static long number(void) {
    static const long edges[] = {0, 1, -1, 2, 8, 16, 64, 4095, 4096, 65536, 0x7fffffff, 0x80000000l, 0xffffffffl,
                                 0x7fffffffffffffffl, (long)0x8000000000000000ul, 1l << 38, (1l << 38) - 1, -100, -4096};
    switch (next() % 4) {
    case 0:
        return edges[next() % (sizeof edges / sizeof *edges)];
    case 1:
        return (long)(next() % 64);
    case 2:
        return 1l << next() % 64;
    default:
        return (long)(next() >> next() % 64);
    }
}

static long argument(void) {
    switch (next() % 8) {
    case 0:
    case 1:
    case 2:
        return (long)scratch + (long)(next() % SCRATCH & ~(next() % 2 ? 7ul : 0ul));
    case 3:
        return (long)scratch + SCRATCH - (long)(next() % 64);
    case 4:
    case 5:
        return (long)(next() % (unsigned)(highest_fd + 3)) - 1;
    default:
        return number();
    }
}

static void fill(void) {
    for (size_t i = 0; i + 8 <= SCRATCH; i += 8 + next() % 64 * 8) {
        long value = next() % 3 ? argument() : number();
        memcpy(scratch + i, &value, sizeof value);
    }
    static const char *const paths[] = {"/tmp/a", "/tmp/b/c", ".", "..", "/proc/self/fd/3", "/proc/self/exe", "/dev/zero", "/tmp", "/proc/self/mem"};
    for (int i = 0; i < 16; i++) {
        const char *path = paths[next() % (sizeof paths / sizeof *paths)];
        memcpy(scratch + next() % (SCRATCH - 64), path, strlen(path) + 1);
    }
}

static void open_some(void) {
    int pair[2];
    SYS4(openat, AT_FDCWD, "/tmp/a", O_RDWR | O_CREAT, 0644);
    SYS4(openat, AT_FDCWD, "/tmp", O_RDONLY | O_DIRECTORY, 0);
    SYS4(openat, AT_FDCWD, "/dev/ptmx", O_RDWR, 0);
    SYS2(pipe2, pair, O_NONBLOCK);
    SYS4(socketpair, 1, 1, 0, pair);
    SYS3(socket, 2, 1, 0);
    SYS3(socket, 2, 2, 0);
    SYS1(epoll_create1, 0);
    SYS2(eventfd2, 3, 0);
    SYS2(timerfd_create, 1, 0);
    SYS2(memfd_create, "m", 3);
    highest_fd = (int)SYS1(dup, 0);
}

/* Calls that would end the test itself, not test anything. */
static int is_left_out(long nr) {
    switch (nr) {
    case __NR_kill:
    case __NR_tkill:
    case __NR_tgkill:
    case __NR_rt_sigreturn:
    case __NR_rt_sigqueueinfo:
    case __NR_rt_tgsigqueueinfo:
    case __NR_pidfd_send_signal:
    case __NR_setrlimit:
    case __NR_prlimit64:
    case __NR_chroot:
    case __NR_umount2:
    case __NR_exit:
    case __NR_exit_group:
        return 1;
    default:
        return 0;
    }
}

static void on_alarm(int signal) {
    (void)signal;
}

/* A handler that runs all the time ends calls that would block for ever. */
static void start_alarm(void) {
    long action[3] = {(long)on_alarm, 0, 0};
    long interval[4] = {0, 10000, 0, 10000};
    SYS4(rt_sigaction, SIGALRM, action, 0, 8);
    SYS3(setitimer, 0, interval, 0);
}

static _Noreturn void round_of_calls(void) {
    open_some();
    start_alarm();
    for (int i = 0; i < CALLS_PER_ROUND; i++) {
        if (i % 16 == 0)
            fill();
        long nr = (long)(next() % 468);
        if (!is_left_out(nr))
            rt_syscall(nr, argument(), argument(), argument(), argument(), argument(), argument());
    }
    end(0);
}

int main(int argc, char **argv) {
    long seed = 1, rounds = 10;
    if (argc != 3 || !parse_number(argv[1], &seed) || !parse_number(argv[2], &rounds)) {
        complain("usage: fuzz SEED ROUNDS");
        return 2;
    }
    for (long i = 0; i < rounds; i++) {
        state = (uint64_t)(seed + i) * 0x9e3779b97f4a7c15ull + 1;
        long child = fork_process();
        if (child == 0)
            round_of_calls();
        if (child < 0)
            return fail("fork", child);
        int status, ended = 0;
        for (int waited = 0; waited < PATIENCE_MS && !ended; waited += 5) {
            long step[2] = {0, 5000000};
            ended = SYS4(wait4, child, &status, 1, 0) != 0;
            if (!ended)
                SYS2(nanosleep, step, 0);
        }
        if (!ended) {
            SYS2(kill, child, SIGKILL);
            SYS4(wait4, child, &status, 0, 0);
        }
    }
    print("fuzz: %ld rounds from seed %ld\n", rounds, seed);
    return 0;
}
