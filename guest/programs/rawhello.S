# The smallest program: two system calls, no stack, no data relocation.
#include <asm/unistd.h>
    .globl _start
_start:
    li a0, 1
    lla a1, message
    li a2, 14
    li a7, __NR_write
    ecall
    li a0, 0
    li a7, __NR_exit_group
    ecall
    .section .rodata
message:
    .ascii "Hello, world!\n"
    .section .note.GNU-stack,"",@progbits
