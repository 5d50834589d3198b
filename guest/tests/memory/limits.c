/* RLIMIT_AS, locking, and memory policy of the system. */
#include "../check.h"

#include <sys/resource.h>

int main(void) {
    CHECK_EQ(IN_CHILD({
        struct rlimit limit = {256 << 20, 256 << 20};
        MUST(setrlimit(RLIMIT_AS, &limit));
        CHECK_ERRNO(mmap(NULL, 512 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), ENOMEM);
        CHECK(mmap(NULL, 1 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
    }), 0);
    char *p = MUST(mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    CHECK_EQ(mlock(p, 4096), 0);
    CHECK_EQ(munlock(p, 4096), 0);
    MUST(munmap(p + 4096, 4096));
    CHECK_ERRNO(mlock(p, 2 * 4096), ENOMEM);
    /* What is locked when it is mapped keeps to RLIMIT_MEMLOCK too. */
    CHECK_EQ(IN_CHILD({
        struct rlimit limit = {64 << 10, 64 << 10};
        MUST(setrlimit(RLIMIT_MEMLOCK, &limit));
        MUST(setuid(12345));
        int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED;
        CHECK_ERRNO(mmap(NULL, 128 << 10, PROT_READ | PROT_WRITE, flags, -1, 0), EAGAIN);
        CHECK(mmap(NULL, 48 << 10, PROT_READ | PROT_WRITE, flags, -1, 0) != MAP_FAILED);
        CHECK_ERRNO(mmap(NULL, 48 << 10, PROT_READ | PROT_WRITE, flags, -1, 0), EAGAIN);
        limit.rlim_cur = 0;
        MUST(setrlimit(RLIMIT_MEMLOCK, &limit));
        CHECK_ERRNO(mmap(NULL, 4096, PROT_READ | PROT_WRITE, flags, -1, 0), EPERM);
    }), 0);
    /* The stack grows down on demand, as far as its limit. */
    CHECK_EQ(IN_CHILD({
        volatile char *low = alloca(4 << 20);
        for (long i = (4 << 20) - 1; i >= 0; i -= 4096)
            low[i] = 1;
    }), 0);
    return done();
}
