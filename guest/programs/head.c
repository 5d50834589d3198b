/* head [-n LINES | -c BYTES] [FILE]: the beginning of a file or of standard input; 10 lines unless told. */
#include "rt.h"

int main(int argc, char **argv) {
    static char bytes[4096];
    long lines = 10, count = -1, n = 0;
    int i = 1;
    if (argc > 2 && (!strcmp(argv[1], "-n") || !strcmp(argv[1], "-c"))) {
        if (!parse_number(argv[2], argv[1][1] == 'n' ? &lines : &count)) {
            complain("not a number: %s", argv[2]);
            return 2;
        }
        i = 3;
    }
    long fd = i < argc ? SYS4(openat, AT_FDCWD, argv[i], O_RDONLY, 0) : STDIN;
    if (fd < 0)
        return fail(argv[i], fd);
    while ((count < 0 ? lines > 0 : count > 0) && (n = SYS3(read, fd, bytes, sizeof bytes)) > 0) {
        long keep = 0;
        if (count >= 0)
            keep = n < count ? n : count, count -= keep;
        else
            while (keep < n && lines > 0)
                lines -= bytes[keep++] == '\n';
        put(bytes, (size_t)keep);
    }
    return n < 0 ? fail(i < argc ? argv[i] : "standard input", n) : 0;
}
