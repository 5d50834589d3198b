/* read, write and their relatives: short counts, bad memory, vectors, size limits. */
#include "../check.h"

#include <sys/resource.h>
#include <sys/uio.h>

static void positions(void) {
    char bytes[16];
    int fd = MUST(open("file", O_RDWR | O_CREAT | O_TRUNC, 0600));
    CHECK_EQ(pwrite(fd, "abcdef", 6, 0), 6);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 0);
    CHECK_EQ(pread(fd, bytes, 3, 2), 3);
    CHECK(!memcmp(bytes, "cde", 3));
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 0);
    CHECK_EQ(pread(fd, bytes, 3, 6), 0);
    CHECK_EQ(pread(fd, bytes, 3, 100), 0);
    CHECK_EQ(pread(fd, bytes, 16, 4), 2);
    CHECK_ERRNO(pread(fd, bytes, 1, -1), EINVAL);
    CHECK_ERRNO(pwrite(fd, bytes, 1, -1), EINVAL);
    CHECK_EQ(read(fd, bytes, 0), 0);
    CHECK_EQ(write(fd, bytes, 0), 0);
    int directory = MUST(open(".", O_RDONLY));
    CHECK_ERRNO(read(directory, bytes, 1), EISDIR);
    CHECK_ERRNO(read(999, bytes, 1), EBADF);
    CHECK_ERRNO(write(-1, bytes, 1), EBADF);
    close(directory);
    close(fd);
}

static void bad_memory(void) {
    int fd = MUST(open("file", O_RDWR));
    CHECK_ERRNO(read(fd, (void *)16, 4), EFAULT);
    CHECK_ERRNO(write(fd, (void *)16, 4), EFAULT);
    CHECK_ERRNO(read(fd, (void *)-4096L, 4), EFAULT);
    char *pages = MUST(mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    MUST(mprotect(pages + 4096, 4096, PROT_NONE));
    lseek(fd, 0, SEEK_SET);
    CHECK_ERRNO(read(fd, pages + 4096, 4), EFAULT);
    MUST(mprotect(pages + 4096, 4096, PROT_READ));
    CHECK_ERRNO(read(fd, pages + 4096, 4), EFAULT); /* read-only memory */
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 0);
    /* A pipe takes what it can reach before the bad page. */
    int ends[2];
    MUST(pipe(ends));
    MUST(mprotect(pages + 4096, 4096, PROT_NONE));
    CHECK_ERRNO(write(ends[1], pages + 4096, 4), EFAULT);
    munmap(pages, 8192);
    close(fd);
}

static void vectors(void) {
    char a[4] = "", b[8] = "";
    struct iovec out[3] = {{"one", 3}, {NULL, 0}, {"three", 5}}, in[2] = {{a, 3}, {b, 8}};
    int fd = MUST(open("vectors", O_RDWR | O_CREAT, 0600));
    CHECK_EQ(writev(fd, out, 3), 8);
    lseek(fd, 0, SEEK_SET);
    CHECK_EQ(readv(fd, in, 2), 8);
    CHECK(!memcmp(a, "one", 3) && !memcmp(b, "three", 5));
    CHECK_EQ(writev(fd, out, 0), 0);
    CHECK_ERRNO(writev(fd, out, -1), EINVAL);
    CHECK_ERRNO(writev(fd, out, 1025), EINVAL);
    CHECK_ERRNO(writev(fd, (struct iovec *)16, 1), EFAULT);
    struct iovec huge[2] = {{a, (size_t)-1}, {b, 8}};
    CHECK_ERRNO(writev(fd, huge, 2), EINVAL);
    CHECK_EQ(pwritev(fd, out, 3, 2), 8);
    CHECK_EQ(preadv(fd, in, 2, 1), 9);
    CHECK(!memcmp(a, "non", 3) && !memcmp(b, "ethree", 6));
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 8);
    CHECK_ERRNO(preadv(fd, in, 2, -1), EINVAL);
    lseek(fd, 0, SEEK_SET);
    ssize_t n = preadv2(fd, in, 1, -1, 0); /* -1: at the file offset, which moves */
    int error = errno;
    CHECK(n == 3 || (n < 0 && error == ENOSYS));
    if (n == 3) {
        CHECK_EQ(lseek(fd, 0, SEEK_CUR), 3);
        CHECK_ERRNO(preadv2(fd, in, 1, 0, 1 << 30), EOPNOTSUPP);
        n = pwritev2(fd, out, 1, 0, RWF_APPEND);
        error = errno;
        struct stat st;
        CHECK((n == 3 && fstat(fd, &st) == 0 && st.st_size == 13) || (n < 0 && error == EOPNOTSUPP));
    }
    close(fd);
}

static void size_limit(void) {
    struct rlimit limit = {8192, RLIM_INFINITY};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    char block[4096] = "";
    int fd = MUST(open("limited", O_RDWR | O_CREAT, 0600));
    MUST(setrlimit(RLIMIT_FSIZE, &limit));
    sigaction(SIGXFSZ, &ignore, NULL);
    CHECK_EQ(pwrite(fd, block, 4096, 6144), 2048); /* up to the limit */
    CHECK_ERRNO(pwrite(fd, block, 1, 8192), EFBIG);
    CHECK_ERRNO(ftruncate(fd, 8193), EFBIG);
    CHECK_EQ(ftruncate(fd, 8192), 0);
    signal(SIGXFSZ, SIG_DFL);
    CHECK_EQ(wait_for(({ pid_t p = fork(); if (!p) { pwrite(fd, block, 1, 8192); _exit(0); } p; })), 1000 + SIGXFSZ);
    close(fd);
}

int main(void) {
    enter_scratch();
    positions();
    bad_memory();
    vectors();
    CHECK_EQ(IN_CHILD(size_limit()), 0);
    leave_scratch();
    return done();
}
