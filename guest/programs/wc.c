/* wc [FILE...]: lines, words and bytes of files or of standard input. */
#include "rt.h"

static unsigned long total_lines, total_words, total_bytes;

static int count(const char *name) {
    static char bytes[65536];
    long fd = name ? SYS4(openat, AT_FDCWD, name, O_RDONLY, 0) : STDIN, n;
    unsigned long lines = 0, words = 0, length = 0;
    int inside = 0;
    if (fd < 0)
        return fail(name, fd);
    while ((n = SYS3(read, fd, bytes, sizeof bytes)) > 0) {
        length += (unsigned long)n;
        for (long i = 0; i < n; i++) {
            int space = bytes[i] == ' ' || (bytes[i] >= '\t' && bytes[i] <= '\r');
            lines += bytes[i] == '\n';
            words += !inside && !space;
            inside = !space;
        }
    }
    if (name)
        SYS1(close, fd);
    if (n < 0)
        return fail(name ? name : "standard input", n);
    print("%lu %lu %lu%s%s\n", lines, words, length, name ? " " : "", name ? name : "");
    total_lines += lines, total_words += words, total_bytes += length;
    return 0;
}

int main(int argc, char **argv) {
    int status = 0;
    if (argc == 1)
        return count(NULL);
    for (int i = 1; i < argc; i++)
        status |= count(argv[i]);
    if (argc > 2)
        print("%lu %lu %lu total\n", total_lines, total_words, total_bytes);
    return status;
}
