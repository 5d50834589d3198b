/*
 * Executes single floating-point instructions for a test that compares its own results with them.
 *
 *   oracle names    prints the mnemonics it knows, one a line; the line number, from 0, is the operation's number
 *   oracle          reads blocks of BLOCK requests from stdin, answers each block with BLOCK answers on stdout, until end of file
 *
 * Operands and results are raw 64-bit register values. The rounding mode is set in frm, the flags are cleared before.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define BLOCK 1024

struct request {
    uint32_t operation;
    uint32_t rounding;
    uint64_t a, b, c;
};

struct answer {
    uint64_t value;
    uint64_t flags;
};

#define EXECUTE(id, text)                                                                                                  \
    static struct answer id(struct request q) {                                                                            \
        struct answer r;                                                                                                   \
        __asm__ volatile("fscsr %5\n fmv.d.x ft0, %2\n fmv.d.x ft1, %3\n fmv.d.x ft2, %4\n" text "\n frflags %1"           \
                         : "=&r"(r.value), "=&r"(r.flags)                                                                  \
                         : "r"(q.a), "r"(q.b), "r"(q.c), "r"((uint64_t)q.rounding << 5)                                    \
                         : "ft0", "ft1", "ft2", "ft3");                                                                    \
        return r;                                                                                                          \
    }

#define TO_FLOAT "\n fmv.x.d %0, ft3"

/* X(identifier, mnemonic, text to execute) */
#define FORMAT(X, s)                                                                                                       \
    X(fadd_##s, "fadd." #s, "fadd." #s " ft3, ft0, ft1" TO_FLOAT)                                                          \
    X(fsub_##s, "fsub." #s, "fsub." #s " ft3, ft0, ft1" TO_FLOAT)                                                          \
    X(fmul_##s, "fmul." #s, "fmul." #s " ft3, ft0, ft1" TO_FLOAT)                                                          \
    X(fdiv_##s, "fdiv." #s, "fdiv." #s " ft3, ft0, ft1" TO_FLOAT)                                                          \
    X(fsqrt_##s, "fsqrt." #s, "fsqrt." #s " ft3, ft0" TO_FLOAT)                                                            \
    X(fmadd_##s, "fmadd." #s, "fmadd." #s " ft3, ft0, ft1, ft2" TO_FLOAT)                                                  \
    X(fmsub_##s, "fmsub." #s, "fmsub." #s " ft3, ft0, ft1, ft2" TO_FLOAT)                                                  \
    X(fnmsub_##s, "fnmsub." #s, "fnmsub." #s " ft3, ft0, ft1, ft2" TO_FLOAT)                                               \
    X(fnmadd_##s, "fnmadd." #s, "fnmadd." #s " ft3, ft0, ft1, ft2" TO_FLOAT)                                               \
    X(fmin_##s, "fmin." #s, "fmin." #s " ft3, ft0, ft1" TO_FLOAT)                                                          \
    X(fmax_##s, "fmax." #s, "fmax." #s " ft3, ft0, ft1" TO_FLOAT)                                                          \
    X(feq_##s, "feq." #s, "feq." #s " %0, ft0, ft1")                                                                       \
    X(flt_##s, "flt." #s, "flt." #s " %0, ft0, ft1")                                                                       \
    X(fle_##s, "fle." #s, "fle." #s " %0, ft0, ft1")                                                                       \
    X(fclass_##s, "fclass." #s, "fclass." #s " %0, ft0")                                                                   \
    X(fcvt_w_##s, "fcvt.w." #s, "fcvt.w." #s " %0, ft0, dyn")                                                              \
    X(fcvt_wu_##s, "fcvt.wu." #s, "fcvt.wu." #s " %0, ft0, dyn")                                                           \
    X(fcvt_l_##s, "fcvt.l." #s, "fcvt.l." #s " %0, ft0, dyn")                                                              \
    X(fcvt_lu_##s, "fcvt.lu." #s, "fcvt.lu." #s " %0, ft0, dyn")                                                           \
    X(fcvt_##s##_l, "fcvt." #s ".l", "fcvt." #s ".l ft3, %2, dyn" TO_FLOAT)                                                \
    X(fcvt_##s##_lu, "fcvt." #s ".lu", "fcvt." #s ".lu ft3, %2, dyn" TO_FLOAT)

#define ALL(X)                                                                                                             \
    FORMAT(X, s)                                                                                                           \
    FORMAT(X, d)                                                                                                           \
    X(fcvt_s_w, "fcvt.s.w", "fcvt.s.w ft3, %2, dyn" TO_FLOAT)                                                              \
    X(fcvt_s_wu, "fcvt.s.wu", "fcvt.s.wu ft3, %2, dyn" TO_FLOAT)                                                           \
    X(fcvt_d_w, "fcvt.d.w", "fcvt.d.w ft3, %2" TO_FLOAT)                                                                   \
    X(fcvt_d_wu, "fcvt.d.wu", "fcvt.d.wu ft3, %2" TO_FLOAT)                                                                \
    X(fcvt_d_s, "fcvt.d.s", "fcvt.d.s ft3, ft0" TO_FLOAT)                                                                  \
    X(fcvt_s_d, "fcvt.s.d", "fcvt.s.d ft3, ft0, dyn" TO_FLOAT)

#define DEFINE(id, mnemonic, text) EXECUTE(id, text)
#define ENTRY(id, mnemonic, text) {mnemonic, id},

ALL(DEFINE)

static const struct {
    const char *mnemonic;
    struct answer (*execute)(struct request);
} operations[] = {ALL(ENTRY)};

#define OPERATIONS (sizeof operations / sizeof operations[0])

int main(int argc, char **argv) {
    static struct request requests[BLOCK];
    static struct answer answers[BLOCK];

    if (argc == 2 && strcmp(argv[1], "names") == 0) {
        for (size_t i = 0; i < OPERATIONS; i++)
            puts(operations[i].mnemonic);
        return 0;
    }
    while (fread(requests, sizeof requests[0], BLOCK, stdin) == BLOCK) {
        for (int i = 0; i < BLOCK; i++) {
            if (requests[i].operation >= OPERATIONS)
                return 2;
            answers[i] = operations[requests[i].operation].execute(requests[i]);
        }
        if (fwrite(answers, sizeof answers[0], BLOCK, stdout) != BLOCK || fflush(stdout) != 0)
            return 1;
    }
    return 0;
}
