/* sendfile, copy_file_range, splice, tee. */
#include "../check.h"

#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

static int source;

static void sending(void) {
    char bytes[32];
    int ends[2], to = MUST(open("to", O_RDWR | O_CREAT | O_TRUNC, 0600));
    off_t at = 2;
    MUST(pipe(ends));
    CHECK_EQ(sendfile(ends[1], source, &at, 4), 4);
    CHECK_EQ(at, 6);
    CHECK_EQ(lseek(source, 0, SEEK_CUR), 0);
    CHECK_EQ(read(ends[0], bytes, 32), 4);
    CHECK(!memcmp(bytes, "2345", 4));
    CHECK_EQ(sendfile(to, source, NULL, 100), 10);
    CHECK_EQ(lseek(source, 0, SEEK_CUR), 10);
    CHECK_EQ(sendfile(to, source, NULL, 100), 0);
    CHECK(file_is("to", "0123456789"));
    at = -1;
    CHECK_ERRNO(sendfile(to, source, &at, 1), EINVAL);
    CHECK_ERRNO(sendfile(source, to, NULL, 1), EBADF); /* source is read-only */
    CHECK_ERRNO(sendfile(to, 999, NULL, 1), EBADF);
    CHECK_ERRNO(sendfile(to, source, (off_t *)16, 1), EFAULT);
    int append = MUST(open("to", O_WRONLY | O_APPEND));
    lseek(source, 0, SEEK_SET);
    CHECK_ERRNO(sendfile(append, source, NULL, 1), EINVAL);
    close(append), close(to), close(ends[0]), close(ends[1]);
}

static void ranges(void) {
    int to = MUST(open("range", O_RDWR | O_CREAT, 0600));
    off_t in = 3, out = 1;
    ssize_t n = copy_file_range(source, &in, to, &out, 4, 0);
    if (n < 0 && errno == ENOSYS)
        return;
    CHECK_EQ(n, 4);
    CHECK(in == 7 && out == 5);
    char bytes[8];
    CHECK_EQ(pread(to, bytes, 8, 0), 5);
    CHECK(!memcmp(bytes, "\0" "3456", 5));
    lseek(source, 8, SEEK_SET);
    CHECK_EQ(copy_file_range(source, NULL, to, NULL, 100, 0), 2);
    CHECK_EQ(copy_file_range(source, NULL, to, NULL, 100, 0), 0);
    CHECK_EQ(lseek(to, 0, SEEK_CUR), 2);
    in = out = 0;
    CHECK_ERRNO(copy_file_range(source, &in, to, &out, 4, 1), EINVAL);
    out = 2;
    CHECK_ERRNO(copy_file_range(to, &in, to, &out, 4, 0), EINVAL); /* overlap */
    CHECK_ERRNO(copy_file_range(to, &in, source, &out, 4, 0), EBADF);
    int append = MUST(open("range", O_WRONLY | O_APPEND));
    CHECK_ERRNO(copy_file_range(source, &in, append, NULL, 4, 0), EBADF);
    int directory = MUST(open(".", O_RDONLY));
    CHECK_ERRNO(copy_file_range(directory, NULL, to, NULL, 4, 0), EISDIR);
    close(directory), close(append), close(to);
}

