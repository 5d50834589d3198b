/* mmap of anonymous memory: placement, flags, refusals, holes. */
#include "../check.h"

static long page;

static char *map(void *at, size_t length, int protection, int flags) {
    return mmap(at, length, protection, flags | MAP_ANONYMOUS, -1, 0);
}

static int all_zero(const char *p, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (p[i])
            return 0;
    return 1;
}

/* Whether the page is mapped; mincore tells without touching. */
static int mapped(void *p) {
    unsigned char in;
    return mincore(p, 1, &in) == 0;
}

int main(void) {
    page = sysconf(_SC_PAGESIZE);
    CHECK_EQ(page, 4096);
    char *p = MUST(map(NULL, 10 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE));
    CHECK_EQ((uintptr_t)p % page, 0);
    CHECK(all_zero(p, 10 * page));
    memset(p, 7, 10 * page);

    /* A hole in the middle; both sides live. */
    CHECK_EQ(munmap(p + 3 * page, 2 * page), 0);
    CHECK(!mapped(p + 3 * page) && !mapped(p + 4 * page) && mapped(p + 2 * page) && mapped(p + 5 * page));
    CHECK(p[3 * page - 1] == 7 && p[5 * page] == 7);
    CHECK_EQ(munmap(p + 3 * page, 2 * page), 0); /* unmapping nothing is no error */

    /* MAP_FIXED replaces, MAP_FIXED_NOREPLACE does not. */
    CHECK(map(p + 2 * page, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED) == p + 2 * page);
    CHECK(all_zero(p + 2 * page, page));
    CHECK_ERRNO(map(p, page, PROT_READ, MAP_PRIVATE | MAP_FIXED_NOREPLACE), EEXIST);
    CHECK(map(p + 3 * page, page, PROT_READ, MAP_PRIVATE | MAP_FIXED_NOREPLACE) == p + 3 * page);
    CHECK_ERRNO(map(p + 3 * page, 2 * page, PROT_READ, MAP_PRIVATE | MAP_FIXED_NOREPLACE), EEXIST);
    /* A hint that is free is taken. */
    CHECK(map(p + 4 * page, page, PROT_READ, MAP_PRIVATE) == p + 4 * page);
    char *elsewhere = map(p, page, PROT_READ, MAP_PRIVATE);
    CHECK(elsewhere != MAP_FAILED && elsewhere != p && p[0] == 7);
    CHECK_EQ(munmap(p, 10 * page), 0);

    CHECK_ERRNO(map(NULL, 0, PROT_READ, MAP_PRIVATE), EINVAL);
    CHECK_ERRNO(map((void *)(uintptr_t)12345, page, PROT_READ, MAP_PRIVATE | MAP_FIXED), EINVAL);
    CHECK_ERRNO(map(NULL, page, PROT_READ, 0), EINVAL); /* neither shared nor private */
    CHECK_ERRNO(map(NULL, (size_t)1 << 62, PROT_READ, MAP_PRIVATE | MAP_NORESERVE), ENOMEM);
    CHECK_ERRNO(map(NULL, -(size_t)page + 1, PROT_READ, MAP_PRIVATE), ENOMEM);
    CHECK_ERRNO(mmap(NULL, page, PROT_READ, MAP_PRIVATE, 999, 0), EBADF);
    CHECK_ERRNO(mmap(NULL, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 1), EINVAL);
    CHECK_ERRNO(munmap((void *)1, page), EINVAL);
    CHECK_ERRNO(munmap(elsewhere, 0), EINVAL);

    /* Much address space, little memory. */
    size_t huge = (size_t)8 << 30;
    char *space = map(NULL, huge, PROT_NONE, MAP_PRIVATE | MAP_NORESERVE);
    CHECK(space != MAP_FAILED);
    CHECK_EQ(mprotect(space + huge / 2, page, PROT_READ | PROT_WRITE), 0);
    space[huge / 2] = 1;
    CHECK_EQ(munmap(space, huge), 0);

    /* MAP_POPULATE, and lengths that are no multiple of a page. */
    p = MUST(map(NULL, 100, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_POPULATE));
    p[page - 1] = 1;
    CHECK_EQ(munmap(p, 1), 0);
    CHECK(!mapped(p));

    CHECK_ERRNO(mincore(p + 1, 1, (unsigned char *)&page), EINVAL);
    return done();
}
