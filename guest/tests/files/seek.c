/* lseek: all whences, holes, refusals; the offset belongs to the open file, not to the descriptor. */
#include "../check.h"

int main(void) {
    enter_scratch();
    char bytes[16];
    int fd = MUST(open("file", O_RDWR | O_CREAT, 0600));
    CHECK_EQ(write(fd, "0123456789", 10), 10);
    CHECK_EQ(lseek(fd, 3, SEEK_SET), 3);
    CHECK_EQ(lseek(fd, 2, SEEK_CUR), 5);
    CHECK_EQ(lseek(fd, -4, SEEK_END), 6);
    CHECK_EQ(read(fd, bytes, 16), 4);
    CHECK_EQ(read(fd, bytes, 16), 0);
    CHECK_ERRNO(lseek(fd, -1, SEEK_SET), EINVAL);
    CHECK_ERRNO(lseek(fd, -11, SEEK_END), EINVAL);
    CHECK_ERRNO(lseek(fd, 0, 99), EINVAL);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 10); /* a refused seek moves nothing */

    /* Writing beyond the end leaves zeros between. */
    CHECK_EQ(lseek(fd, 14, SEEK_SET), 14);
    CHECK_EQ(write(fd, "X", 1), 1);
    CHECK_EQ(pread(fd, bytes, 16, 9), 6);
    CHECK(!memcmp(bytes, "9\0\0\0\0X", 6));

    CHECK_EQ(lseek(fd, 0, SEEK_DATA), 0);
    off_t hole = lseek(fd, 0, SEEK_HOLE);
    CHECK(hole >= 0 && hole <= 15); /* at the latest, the end is a hole */
    CHECK_ERRNO(lseek(fd, 15, SEEK_DATA), ENXIO);
    CHECK_ERRNO(lseek(fd, 15, SEEK_HOLE), ENXIO);
    CHECK_ERRNO(lseek(fd, -1, SEEK_DATA), ENXIO);
    CHECK_EQ(ftruncate(fd, 1 << 20), 0);
    CHECK_EQ(pwrite(fd, "Y", 1, 1 << 19), 1);
    off_t data = lseek(fd, 1 << 18, SEEK_DATA);
    CHECK(data >= 1 << 18 && data <= 1 << 19);
    CHECK_EQ(lseek(fd, 1 << 19, SEEK_DATA), 1 << 19);

    /* Shared by dup and by fork. */
    int copy = MUST(dup(fd));
    CHECK_EQ(lseek(fd, 7, SEEK_SET), 7);
    CHECK_EQ(lseek(copy, 0, SEEK_CUR), 7);
    CHECK_EQ(IN_CHILD(lseek(copy, 1, SEEK_CUR)), 0);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 8);
    int other = MUST(open("file", O_RDONLY));
    CHECK_EQ(lseek(other, 0, SEEK_CUR), 0);

    int ends[2];
    MUST(pipe(ends));
    CHECK_ERRNO(lseek(ends[0], 0, SEEK_CUR), ESPIPE);
    CHECK_ERRNO(lseek(999, 0, SEEK_CUR), EBADF);
    CHECK_ERRNO(pread(ends[0], bytes, 1, 0), ESPIPE);
    CHECK_ERRNO(pwrite(ends[1], bytes, 1, 0), ESPIPE);
    leave_scratch();
    return done();
}
