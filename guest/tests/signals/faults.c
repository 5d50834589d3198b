/* Signals from instructions: illegal, breakpoint, and what the handler is told. */
#include "../check.h"

#include <setjmp.h>
#include <ucontext.h>

static sigjmp_buf back;
static siginfo_t info;
static volatile unsigned long pc;

static void take(int number, siginfo_t *i, void *context) {
    (void)number;
    info = *i;
    ucontext_t *u = context;
#if defined __riscv
    pc = u->uc_mcontext.__gregs[REG_PC];
#else
    pc = (unsigned long)u->uc_mcontext.gregs[REG_RIP];
#endif
    siglongjmp(back, 1);
}

__attribute__((noinline)) static void illegal(void) {
#if defined __riscv
    __asm__ volatile(".globl guest_illegal\nguest_illegal: .word 0xffffffff"); /* a 32-bit form that is never legal */
#else
    __asm__ volatile(".globl guest_illegal\nguest_illegal: ud2");
#endif
}

__attribute__((noinline)) static void breakpoint(void) {
#if defined __riscv
    __asm__ volatile(".option push\n.option norvc\n.globl guest_break\nguest_break: ebreak\n.option pop");
#else
    __asm__ volatile("int3\n.globl guest_break\nguest_break: nop"); /* the trap is told after it */
#endif
}

extern char guest_illegal[], guest_break[];

int main(void) {
    struct sigaction action = {.sa_sigaction = take, .sa_flags = SA_SIGINFO};
    sigaction(SIGILL, &action, NULL);
    sigaction(SIGTRAP, &action, NULL);
    sigaction(SIGFPE, &action, NULL);
    if (!sigsetjmp(back, 1))
        illegal();
    CHECK(info.si_signo == SIGILL && info.si_code > 0);
    CHECK(info.si_addr == (void *)guest_illegal && pc == (unsigned long)guest_illegal);
    if (!sigsetjmp(back, 1))
        breakpoint();
    CHECK_EQ(info.si_signo, SIGTRAP);
    CHECK_EQ(pc, (unsigned long)guest_break);
#if defined __riscv
    CHECK_EQ(info.si_code, TRAP_BRKPT);
    CHECK(info.si_addr == (void *)guest_break);
    /* Division by zero is no fault here: all ones, and the dividend. */
    volatile long seven = 7, zero = 0, least = LONG_MIN, minus = -1;
    long quotient, rest;
    __asm__("div %0, %1, %2" : "=r"(quotient) : "r"(seven), "r"(zero));
    __asm__("rem %0, %1, %2" : "=r"(rest) : "r"(seven), "r"(zero));
    CHECK(quotient == -1 && rest == 7);
    __asm__("div %0, %1, %2" : "=r"(quotient) : "r"(least), "r"(minus));
    __asm__("rem %0, %1, %2" : "=r"(rest) : "r"(least), "r"(minus));
    CHECK(quotient == LONG_MIN && rest == 0);
#endif
    CHECK_EQ(IN_CHILD(signal(SIGILL, SIG_DFL); illegal()), 1000 + SIGILL);
    CHECK_EQ(IN_CHILD(signal(SIGTRAP, SIG_DFL); breakpoint()), 1000 + SIGTRAP);
    return done();
}
