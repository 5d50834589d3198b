/* Typical systems code in small: records copied and linked, short strings compared, branches, small calls, two-dimensional arrays. */
#include "bench.h"

#include <string.h>

enum { RECORDS = 64, ROWS = 20, ROUNDS = 100 };
enum kind { RED, GREEN, BLUE, KINDS };

struct record {
    struct record *next;
    enum kind kind;
    int number;
    char name[32];
};

static struct record records[RECORDS];
static int grid[ROWS][ROWS];
static char last_name[32];

__attribute__((noinline)) static enum kind next_kind(enum kind kind, int number) {
    switch (kind) {
        case RED: return number & 1 ? GREEN : BLUE;
        case GREEN: return number > 50 ? BLUE : RED;
        default: return RED;
    }
}

__attribute__((noinline)) static int compare_names(const struct record *a, const struct record *b) {
    if (strcmp(a->name, b->name) > 0) {
        strcpy(last_name, a->name);
        return a->number;
    }
    return b->number - 1;
}

__attribute__((noinline)) static void update_grid(int at, int value) {
    for (int j = at; j < at + 2; j++)
        grid[at][j] = value;
    grid[at][at - 1]++;
    grid[at + 10 < ROWS ? at + 10 : at][at] = grid[at][at];
}

__attribute__((noinline)) static void advance(struct record *record, int number) {
    struct record old = *record;
    *record = *old.next;
    record->next = old.next->next;
    record->number = number / 7 + old.number % 13;
    record->kind = next_kind(old.kind, record->number);
}

uint64_t dhry_kernel(long n) {
    uint64_t sum = 0;
    memset(grid, 0, sizeof grid);
    for (int i = 0; i < RECORDS; i++) {
        records[i] = (struct record){&records[(i + 1) % RECORDS], (enum kind)(i % KINDS), i, "SOME RECORD NAME, NUMBER  "};
        records[i].name[25] = (char)('A' + i % 26);
    }
    while (n-- > 0) {
        for (int i = 0; i < ROUNDS; i++) {
            struct record *a = &records[i % RECORDS], *b = &records[(i * 7 + 3) % RECORDS];
            int got = compare_names(a, b);
            update_grid(1 + i % (ROWS - 3), got);
            advance(a, got * 3 + (int)n);
            sum += (uint64_t)(got + a->kind) + (uint64_t)(unsigned char)last_name[25];
        }
        sum = fold(sum, (uint64_t)grid[n % ROWS][n % ROWS]);
    }
    return sum;
}
