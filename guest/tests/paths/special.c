/* mknod and named pipes, device files, sockets as files. */
#include "../check.h"

#include <sys/sysmacros.h>

int main(void) {
    umask(022);
    enter_scratch();
    struct stat st;
    CHECK_EQ(mkfifo("fifo", 0644), 0);
    CHECK(stat("fifo", &st) == 0 && S_ISFIFO(st.st_mode));
    CHECK_ERRNO(mkfifo("fifo", 0644), EEXIST);
    CHECK_ERRNO(open("fifo", O_WRONLY | O_NONBLOCK), ENXIO);
    int reader = open("fifo", O_RDONLY | O_NONBLOCK);
    CHECK(reader >= 0);
    char c;
    CHECK_EQ(read(reader, &c, 1), 0); /* no writer: end of file, not EAGAIN */
    int writer = open("fifo", O_WRONLY | O_NONBLOCK);
    CHECK(writer >= 0);
    CHECK_ERRNO(read(reader, &c, 1), EAGAIN);
    CHECK_EQ(write(writer, "x", 1), 1);
    CHECK_EQ(read(reader, &c, 1), 1);
    close(reader), close(writer);
    pid_t child = MUST(fork());
    if (child == 0) {
        writer = open("fifo", O_WRONLY); /* waits for a reader */
        _exit(write(writer, "hello", 5) != 5);
    }
    sleep_ms(20);
    reader = MUST(open("fifo", O_RDONLY));
    char text[8];
    CHECK_EQ(read(reader, text, 8), 5);
    CHECK_EQ(read(reader, text, 8), 0);
    CHECK_EQ(wait_for(child), 0);
    close(reader);
    int both = MUST(open("fifo", O_RDWR)); /* Linux allows it: never waits */
    CHECK_EQ(write(both, "ab", 2), 2);
    CHECK_EQ(read(both, text, 8), 2);
    close(both);

    CHECK_EQ(mknod("plain", S_IFREG | 0600, 0), 0);
    CHECK(stat("plain", &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0777) == 0600);
    CHECK_EQ(mknod("zeromode", 0600, 0), 0); /* no type means a plain file */
    CHECK(stat("zeromode", &st) == 0 && S_ISREG(st.st_mode));
    CHECK_EQ(mknod("socket", S_IFSOCK | 0600, 0), 0);
    CHECK(stat("socket", &st) == 0 && S_ISSOCK(st.st_mode));
    CHECK_ERRNO(open("socket", O_RDONLY), ENXIO);
    CHECK_ERRNO(mknod("folder", S_IFDIR | 0700, 0), EPERM);
    CHECK_ERRNO(mknod("odd", 0170000, 0), EINVAL);
    CHECK_EQ(IN_CHILD({
        MUST(chmod(".", 0777));
        MUST(setuid(12345));
        CHECK_ERRNO(mknod("device", S_IFCHR | 0600, makedev(1, 3)), EPERM);
        CHECK_EQ(mkfifo("mine", 0600), 0);
    }), 0);
    leave_scratch();
    return done();
}
