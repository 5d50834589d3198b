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

/*
 * clock_gettime(clock, time): the kernel's monotonic clocks are the time counter, which counts nanoseconds since it booted. Seconds are the
 * counter / 10^9 = (counter >> 9) * ceil(2^75 / (10^9 >> 9)) >> 75, exact for all of it.
 */
#define MONOTONIC_CLOCKS (1 << 1 | 1 << 4 | 1 << 7) /* CLOCK_MONOTONIC, _RAW, BOOTTIME */

    .globl __vdso_clock_gettime
    .type __vdso_clock_gettime, @function
    .balign 16
__vdso_clock_gettime:
    .cfi_startproc
    li t0, 7
    bgtu a0, t0, 1f
    li t0, MONOTONIC_CLOCKS
    srl t0, t0, a0
    andi t0, t0, 1
    beqz t0, 1f
    rdtime t0
    li t1, 0x44b82fa09b5a53
    srli t2, t0, 9
    mulhu t1, t2, t1
    srli t1, t1, 11
    li t2, 1000000000
    mul t2, t1, t2
    sub t0, t0, t2
    sd t1, 0(a1)
    sd t0, 8(a1)
    li a0, 0
    ret
1:  li a7, SYS_clock_gettime
    ecall
    ret
    .cfi_endproc
    .size __vdso_clock_gettime, . - __vdso_clock_gettime

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
