/* sigaltstack: handlers on another stack, overflow of the normal one. */
#include "../check.h"

#include <setjmp.h>

static char area[65536] __attribute__((aligned(16)));
static volatile int on_alternate, flags_inside;
static sigjmp_buf back;

static int inside_area(void) {
    char local;
    return &local >= area && &local < area + sizeof area;
}

static void look(int number) {
    (void)number;
    stack_t now;
    on_alternate = inside_area();
    sigaltstack(NULL, &now);
    flags_inside = now.ss_flags;
    stack_t change = {.ss_flags = SS_DISABLE};
    if (on_alternate)
        CHECK_ERRNO(sigaltstack(&change, NULL), EPERM); /* not while in use */
}

static void on_overflow(int number) {
    (void)number;
    on_alternate = inside_area();
    siglongjmp(back, 1);
}

static int deep(int n) {
    volatile char frame[4096];
    frame[0] = (char)n;
    frame[4095] = 1;
    return deep(n + 1) + frame[0];
}

int main(void) {
    stack_t stack = {.ss_sp = area, .ss_size = sizeof area}, old;
    CHECK_EQ(sigaltstack(NULL, &old), 0);
    CHECK(old.ss_flags & SS_DISABLE);
    CHECK_EQ(sigaltstack(&stack, NULL), 0);
    CHECK_EQ(sigaltstack(NULL, &old), 0);
    CHECK(old.ss_sp == area && old.ss_size == sizeof area && old.ss_flags == 0);
    struct sigaction action = {.sa_handler = look};
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    CHECK(!on_alternate); /* only with SA_ONSTACK */
    action.sa_flags = SA_ONSTACK;
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    CHECK(on_alternate && (flags_inside & SS_ONSTACK));
    CHECK_EQ(sigaltstack(NULL, &old), 0);
    CHECK_EQ(old.ss_flags, 0);

    action.sa_handler = on_overflow;
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    on_alternate = 0;
    for (int i = 0; i < 2; i++)
        if (!sigsetjmp(back, 1))
            deep(0);
    CHECK(on_alternate);
    sigaltstack(NULL, &old);
    CHECK_EQ(old.ss_flags, 0); /* jumped off it */

    CHECK_EQ(IN_CHILD({
        CHECK_EQ(sigaltstack(NULL, &old), 0);
        CHECK(old.ss_sp == area); /* inherited by fork */
    }), 0);
    stack.ss_size = 100;
    CHECK_ERRNO(sigaltstack(&stack, NULL), ENOMEM);
    stack.ss_size = sizeof area;
    stack.ss_flags = 0x100;
    CHECK_ERRNO(sigaltstack(&stack, NULL), EINVAL);
    stack.ss_flags = SS_DISABLE;
    CHECK_EQ(sigaltstack(&stack, NULL), 0);
    action.sa_handler = look;
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    CHECK(!on_alternate);
    /* No alternate stack and the stack full: the end, not a loop. */
    CHECK_EQ(IN_CHILD(_exit(deep(0))), 1000 + SIGSEGV);
    return done();
}
