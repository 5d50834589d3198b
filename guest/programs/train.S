# Runs every common instruction every way it can go: aligned, misaligned, in a page not there yet; branches taken and not; divisions by nothing.
# The build runs it to show the JVM what the interpreter does (see the script callgate): code that a profile has not seen is compiled as a trap, and
# the first program that comes there makes the JVM throw the compiled interpreter away. Ends by a trap of its own, which is a way to go too.

        .equ    ROUNDS, 60
        .equ    STRIDE, 1 << 20                 # far enough that the kernel brings none in with another
        .equ    REGION, 16 << 20
        .equ    SYS_WRITE, 64
        .equ    SYS_MUNMAP, 215
        .equ    SYS_MMAP, 222

        .macro  access op
        \op     t0, 0(s1)
        \op     t0, 0(s1)
        \op     t0, 9(s1)
        add     s1, s1, s2
        .endm

        .macro  float_access op
        \op     ft0, 0(s1)
        \op     ft0, 0(s1)
        \op     ft0, 9(s1)
        .endm

        .macro  branch op, left, right
        \op     \left, \right, 1f
1:
        .endm

        .globl  _start
_start:
        li      s0, ROUNDS
round:
        li      a0, 0
        li      a1, REGION
        li      a2, 3                           # PROT_READ | PROT_WRITE
        li      a3, 0x22                        # MAP_PRIVATE | MAP_ANONYMOUS
        li      a4, -1
        li      a5, 0
        li      a7, SYS_MMAP
        ecall
        mv      s3, a0
        mv      s1, a0
        li      s2, STRIDE
        .irp    op, lb, lbu, lh, lhu, lw, lwu, ld, sb, sh, sw, sd
        access  \op
        .endr
        .irp    op, flw, fld, fsw, fsd
        float_access \op
        .endr

        # loops, not unrolled: operand pairs that each operation treats in a way of its own
        li      s4, 5
        la      s5, pairs
pair:
        ld      a0, 0(s5)
        ld      a1, 8(s5)
        .irp    op, add, sub, sll, slt, sltu, xor, srl, sra, or, and, addw, subw, sllw, srlw, sraw
        \op     t0, a0, a1
        .endr
        .irp    op, mul, mulh, mulhsu, mulhu, div, divu, rem, remu, mulw, divw, divuw, remw, remuw
        \op     t0, a0, a1
        .endr
        .irp    op, beq, bne, blt, bge, bltu, bgeu
        branch  \op, a0, a1
        branch  \op, a1, a0
        branch  \op, a0, a0
        .endr
        .irp    op, slli, srli, srai, slliw, srliw, sraiw, addi, addiw, slti, sltiu, xori, ori, andi
        \op     t0, a0, 7
        .endr
        lui     t0, 0x12345
        auipc   t0, 0
        fcvt.d.l fa0, a0
        fcvt.d.l fa1, a1
        fcvt.s.l fa2, a0
        fcvt.s.l fa3, a1
        .irp    op, fadd, fsub, fmul, fdiv, fsgnj, fsgnjn, fsgnjx, fmin, fmax
        \op\().d ft0, fa0, fa1
        \op\().s ft0, fa2, fa3
        .endr
        .irp    op, fmadd, fmsub, fnmadd, fnmsub
        \op\().d ft0, fa0, fa1, fa0
        \op\().s ft0, fa2, fa3, fa2
        .endr
        .irp    op, feq, flt, fle
        \op\().d t0, fa0, fa1
        \op\().s t0, fa2, fa3
        .endr
        .irp    to, w, wu, l, lu
        fcvt.\to\().d t0, fa0, rtz
        fcvt.\to\().s t0, fa2, rtz
        fcvt.d.\to ft0, a0
        fcvt.s.\to ft0, a0
        .endr
        fsqrt.d ft0, fa0
        fsqrt.s ft0, fa2
        fcvt.s.d ft0, fa0
        fcvt.d.s ft0, fa2
        fclass.d t0, fa0
        fclass.s t0, fa2
        fmv.x.d t0, fa0
        fmv.d.x ft0, a0
        fmv.x.w t0, fa2
        fmv.w.x ft0, a0
        .irp    op, amoadd, amoswap, amoxor, amoor, amoand, amomin, amomax, amominu, amomaxu
        \op\().w t0, a1, (s3)
        \op\().d t0, a1, (s3)
        .endr
        lr.w    t0, (s3)
        sc.w    t0, t0, (s3)
        lr.d    t0, (s3)
        sc.d    t0, t0, (s3)
        fence
        frflags t0
        fsflags t0
        jal     first
        la      t1, first
        jalr    t1
        la      t1, second                      # 1 KiB apart: caches of targets tend to take them for each other
        jalr    t1
        li      t2, 1
        jal     before_straddle
        li      t2, 0
        jal     before_straddle
        jal     straddle
        la      t1, straddle
        jalr    t1
        addi    s5, s5, 16
        addi    s4, s4, -1
        bnez    s4, pair

        fence.i
        mv      a0, s3
        li      a1, REGION
        li      a7, SYS_MUNMAP
        ecall
        addi    s0, s0, -1
        bnez    s0, round

        li      a0, 1
        la      a1, done
        li      a2, 8
        li      a7, SYS_WRITE
        ecall
        ebreak

        .balign 1024
first:
        ret
        .balign 1024
second:
        ret

        # an instruction in two pages, come to in every way
        .balign 4096
        .skip   4072
        .option norvc
before_straddle:
        beqz    t2, straddle
        .option rvc
        .rept   9
        c.nop
        .endr
straddle:
        .option norvc
        addi    t0, zero, 1
        .option rvc
        ret

        .section .rodata
        .balign 8
pairs:
        .dword  7, 3
        .dword  -7, 0
        .dword  0x8000000000000000, -1
        .dword  0xffffffff80000000, -1
        .dword  3, 0x123456789abcdef
done:   .ascii  "trained\n"
