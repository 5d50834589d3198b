/* ps: the processes of /proc: number, parent, state, name. */
#include "rt.h"

struct entry {
    uint64_t inode;
    int64_t offset;
    uint16_t length;
    uint8_t type;
    char name[];
};

static void show(long proc, const char *pid) {
    static char path[64], text[1024];
    size_t length = strlen(pid);
    memcpy(path, pid, length);
    memcpy(path + length, "/stat", 6);
    long fd = SYS4(openat, proc, path, O_RDONLY, 0);
    long n = fd < 0 ? fd : SYS3(read, fd, text, sizeof text - 1);
    if (fd >= 0)
        SYS1(close, fd);
    if (n <= 0)
        return; /* it ended meanwhile */
    text[n] = 0;
    /* pid (name) state parent ...; the name may hold anything, so the last parenthesis counts. */
    char *open = strchr(text, '('), *close = open;
    for (char *s = text; *s; s++)
        if (*s == ')')
            close = s;
    if (!open || close <= open || close + 4 > text + n)
        return;
    *close = 0;
    char state = close[2], *parent = close + 4, *end_of_parent = strchr(parent, ' ');
    if (end_of_parent)
        *end_of_parent = 0;
    print("%6s %6s %c %s\n", pid, parent, state, open + 1);
}

int main(int argc, char **argv) {
    (void)argc, (void)argv;
    static char bytes[32768];
    long proc = SYS4(openat, AT_FDCWD, "/proc", O_RDONLY | O_DIRECTORY, 0), n, number;
    if (proc < 0)
        return fail("/proc", proc);
    print("   PID   PPID S NAME\n");
    while ((n = SYS3(getdents64, proc, bytes, sizeof bytes)) > 0) {
        for (long at = 0; at < n;) {
            struct entry *e = (struct entry *)(bytes + at);
            at += e->length;
            if (parse_number(e->name, &number) && strlen(e->name) < 12)
                show(proc, e->name);
        }
    }
    return n < 0 ? fail("/proc", n) : 0;
}
