/* crash KIND: ends by a fault: segv (write to address 16), exec (jump to data), ill (illegal instruction), trap (ebreak),
 * abort (signal to self), stack (endless recursion). */
#include "rt.h"

static volatile int limit = 0x7fffffff;
static int *volatile low_address = (int *)16;

__attribute__((noinline)) static int recurse(int n) {
    volatile char frame[1024];
    frame[0] = (char)n;
    return n == limit ? 0 : recurse(n + 1) + frame[0];
}

int main(int argc, char **argv) {
    const char *kind = argc > 1 ? argv[1] : "";
    static uint32_t data[4];
    if (!strcmp(kind, "segv"))
        *low_address = 1;
    else if (!strcmp(kind, "exec"))
        ((void (*)(void))data)();
    else if (!strcmp(kind, "ill"))
        __asm__ volatile(".half 0");
    else if (!strcmp(kind, "trap"))
        __asm__ volatile("ebreak");
    else if (!strcmp(kind, "abort"))
        SYS2(kill, SYS0(getpid), SIGABRT);
    else if (!strcmp(kind, "stack"))
        return recurse(0);
    complain("usage: crash segv|exec|ill|trap|abort|stack");
    return 2;
}
