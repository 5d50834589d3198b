/* Ends: exit handlers, exit_group, descriptors closed, default actions of signals. */
#include "../check.h"

static int ends[2];

static void at_exit_one(void) { write(ends[1], "1", 1); }
static void at_exit_two(void) { write(ends[1], "2", 1); }

int main(void) {
    char text[8] = "";
    MUST(pipe(ends));
    CHECK_EQ(IN_CHILD({
        atexit(at_exit_one);
        atexit(at_exit_two);
        exit(4);
    }), 4);
    CHECK(read(ends[0], text, 8) == 2 && !strcmp(text, "21"));

    /* The end closes what was open: the reader sees the end of the pipe. */
    int pipe2[2];
    MUST(pipe(pipe2));
    pid_t child = MUST(fork());
    if (child == 0) {
        sleep_ms(20);
        _exit(0);
    }
    close(pipe2[1]);
    CHECK_EQ(read(pipe2[0], text, 1), 0);
    CHECK_EQ(wait_for(child), 0);

    /* What each signal does by itself. */
    static const int ending[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGILL,    SIGTRAP, SIGABRT, SIGBUS,  SIGFPE,  SIGKILL,
                                 SIGUSR1, SIGSEGV, SIGUSR2, SIGPIPE,   SIGALRM, SIGTERM, SIGXCPU, SIGXFSZ, SIGVTALRM,
                                 SIGPROF, SIGIO,   SIGSYS,  SIGSTKFLT, SIGPWR};
    static const int harmless[] = {SIGCHLD, SIGURG, SIGWINCH, SIGCONT};
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
        CHECK_EQ(IN_CHILD(raise(ending[i]); sleep_ms(1000)), 1000 + ending[i]);
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
        CHECK_EQ(IN_CHILD(raise(harmless[i])), 0);
    CHECK_EQ(IN_CHILD(raise(SIGRTMIN); sleep_ms(1000)), 1000 + SIGRTMIN);
    CHECK_EQ(IN_CHILD(raise(SIGRTMAX); sleep_ms(1000)), 1000 + SIGRTMAX);
    CHECK_EQ(IN_CHILD(abort()), 1000 + SIGABRT);
    CHECK_EQ(IN_CHILD(__builtin_trap()), 1000 +
#ifdef __riscv
        SIGTRAP
#else
        SIGILL
#endif
    );
    return done();
}
