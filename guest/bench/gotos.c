/* A bytecode interpreter that jumps through a table of labels: indirect jumps that are hard to foresee.
 * Its program computes Collatz chain lengths. */
#include "bench.h"

enum { LOADI, ADD, SUBI, MULI, SHR1, ODD, JZ, JNZ, JMP, MOVE, HALT };

struct instruction {
    uint8_t op, a, b;
    int32_t c;
};

/* r0: counter down, r1: chain value, r2: length sum, r3: flag, r4: one */
static const struct instruction program[] = {
    {LOADI, 4, 0, 1}, {LOADI, 2, 0, 0},
    {MOVE, 1, 0, 0},                      /* 2: chain value = counter */
    {MOVE, 3, 1, 0}, {SUBI, 3, 0, 1},     /* 3: */
    {JZ, 3, 0, 13},                       /* at one: next counter */
    {ADD, 2, 4, 0}, {ODD, 3, 1, 0}, {JNZ, 3, 0, 11},
    {SHR1, 1, 0, 0}, {JMP, 0, 0, 3},
    {MULI, 1, 3, 1}, {JMP, 0, 0, 3},      /* 11: 3x + 1 */
    {SUBI, 0, 0, 1}, {JNZ, 0, 0, 2}, {HALT, 0, 0, 0},
};

static uint64_t run(uint64_t counter) {
    static const void *const labels[] = {&&loadi, &&add, &&subi, &&muli, &&shr1, &&odd, &&jz, &&jnz, &&jmp, &&move, &&halt};
    uint64_t r[8] = {counter};
    const struct instruction *pc = program;
#define NEXT goto *labels[pc->op]
    NEXT;
loadi: r[pc->a] = (uint64_t)pc->c; pc++; NEXT;
add: r[pc->a] += r[pc->b]; pc++; NEXT;
subi: r[pc->a] -= (uint64_t)pc->c; pc++; NEXT;
muli: r[pc->a] = r[pc->a] * pc->b + (uint64_t)pc->c; pc++; NEXT;
shr1: r[pc->a] >>= 1; pc++; NEXT;
odd: r[pc->a] = r[pc->b] & 1; pc++; NEXT;
jz: pc = r[pc->a] == 0 ? program + pc->c : pc + 1; NEXT;
jnz: pc = r[pc->a] != 0 ? program + pc->c : pc + 1; NEXT;
jmp: pc = program + pc->c; NEXT;
move: r[pc->a] = r[pc->b]; pc++; NEXT;
halt: return r[2];
#undef NEXT
}

uint64_t gotos_kernel(long n) {
    uint64_t sum = 0;
    while (n-- > 0)
        sum = fold(sum, run(500 + (uint64_t)n % 16));
    return sum;
}
