/* Pipes: ends, capacity, atomic writes, non-blocking, sizes. */
#include "../check.h"

#include <poll.h>
#include <sys/ioctl.h>

static int ends[2];
static char block[200000];

static void ending(void) {
    char c;
    MUST(pipe(ends));
    close(ends[1]);
    CHECK_EQ(read(ends[0], &c, 1), 0);
    close(ends[0]);
    MUST(pipe(ends));
    CHECK_EQ(write(ends[1], "abc", 3), 3);
    close(ends[1]);
    CHECK_EQ(read(ends[0], block, 10), 3); /* what was written is still read */
    CHECK_EQ(read(ends[0], block, 10), 0);
    close(ends[0]);
    MUST(pipe(ends));
    close(ends[0]);
    signal(SIGPIPE, SIG_IGN);
    CHECK_ERRNO(write(ends[1], "x", 1), EPIPE);
    close(ends[1]);
    MUST(pipe(ends));
    CHECK_ERRNO(write(ends[0], "x", 1), EBADF);
    CHECK_ERRNO(read(ends[1], &c, 1), EBADF);
    close(ends[0]), close(ends[1]);
    CHECK_ERRNO(pipe2(ends, 0x100), EINVAL);
    CHECK_ERRNO(syscall(SYS_pipe2, 16, 0), EFAULT);
    MUST(pipe2(ends, O_CLOEXEC | O_NONBLOCK));
    CHECK(fcntl(ends[0], F_GETFD) == FD_CLOEXEC && (fcntl(ends[1], F_GETFL) & O_NONBLOCK));
    close(ends[0]), close(ends[1]);
}

static void capacity(void) {
    MUST(pipe2(ends, O_NONBLOCK));
    char c;
    int waiting = -1;
    CHECK_ERRNO(read(ends[0], &c, 1), EAGAIN);
    CHECK_EQ(fcntl(ends[0], F_GETPIPE_SZ), 65536);
    CHECK_EQ(write(ends[1], block, sizeof block), 65536);
    CHECK_ERRNO(write(ends[1], block, 1), EAGAIN);
    CHECK(ioctl(ends[0], FIONREAD, &waiting) == 0 && waiting == 65536);
    CHECK_ERRNO(fcntl(ends[1], F_SETPIPE_SZ, 4096), EBUSY);
    CHECK_EQ(fcntl(ends[1], F_SETPIPE_SZ, 131072), 131072);
    CHECK_EQ(write(ends[1], block, sizeof block), 65536);
    CHECK_EQ(read(ends[0], block, sizeof block), 131072);
    CHECK_EQ(fcntl(ends[1], F_SETPIPE_SZ, 5000), 8192); /* rounded up */
    CHECK_EQ(fcntl(ends[1], F_SETPIPE_SZ, 1), 4096);
    CHECK_EQ(write(ends[1], block, sizeof block), 4096);
    CHECK_EQ(read(ends[0], block, 4096), 4096);
    /* Up to PIPE_BUF all or nothing. */
    CHECK_EQ(write(ends[1], block, 100), 100);
    CHECK_ERRNO(write(ends[1], block, 4096), EAGAIN);
    CHECK_EQ(read(ends[0], block, sizeof block), 100);
    struct pollfd p = {.fd = ends[1], .events = POLLOUT};
    CHECK(poll(&p, 1, 0) == 1 && p.revents == POLLOUT);
    close(ends[0]);
    CHECK(poll(&p, 1, 0) == 1 && (p.revents & POLLERR));
    close(ends[1]);
    MUST(pipe(ends));
    p = (struct pollfd){.fd = ends[0], .events = POLLIN};
    CHECK_EQ(poll(&p, 1, 0), 0);
    close(ends[1]);
    CHECK(poll(&p, 1, 0) == 1 && p.revents == POLLHUP);
    close(ends[0]);
}

/* Four writers of 512-byte records: no record may be torn. */
static void atomicity(void) {
    MUST(pipe(ends));
    for (int w = 0; w < 4; w++) {
        if (MUST(fork()) == 0) {
            char record[512];
            memset(record, 'a' + w, sizeof record);
            for (int i = 0; i < 500; i++)
                write(ends[1], record, sizeof record);
            _exit(0);
        }
    }
    close(ends[1]);
    int records = 0, torn = 0;
    char record[512];
    for (;;) {
        size_t n = 0;
        ssize_t got;
        while (n < sizeof record && (got = read(ends[0], record + n, sizeof record - n)) > 0)
            n += (size_t)got;
        if (n < sizeof record)
            break;
        for (size_t i = 1; i < sizeof record; i++)
            torn += record[i] != record[0];
        records++;
    }
    CHECK(records == 2000 && torn == 0);
    while (wait(NULL) > 0)
        ;
    close(ends[0]);
}

/* A large write waits for the reader, and comes through whole. */
static void blocking(void) {
    MUST(pipe(ends));
    pid_t child = MUST(fork());
    if (child == 0) {
        for (size_t i = 0; i < sizeof block; i++)
            block[i] = (char)(i * 7);
        _exit(write(ends[1], block, sizeof block) != sizeof block);
    }
    close(ends[1]);
    size_t n = 0, wrong = 0;
    char part[1000];
    ssize_t got;
    while ((got = read(ends[0], part, sizeof part)) > 0)
        for (ssize_t i = 0; i < got; i++, n++)
            wrong += part[i] != (char)(n * 7);
    CHECK(n == sizeof block && wrong == 0);
    CHECK_EQ(wait_for(child), 0);
    close(ends[0]);
}

int main(void) {
    ending();
    capacity();
    atomicity();
    blocking();
    return done();
}
