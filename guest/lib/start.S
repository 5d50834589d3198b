# Program entry: the kernel leaves argc, argv, envp and the auxiliary vector at sp.
    .globl _start
    .type _start, @function
_start:
    .option push
    .option norelax
    la gp, __global_pointer$
    .option pop
    mv a0, sp
    andi sp, sp, -16
    call rt_start
    .size _start, . - _start
    .section .note.GNU-stack,"",@progbits
