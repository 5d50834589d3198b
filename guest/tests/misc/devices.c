/* /dev: null, zero, full, random, fd, shm. */
#include "../check.h"

#include <sys/ioctl.h>

int main(void) {
    char bytes[4096];
    memset(bytes, 1, sizeof bytes);
    int fd = MUST(open("/dev/null", O_RDWR));
    CHECK_EQ(read(fd, bytes, sizeof bytes), 0);
    CHECK_EQ(write(fd, bytes, sizeof bytes), sizeof bytes);
    CHECK_EQ(lseek(fd, 100, SEEK_SET), 0); /* there is nowhere to go */
    close(fd);
    fd = MUST(open("/dev/zero", O_RDWR));
    CHECK_EQ(read(fd, bytes, sizeof bytes), sizeof bytes);
    int other = 0;
    for (size_t i = 0; i < sizeof bytes; i++)
        other += bytes[i] != 0;
    CHECK_EQ(other, 0);
    CHECK_EQ(write(fd, bytes, 10), 10);
    close(fd);
    fd = MUST(open("/dev/full", O_RDWR));
    CHECK_ERRNO(write(fd, bytes, 1), ENOSPC);
    CHECK_EQ(read(fd, bytes, 10), 10);
    close(fd);
    static const char *const sources[] = {"/dev/urandom", "/dev/random"};
    for (int i = 0; i < 2; i++) {
        fd = MUST(open(sources[i], O_RDONLY));
        memset(bytes, 0, sizeof bytes);
        CHECK_EQ(read(fd, bytes, 256), 256);
        int zeros = 0;
        for (int j = 0; j < 256; j++)
            zeros += bytes[j] == 0;
        CHECK(zeros < 20);
        close(fd);
    }
    int ends[2];
    char path[64];
    MUST(pipe(ends));
    snprintf(path, sizeof path, "/dev/fd/%d", ends[1]);
    fd = open(path, O_WRONLY); /* opens the pipe again */
    CHECK(fd >= 0 && write(fd, "x", 1) == 1 && read(ends[0], bytes, 1) == 1);
    close(fd);
    MUST(write(ends[1], "left", 4));
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    fd = open(path, O_RDONLY); /* without a writer: does not wait for one */
    CHECK(fd >= 0 && read(fd, bytes, sizeof bytes) == 4 && read(fd, bytes, 1) == 0);
    close(fd);
    struct stat st;
    CHECK(stat("/dev/shm", &st) == 0 && S_ISDIR(st.st_mode) && (st.st_mode & 01777) == 01777);
    CHECK(lstat("/dev/stdin", &st) == 0 && S_ISLNK(st.st_mode));
    fd = shm_open("/guest-test-shm", O_RDWR | O_CREAT | O_EXCL, 0600);
    CHECK(fd >= 0);
    if (fd >= 0) {
        MUST(ftruncate(fd, 4096));
        int *shared = MUST(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
        CHECK_EQ(IN_CHILD(shared[3] = 42), 0);
        CHECK_EQ(shared[3], 42);
        CHECK_EQ(shm_unlink("/guest-test-shm"), 0);
    }
    CHECK_ERRNO(open("/dev/absent", O_RDONLY), ENOENT);
    CHECK_ERRNO(ioctl(MUST(open("/dev/null", O_RDONLY)), 0x5401, bytes), ENOTTY);
    return done();
}