static void splicing(void) {
    int a[2], b[2], to = MUST(open("spliced", O_RDWR | O_CREAT, 0600));
    char bytes[16];
    off_t in = 1;
    MUST(pipe(a));
    MUST(pipe(b));
    ssize_t n = splice(source, &in, a[1], NULL, 5, 0);
    if (n < 0 && errno == ENOSYS)
        return;
    CHECK_EQ(n, 5);
    CHECK_EQ(in, 6);
    CHECK_EQ(tee(a[0], b[1], 3, 0), 3);
    CHECK_EQ(read(b[0], bytes, 16), 3);
    CHECK(!memcmp(bytes, "123", 3));
    CHECK_EQ(splice(a[0], NULL, to, NULL, 16, 0), 5); /* tee took nothing away */
    CHECK(file_is("spliced", "12345"));
    CHECK_ERRNO(splice(source, NULL, to, NULL, 1, 0), EINVAL);
    CHECK_ERRNO(splice(a[0], &in, to, NULL, 1, 0), ESPIPE);
    CHECK_ERRNO(splice(a[0], NULL, b[1], NULL, 1, SPLICE_F_NONBLOCK), EAGAIN);
    CHECK_ERRNO(splice(a[0], NULL, to, NULL, 1, 0x100), EINVAL);
    close(a[1]);
    CHECK_EQ(splice(a[0], NULL, to, NULL, 1, 0), 0);
    close(a[0]), close(b[0]), close(b[1]), close(to);
}

/* What a short write leaves over stays in the pipe. */
static void short_splices(void) {
    int a[2], b[2], pair[2];
    char bytes[100000];
    MUST(pipe(a));
    MUST(pipe2(b, O_NONBLOCK));
    CHECK_ERRNO(splice(a[0], NULL, a[1], NULL, 1, 0), EINVAL);

    /* A file that may grow to ten bytes only. */
    struct rlimit old, small;
    MUST(getrlimit(RLIMIT_FSIZE, &old));
    small = (struct rlimit){10, old.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    int to = MUST(open("short", O_RDWR | O_CREAT, 0600));
    CHECK_EQ(write(a[1], "0123456789abcdef", 16), 16);
    MUST(setrlimit(RLIMIT_FSIZE, &small));
    CHECK_EQ(splice(a[0], NULL, to, NULL, 16, 0), 10);
    CHECK_ERRNO(splice(a[0], NULL, to, NULL, 16, 0), EFBIG);
    MUST(setrlimit(RLIMIT_FSIZE, &old));
    CHECK_EQ(read(a[0], bytes, sizeof bytes), 6);
    CHECK(!memcmp(bytes, "abcdef", 6));

    /* A socket whose other end reads nothing. */
    MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair));
    memset(bytes, 'x', sizeof bytes);
    while (write(pair[0], bytes, sizeof bytes) > 0)
        ;
    CHECK_EQ(write(a[1], "kept", 4), 4);
    CHECK_ERRNO(splice(a[0], NULL, pair[0], NULL, 4, 0), EAGAIN);
    CHECK_EQ(read(a[0], bytes, sizeof bytes), 4);
    CHECK(!memcmp(bytes, "kept", 4));

    /* A full pipe takes nothing; one that nobody reads breaks, and what was to go there stays. */
    memset(bytes, 'x', sizeof bytes);
    while (write(b[1], bytes, 4096) > 0)
        ;
    CHECK_EQ(write(a[1], "again", 5), 5);
    CHECK_ERRNO(splice(a[0], NULL, b[1], NULL, 5, 0), EAGAIN);
    CHECK_ERRNO(tee(a[0], b[1], 5, 0), EAGAIN);
    CHECK_EQ(read(b[0], bytes, 4096), 4096);
    CHECK_EQ(splice(a[0], NULL, b[1], NULL, 5, 0), 5);
    signal(SIGPIPE, SIG_IGN);
    close(b[0]);
    CHECK_EQ(write(a[1], "yet", 3), 3);
    CHECK_ERRNO(splice(a[0], NULL, b[1], NULL, 3, 0), EPIPE);
    CHECK_EQ(read(a[0], bytes, sizeof bytes), 3);
    CHECK(!memcmp(bytes, "yet", 3));
    close(a[0]), close(a[1]), close(b[1]), close(pair[0]), close(pair[1]), close(to);
}

int main(void) {
    enter_scratch();
    make_file("from", "0123456789");
    source = MUST(open("from", O_RDONLY));
    sending();
    ranges();
    splicing();
    short_splices();
    leave_scratch();
    return done();
}
