/* mremap: growing in place, moving, shrinking, to a given place. */
#include "../check.h"

static int mapped(void *p) {
    unsigned char in;
    return mincore(p, 1, &in) == 0;
}

int main(void) {
    const size_t page = 4096;
    char *area = MUST(mmap(NULL, 64 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    char *p = MUST(mmap(area, 4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
    memset(p, 3, 4 * page);
    CHECK_ERRNO(mremap(p, 4 * page, 8 * page, 0), ENOMEM); /* something is behind it */
    MUST(munmap(p + 4 * page, 4 * page));
    CHECK(mremap(p, 4 * page, 8 * page, 0) == p);
    CHECK(p[4 * page - 1] == 3 && p[4 * page] == 0 && p[8 * page - 1] == 0);
    p[8 * page - 1] = 9;
    char *moved = mremap(p, 8 * page, 16 * page, MREMAP_MAYMOVE);
    CHECK(moved != MAP_FAILED && moved != p);
    CHECK(moved[0] == 3 && moved[8 * page - 1] == 9 && moved[16 * page - 1] == 0);
    CHECK(!mapped(p));
    CHECK(mremap(moved, 16 * page, 2 * page, 0) == moved);
    CHECK(mapped(moved + page) && !mapped(moved + 2 * page));
    char *target = area + 32 * page;
    CHECK(mremap(moved, 2 * page, 2 * page, MREMAP_MAYMOVE | MREMAP_FIXED, target) == target);
    CHECK(target[0] == 3 && !mapped(moved));
    CHECK_ERRNO(mremap(target, 2 * page, 2 * page, MREMAP_FIXED, area), EINVAL);
    CHECK_ERRNO(mremap(target, 2 * page, 2 * page, MREMAP_MAYMOVE | MREMAP_FIXED, target + page), EINVAL); /* overlap */
    CHECK_ERRNO(mremap(target, 2 * page, 0, MREMAP_MAYMOVE), EINVAL);
    CHECK_ERRNO(mremap(target + 1, page, page, MREMAP_MAYMOVE), EINVAL);
    CHECK_ERRNO(mremap(target, 2 * page, page, 0x100), EINVAL);
    CHECK_ERRNO(mremap(moved, page, 2 * page, MREMAP_MAYMOVE), EFAULT); /* not mapped */

    /* A shared file mapping stays shared when it moves and grows. */
    enter_scratch();
    int fd = MUST(open("file", O_RDWR | O_CREAT, 0600));
    MUST(ftruncate(fd, (off_t)(4 * page)));
    char *file = MUST(mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    file[0] = 'a';
    file = mremap(file, page, 4 * page, MREMAP_MAYMOVE);
    CHECK(file != MAP_FAILED && file[0] == 'a');
    file[3 * page] = 'b';
    char c;
    CHECK(pread(fd, &c, 1, (off_t)(3 * page)) == 1 && c == 'b');

    /* realloc of large blocks lives on this. */
    char *block = malloc(1 << 20);
    for (size_t size = 1 << 20; size <= 32 << 20; size *= 2) {
        block[size - 1] = (char)(size >> 20);
        block = realloc(block, size * 2);
        CHECK(block && block[size - 1] == (char)(size >> 20));
    }
    free(block);
    leave_scratch();
    return done();
}
