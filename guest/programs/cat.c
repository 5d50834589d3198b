/* cat [FILE...]: the files' bytes; "-" or no argument is standard input. */
#include "rt.h"

static int copy(const char *name) {
    static char bytes[65536];
    int from_stdin = !strcmp(name, "-");
    long fd = from_stdin ? STDIN : SYS4(openat, AT_FDCWD, name, O_RDONLY, 0);
    if (fd < 0)
        return fail(name, fd);
    long n, error = 0;
    while (!error && ((n = SYS3(read, fd, bytes, sizeof bytes)) > 0 || n == -EINTR))
        if (n > 0)
            error = write_all(STDOUT, bytes, (size_t)n);
    if (!from_stdin)
        SYS1(close, fd);
    if (error == -EPIPE)
        return 1;
    if (error)
        return fail("write error", error);
    return n < 0 ? fail(name, n) : 0;
}

int main(int argc, char **argv) {
    int status = 0;
    if (argc == 1)
        return copy("-");
    for (int i = 1; i < argc; i++)
        status |= copy(argv[i]);
    return status;
}
