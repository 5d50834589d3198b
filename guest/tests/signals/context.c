/* riscv64 only: the registers in a signal's frame are those of the interrupted instruction, and changes to them take effect. */
#include "../check.h"

#ifndef __riscv
int main(void) {
    return done();
}
#else
#include <ucontext.h>

static unsigned long seen[32];
static siginfo_t info;
static double seen_f[32];
static unsigned long fcsr;

/* Keeps the registers, then goes on after the 4-byte instruction with a changed s3 and fs3. */
static void take(int number, siginfo_t *i, void *context) {
    (void)number;
    ucontext_t *u = context;
    info = *i;
    memcpy(seen, u->uc_mcontext.__gregs, sizeof seen);
    memcpy(seen_f, u->uc_mcontext.__fpregs.__d.__f, sizeof seen_f);
    fcsr = u->uc_mcontext.__fpregs.__d.__fcsr;
    u->uc_mcontext.__gregs[REG_PC] += 4;
    u->uc_mcontext.__gregs[REG_S0 + 0] += 0;
    u->uc_mcontext.__gregs[19] = 0x3333; /* s3 */
    double d = 12.5;
    memcpy(&u->uc_mcontext.__fpregs.__d.__f[19], &d, sizeof d); /* fs3 */
    u->uc_mcontext.__fpregs.__d.__fcsr = 0x1f;
}

/* Fills the registers, faults, and stores what it finds after. */
__attribute__((noinline)) static void fault(unsigned long *after, double *after_f, unsigned long *after_fcsr) {
    register unsigned long *a0 __asm__("a0") = after;
    register double *a1 __asm__("a1") = after_f;
    register unsigned long *a2 __asm__("a2") = after_fcsr;
    __asm__ volatile(
        ".option push\n.option norvc\n"
        "li t0, 0x1001\n li t1, 0x1002\n li t2, 0x1003\n li s2, 0x1004\n li s3, 0x1005\n li s4, 0x1006\n"
        "li s5, -1\n li s6, 0x1008\n li s7, 0x1009\n li s8, 0x100a\n li s9, 0x100b\n li s10, 0x100c\n li s11, 0x100d\n"
        "li a3, 0x1010\n li a4, 0x1011\n li a5, 0x1012\n li a6, 0x1013\n li a7, 0x1014\n"
        "li t3, 3\n fcvt.d.l fs3, t3\n li t3, 7\n fcvt.d.l fa7, t3\n li t3, 9\n fcvt.d.l ft11, t3\n"
        "li t3, 0x45\n fscsr t3\n"
        "li t3, 0x2001\n li t4, 0x2002\n li t5, 0x2003\n li t6, 24\n"
        ".globl guest_fault\n"
        "guest_fault: ld t3, 0(t6)\n"
        "sd s3, 0(a0)\n sd t3, 8(a0)\n sd s5, 16(a0)\n sd t6, 24(a0)\n"
        "fsd fs3, 0(a1)\n fsd ft11, 8(a1)\n"
        "frcsr t0\n sd t0, 0(a2)\n"
        ".option pop\n"
        :
        : "r"(a0), "r"(a1), "r"(a2)
        : "t0", "t1", "t2", "t3", "t4", "t5", "t6", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "a3", "a4",
          "a5", "a6", "a7", "fs3", "fa7", "ft11", "memory");
}

extern char guest_fault[];

int main(void) {
    struct sigaction action = {.sa_sigaction = take, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &action, NULL);
    unsigned long after[4] = {0}, after_fcsr = 0;
    double after_f[2] = {0};
    for (int round = 0; round < 200; round++) { /* often enough to be translated */
        memset(seen, 0, sizeof seen);
        fault(after, after_f, &after_fcsr);
        if (round != 0 && round != 199)
            continue;
        CHECK(info.si_signo == SIGSEGV && info.si_code == SEGV_MAPERR && info.si_addr == (void *)24);
        CHECK_EQ(seen[REG_PC], (unsigned long)guest_fault);
        CHECK_EQ(seen[5], 0x1001);
        CHECK_EQ(seen[6], 0x1002);
        CHECK_EQ(seen[7], 0x1003);
        CHECK_EQ(seen[18], 0x1004);
        CHECK_EQ(seen[19], 0x1005);
        CHECK_EQ(seen[20], 0x1006);
        CHECK_EQ(seen[21], -1);
        for (int i = 0; i < 6; i++)
            CHECK_EQ(seen[22 + i], 0x1008 + i);
        for (int i = 0; i < 5; i++)
            CHECK_EQ(seen[13 + i], 0x1010 + i);
        CHECK_EQ(seen[28], 0x2001);
        CHECK_EQ(seen[29], 0x2002);
        CHECK_EQ(seen[30], 0x2003);
        CHECK_EQ(seen[31], 24);
        CHECK_EQ(seen[10], (unsigned long)after);
        CHECK_EQ(seen[2] % 16, 0);
        CHECK(seen_f[19] == 3 && seen_f[17] == 7 && seen_f[31] == 9);
        CHECK_EQ(fcsr, 0x45);
        /* After the handler: changed ones are changed, the rest is as it was; the load did not happen. */
        CHECK_EQ(after[0], 0x3333);
        CHECK_EQ(after[1], 0x2001);
        CHECK_EQ(after[2], -1);
        CHECK_EQ(after[3], 24);
        CHECK(after_f[0] == 12.5 && after_f[1] == 9);
        CHECK_EQ(after_fcsr, 0x1f);
        __asm__ volatile("fscsr zero");
    }
    return done();
}
#endif
