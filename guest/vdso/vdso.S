/*
 * The shared object that the kernel maps into every program (vdso(7)): functions that a C library calls in the place of system calls.
 *
 * rt_sigreturn has no unwind information on purpose: unwinders know a signal frame by these two instructions.
 */
#define SYS_clock_gettime 113
#define SYS_clock_getres 114
#define SYS_rt_sigreturn 139
#define SYS_getcpu 168
#define SYS_gettimeofday 169
#define SYS_riscv_flush_icache 259

    .macro call name, number
    .globl __vdso_\name
    .type __vdso_\name, @function
    .balign 16
__vdso_\name:
    .cfi_startproc
    li a7, \number
    ecall
    ret
    .cfi_endproc
    .size __vdso_\name, . - __vdso_\name
    .endm

    .text
    call clock_gettime, SYS_clock_gettime
    call clock_getres, SYS_clock_getres
    call gettimeofday, SYS_gettimeofday
    call getcpu, SYS_getcpu
    call flush_icache, SYS_riscv_flush_icache

    .balign 16
    nop
    .globl __vdso_rt_sigreturn
    .type __vdso_rt_sigreturn, @function
__vdso_rt_sigreturn:
    li a7, SYS_rt_sigreturn
    ecall
    .size __vdso_rt_sigreturn, . - __vdso_rt_sigreturn
