/* Leaving a handler by siglongjmp, again and again; masks restored; nested handlers. */
#include "../check.h"

#include <setjmp.h>
#include <ucontext.h>

static sigjmp_buf back;
static volatile int depth, deepest;

static void jump(int number) { siglongjmp(back, number); }

static void nest(int number) {
    depth++;
    if (depth > deepest)
        deepest = depth;
    if (number < SIGRTMIN + 5)
        raise(number + 1);
    depth--;
}

static volatile double sum;

static void compute(int number) {
    (void)number;
    double x = 1;
    for (int i = 1; i < 50; i++)
        x = x * 1.5 / i + 0.25;
    sum = x;
}

int main(void) {
    sigset_t mask;
    signal(SIGUSR1, jump);
    int count = 0;
    for (int i = 0; i < 1000; i++) {
        if (sigsetjmp(back, 1) == 0) {
            raise(SIGUSR1);
            CHECK(!"not reached");
        } else {
            count++;
        }
    }
    CHECK_EQ(count, 1000);
    sigprocmask(SIG_BLOCK, NULL, &mask);
    CHECK(!sigismember(&mask, SIGUSR1));
    /* Without saving the mask the signal stays blocked. */
    if (sigsetjmp(back, 0) == 0)
        raise(SIGUSR1);
    sigprocmask(SIG_BLOCK, NULL, &mask);
    CHECK(sigismember(&mask, SIGUSR1));
    sigemptyset(&mask);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    /* Out of a fault. */
    signal(SIGSEGV, jump);
    count = 0;
    for (volatile int i = 0; i < 1000; i++) {
        if (sigsetjmp(back, 1) == 0)
            *(volatile int *)8 = 1;
        else
            count++;
    }
    CHECK_EQ(count, 1000);

    for (int i = 0; i <= 5; i++)
        signal(SIGRTMIN + i, nest);
    raise(SIGRTMIN);
    CHECK_EQ(deepest, 6);
    CHECK_EQ(depth, 0);

    /* A handler's floating point does not disturb the interrupted one. */
    signal(SIGUSR2, compute);
    double x = 1;
    for (int i = 0; i < 1000; i++) {
        double before = x * 3.25 + i;
        raise(SIGUSR2);
        x = before - i;
        x = x / 3.25;
    }
    CHECK(x > 0.999999 && x < 1.000001);
    CHECK(sum != 0);

    /* getcontext and swapcontext. */
    static ucontext_t here, there;
    static char stack[65536];
    volatile int steps = 0;
    MUST(getcontext(&there));
    there.uc_stack.ss_sp = stack;
    there.uc_stack.ss_size = sizeof stack;
    there.uc_link = &here;
    makecontext(&there, (void (*)(void))compute, 1, 0);
    sum = 0;
    MUST(swapcontext(&here, &there));
    steps++;
    CHECK(steps == 1 && sum != 0);
    return done();
}
