/* truncate, ftruncate, fallocate, fadvise, fsync. */
#include "../check.h"

static int zeros(int fd, off_t from, off_t to) {
    char c;
    for (off_t i = from; i < to; i++)
        if (pread(fd, &c, 1, i) != 1 || c != 0)
            return 0;
    return 1;
}

static off_t size(int fd) {
    struct stat st;
    return fstat(fd, &st) ? -1 : st.st_size;
}

static void truncation(void) {
    int fd = MUST(open("file", O_RDWR | O_CREAT, 0600));
    CHECK_EQ(write(fd, "0123456789", 10), 10);
    CHECK_EQ(ftruncate(fd, 4), 0);
    CHECK(file_is("file", "0123"));
    CHECK_EQ(ftruncate(fd, 5000), 0);
    CHECK_EQ(size(fd), 5000);
    CHECK(zeros(fd, 4, 64)); /* what was cut off does not come back */
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 10);
    CHECK_ERRNO(ftruncate(fd, -1), EINVAL);
    CHECK_EQ(truncate("file", 2), 0);
    CHECK_EQ(size(fd), 2);
    CHECK_ERRNO(truncate("absent", 0), ENOENT);
    CHECK_ERRNO(truncate(".", 0), EISDIR);
    CHECK_ERRNO(truncate("file", -1), EINVAL);
    int reader = MUST(open("file", O_RDONLY)), ends[2];
    CHECK_ERRNO(ftruncate(reader, 0), EINVAL);
    MUST(pipe(ends));
    CHECK_ERRNO(ftruncate(ends[1], 0), EINVAL);
    CHECK_ERRNO(ftruncate(999, 0), EBADF);
    CHECK_EQ(fsync(fd), 0);
    CHECK_EQ(fdatasync(fd), 0);
    CHECK_ERRNO(fsync(ends[0]), EINVAL);
    CHECK_ERRNO(fsync(999), EBADF);
    CHECK_EQ(posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL), 0);
    CHECK_EQ(posix_fadvise(fd, 0, 0, 77), EINVAL);
    CHECK_EQ(posix_fadvise(ends[0], 0, 0, POSIX_FADV_NORMAL), ESPIPE);
    close(reader), close(ends[0]), close(ends[1]), close(fd);
}

static void allocation(void) {
    int fd = MUST(open("space", O_RDWR | O_CREAT, 0600));
    int mode_0 = fallocate(fd, 0, 0, 10000);
    if (mode_0 < 0 && errno == EOPNOTSUPP)
        return;
    CHECK_EQ(mode_0, 0);
    CHECK_EQ(size(fd), 10000);
    CHECK_EQ(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 20000), 0);
    CHECK_EQ(size(fd), 10000);
    for (int i = 0; i < 3; i++)
        CHECK_EQ(pwrite(fd, "xxxx", 4, 4094 + i * 4096), 4);
    CHECK_EQ(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4095, 4097), 0);
    char around[4];
    CHECK_EQ(pread(fd, around, 4, 4093), 4);
    CHECK(!memcmp(around, "\0x\0\0", 4));
    CHECK_EQ(pread(fd, around, 4, 8190), 4);
    CHECK(!memcmp(around, "\0\0xx", 4));
    CHECK_ERRNO(fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 4096), EOPNOTSUPP);
    CHECK_ERRNO(fallocate(fd, 0x4000, 0, 4096), EOPNOTSUPP);
    CHECK_ERRNO(fallocate(fd, 0, 0, 0), EINVAL);
    CHECK_ERRNO(fallocate(fd, 0, -1, 10), EINVAL);
    CHECK_ERRNO(fallocate(fd, 0, LLONG_MAX - 4, 10), EFBIG);
    int reader = MUST(open("space", O_RDONLY)), ends[2];
    CHECK_ERRNO(fallocate(reader, 0, 0, 10), EBADF);
    MUST(pipe(ends));
    CHECK_ERRNO(fallocate(ends[1], 0, 0, 10), ESPIPE);
    CHECK_EQ(posix_fallocate(fd, 0, 30000), 0);
    CHECK_EQ(size(fd), 30000);
    close(reader), close(ends[0]), close(ends[1]), close(fd);
}

int main(void) {
    enter_scratch();
    truncation();
    allocation();
    leave_scratch();
    return done();
}
