/* madvise: memory given back reads as zero or as the file again; lists of advice. */
#include "../check.h"

int main(void) {
    char *p = MUST(mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    memset(p, 1, 4 * 4096);
    CHECK_EQ(madvise(p + 4096, 2 * 4096, MADV_DONTNEED), 0);
    CHECK(p[0] == 1 && p[4096] == 0 && p[3 * 4096 - 1] == 0 && p[3 * 4096] == 1);
    p[4096] = 2;
    CHECK_EQ(p[4096], 2);

    enter_scratch();
    int fd = MUST(open("file", O_RDWR | O_CREAT, 0600));
    MUST(write(fd, "file", 4));
    char *private = MUST(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
    strcpy(private, "mine");
    CHECK_EQ(madvise(private, 4096, MADV_DONTNEED), 0);
    CHECK(!memcmp(private, "file", 4)); /* the private copy is gone */
    char *shared = MUST(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    memcpy(shared, "both", 4);
    CHECK_EQ(madvise(shared, 4096, MADV_DONTNEED), 0);
    CHECK(!memcmp(shared, "both", 4)); /* shared data is not */

    CHECK_EQ(madvise(p, 4096, MADV_NORMAL), 0);
    CHECK_EQ(madvise(p, 4096, MADV_RANDOM), 0);
    CHECK_EQ(madvise(p, 4096, MADV_SEQUENTIAL), 0);
    CHECK_EQ(madvise(p, 4096, MADV_WILLNEED), 0);
    int hint = madvise(p, 4096, MADV_FREE);
    CHECK(hint == 0 && (p[0] == 1 || p[0] == 0));
    p[0] = 5;
    CHECK_EQ(p[0], 5);
    CHECK_EQ(madvise(p, 4096, MADV_DONTFORK), 0);
    CHECK_EQ(IN_CHILD(_exit(mincore(p, 4096, (unsigned char *)scratch) == 0)), 0); /* not in the child */
    CHECK_EQ(madvise(p, 4096, MADV_DOFORK), 0);
    CHECK_EQ(IN_CHILD(_exit(p[0] != 5)), 0);
    CHECK_ERRNO(madvise(p, 4096, 9999), EINVAL);
    CHECK_ERRNO(madvise(p + 1, 4096, MADV_DONTNEED), EINVAL);
    CHECK_EQ(madvise(p, 0, MADV_DONTNEED), 0);
    MUST(munmap(p + 4096, 4096));
    CHECK_ERRNO(madvise(p, 3 * 4096, MADV_DONTNEED), ENOMEM); /* but both sides are done */
    CHECK(p[0] == 0 && p[2 * 4096] == 0);
    leave_scratch();
    return done();
}
