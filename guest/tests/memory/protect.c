/* mprotect and faults: which signal, code and address; guard pages; execute permission. */
#include "../check.h"

#include <setjmp.h>

static sigjmp_buf back;
static siginfo_t info;

static void on_fault(int number, siginfo_t *i, void *context) {
    (void)number, (void)context;
    info = *i;
    siglongjmp(back, 1);
}

static int reading(volatile char *p) {
    info.si_signo = info.si_code = 0;
    if (!sigsetjmp(back, 1))
        (void)*p;
    return info.si_signo ? info.si_code : 0;
}

static int writing(volatile char *p) {
    info.si_signo = info.si_code = 0;
    if (!sigsetjmp(back, 1))
        *p = 1;
    return info.si_signo ? info.si_code : 0;
}

int main(void) {
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    char *p = MUST(mmap(NULL, 8 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    memset(p, 5, 8 * 4096);
    CHECK_EQ(mprotect(p + 4096, 4096, PROT_READ), 0);
    CHECK_EQ(reading(p + 4096 + 17), 0);
    CHECK_EQ(writing(p + 4096 + 17), SEGV_ACCERR);
    CHECK(info.si_addr == p + 4096 + 17);
    CHECK_EQ(info.si_signo, SIGSEGV);
    CHECK_EQ(p[4096 + 17], 5);
    CHECK_EQ(mprotect(p + 2 * 4096, 4096, PROT_NONE), 0);
    CHECK_EQ(reading(p + 2 * 4096 + 4095), SEGV_ACCERR);
    CHECK(info.si_addr == p + 2 * 4096 + 4095);
    CHECK_EQ(reading(p + 3 * 4096), 0);
    CHECK_EQ(reading(p + 2 * 4096 - 1), 0);
    CHECK_EQ(mprotect(p + 2 * 4096, 4096, PROT_READ | PROT_WRITE), 0);
    CHECK_EQ(p[2 * 4096], 5); /* the contents were kept */
    CHECK_EQ(munmap(p + 4 * 4096, 4096), 0);
    CHECK_EQ(writing(p + 4 * 4096 + 8), SEGV_MAPERR);
    CHECK(info.si_addr == p + 4 * 4096 + 8);
    CHECK_EQ(reading((char *)0), SEGV_MAPERR);
    CHECK(info.si_addr == NULL);
    CHECK_EQ(writing((char *)1234), SEGV_MAPERR);
    CHECK(info.si_addr == (void *)1234);

    /* An access over a page's end names the first byte that is not there. */
    MUST(mprotect(p + 6 * 4096, 4096, PROT_NONE));
    info.si_signo = 0;
    if (!sigsetjmp(back, 1))
        (void)*(volatile uint64_t *)(p + 6 * 4096 - 4);
    CHECK_EQ(info.si_signo, SIGSEGV);
    CHECK((char *)info.si_addr >= p + 6 * 4096 - 4 && (char *)info.si_addr <= p + 6 * 4096);

    /* Over a hole: what comes before the hole is changed, and the call fails. */
    CHECK_ERRNO(mprotect(p + 3 * 4096, 3 * 4096, PROT_READ), ENOMEM);
    CHECK_EQ(writing(p + 3 * 4096), SEGV_ACCERR);
    CHECK_ERRNO(mprotect(p + 1, 4096, PROT_READ), EINVAL);
    CHECK_ERRNO(mprotect(p, 4096, 0x100), EINVAL);
    CHECK_EQ(mprotect(p, 0, PROT_NONE), 0);
    CHECK_ERRNO(mprotect(p + 4 * 4096, 4096, PROT_READ), ENOMEM);

    /* Jumping to memory that may not be executed. */
    info.si_signo = 0;
    if (!sigsetjmp(back, 1))
        ((void (*)(void))(uintptr_t)p)();
    CHECK(info.si_signo == SIGSEGV && info.si_code == SEGV_ACCERR && info.si_addr == p);
    info.si_signo = 0;
    if (!sigsetjmp(back, 1))
        ((void (*)(void))(uintptr_t)(p + 4 * 4096))();
    CHECK(info.si_signo == SIGSEGV && info.si_code == SEGV_MAPERR && info.si_addr == p + 4 * 4096);

    /* Without a handler the process ends by the signal; a blocked fault too. */
    CHECK_EQ(IN_CHILD(signal(SIGSEGV, SIG_DFL); *(volatile char *)8 = 1), 1000 + SIGSEGV);
    CHECK_EQ(IN_CHILD(signal(SIGSEGV, SIG_IGN); *(volatile char *)8 = 1), 1000 + SIGSEGV);
    CHECK_EQ(IN_CHILD({
        sigset_t set;
        sigfillset(&set);
        sigprocmask(SIG_BLOCK, &set, NULL);
        *(volatile char *)8 = 1;
    }), 1000 + SIGSEGV);
    return done();
}
