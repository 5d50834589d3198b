/* openat2: how a path may be resolved. */
#include "../check.h"

#include <linux/openat2.h>

static long open2(int dir, const char *path, uint64_t flags, uint64_t resolve) {
    struct open_how how = {.flags = flags, .resolve = resolve};
    return syscall(SYS_openat2, dir, path, &how, sizeof how);
}

int main(void) {
    enter_scratch();
    MUST(mkdir("box", 0755));
    MUST(mkdir("box/sub", 0755));
    make_file("box/file", "inside");
    make_file("file", "outside");
    MUST(symlink("../file", "box/up"));
    MUST(symlink("/file", "box/absolute"));
    MUST(symlink("file", "box/near"));
    MUST(symlink("sub", "box/tosub"));
    make_file("box/sub/deep", "");
    int box = MUST(open("box", O_RDONLY | O_DIRECTORY));
    char c;

    if (open2(box, "file", O_RDONLY, 0) < 0 && errno == ENOSYS) {
        printf("no openat2 here; ");
        leave_scratch();
        return done();
    }
    CHECK(open2(box, "up", O_RDONLY, 0) >= 0);
    CHECK(open2(box, "file", O_RDONLY, RESOLVE_BENEATH) >= 0);
    CHECK(open2(box, "near", O_RDONLY, RESOLVE_BENEATH) >= 0);
    CHECK(open2(box, "sub/../file", O_RDONLY, RESOLVE_BENEATH) >= 0);
    CHECK_ERRNO(open2(box, "up", O_RDONLY, RESOLVE_BENEATH), EXDEV);
    CHECK_ERRNO(open2(box, "../file", O_RDONLY, RESOLVE_BENEATH), EXDEV);
    CHECK_ERRNO(open2(box, "..", O_RDONLY, RESOLVE_BENEATH), EXDEV);
    CHECK_ERRNO(open2(box, "/dev/null", O_RDONLY, RESOLVE_BENEATH), EXDEV);
    CHECK_ERRNO(open2(box, "absolute", O_RDONLY, RESOLVE_BENEATH), EXDEV);

    long fd = open2(box, "absolute", O_RDONLY, RESOLVE_IN_ROOT); /* box is the root then */
    CHECK(fd >= 0 && read((int)fd, &c, 1) == 1 && c == 'i');
    fd = open2(box, "../../file", O_RDONLY, RESOLVE_IN_ROOT);
    CHECK(fd >= 0 && read((int)fd, &c, 1) == 1 && c == 'i');

    CHECK_ERRNO(open2(box, "near", O_RDONLY, RESOLVE_NO_SYMLINKS), ELOOP);
    CHECK_ERRNO(open2(box, "tosub/deep", O_RDONLY, RESOLVE_NO_SYMLINKS), ELOOP);
    CHECK(open2(box, "sub/deep", O_RDONLY, RESOLVE_NO_SYMLINKS) >= 0);
    CHECK(open2(box, "near", O_PATH | O_NOFOLLOW, RESOLVE_NO_SYMLINKS) >= 0);
    CHECK_ERRNO(open2(AT_FDCWD, "/proc/self/exe", O_RDONLY, RESOLVE_NO_MAGICLINKS), ELOOP);
    CHECK_ERRNO(open2(AT_FDCWD, "/proc/self/status", O_RDONLY, RESOLVE_NO_XDEV), EXDEV);

    struct open_how how = {.flags = O_RDONLY, .mode = 0600};
    CHECK_ERRNO(syscall(SYS_openat2, box, "file", &how, sizeof how), EINVAL); /* a mode without O_CREAT */
    how = (struct open_how){.flags = O_CREAT | O_WRONLY, .mode = 0600};
    CHECK(syscall(SYS_openat2, box, "made", &how, sizeof how) >= 0);
    how = (struct open_how){.flags = O_RDONLY};
    CHECK_ERRNO(syscall(SYS_openat2, box, "file", &how, 8), EINVAL);
    CHECK_ERRNO(open2(box, "file", 1ULL << 40, 0), EINVAL); /* openat ignores unknown flags, openat2 does not */
    CHECK_ERRNO(open2(box, "file", O_RDONLY, 1 << 20), EINVAL);
    CHECK_ERRNO(open2(box, "file", O_RDONLY, RESOLVE_BENEATH | RESOLVE_IN_ROOT), EINVAL);
    char larger[64] = {0};
    CHECK(syscall(SYS_openat2, box, "file", larger, sizeof larger) >= 0); /* a later structure, nothing new used */
    larger[40] = 1;
    CHECK_ERRNO(syscall(SYS_openat2, box, "file", larger, sizeof larger), E2BIG);
    leave_scratch();
    return done();
}
