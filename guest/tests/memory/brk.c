/* brk: the end of the data segment moves, new memory is zero, limits hold. */
#include "../check.h"

#include <sys/resource.h>

static char *brk_to(void *to) { return (char *)syscall(SYS_brk, to); }

int main(void) {
    char *start = brk_to(NULL);
    CHECK(start != NULL);
    CHECK(brk_to(start + 10000) == start + 10000);
    int zero = 1;
    for (int i = 0; i < 10000; i++)
        zero &= start[i] == 0;
    CHECK(zero);
    memset(start, 7, 10000);
    CHECK(brk_to(start + 100) == start + 100);
    CHECK(start[99] == 7);
    CHECK(brk_to(start + 10000) == start + 10000);
    char *second_page = (char *)(((uintptr_t)start + 100 + 4095) & ~4095UL);
    CHECK_EQ(second_page[0], 0); /* given up and taken again: zero */
    CHECK(brk_to((void *)1) == start + 10000); /* refused: says where it is */
    CHECK(brk_to((void *)-1L) == start + 10000);
    struct rlimit limit = {0, RLIM_INFINITY}, old;
    MUST(getrlimit(RLIMIT_DATA, &old));
    limit.rlim_max = old.rlim_max;
    MUST(setrlimit(RLIMIT_DATA, &limit));
    CHECK(brk_to(start + (1 << 24)) == start + 10000);
    MUST(setrlimit(RLIMIT_DATA, &old));
    CHECK_EQ(IN_CHILD({
        CHECK(brk_to(start + 50000) == start + 50000);
        start[49999] = 1;
    }), 0);
    CHECK(brk_to(NULL) == start + 10000);
    /* It stops before another mapping. */
    char *wall = mmap(start + (1 << 20), 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    wall = wall == MAP_FAILED ? MUST(mmap((void *)(((uintptr_t)start + (1 << 20)) & ~4095UL), 4096, PROT_READ,
                                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0)) : wall;
    CHECK(brk_to(start + (1 << 21)) == start + 10000);
    CHECK(brk_to(start) == start);
    return done();
}
