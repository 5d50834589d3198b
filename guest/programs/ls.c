/* ls [-a] [-l] [PATH...]: names in a directory, sorted, one a line; -l adds mode, links, owner, group and size. */
#include "rt.h"

struct entry {
    uint64_t inode;
    int64_t offset;
    uint16_t length;
    uint8_t type;
    char name[];
};

static int all, details;

static int show(long directory, const char *name) {
    struct stat st;
    static char target[4096];
    if (details) {
        long error = SYS4(newfstatat, directory, name, &st, AT_SYMLINK_NOFOLLOW);
        if (error)
            return fail(name, error);
        char mode[] = "?rwxrwxrwx";
        mode[0] = "?pc?d?b?-?l?s???"[st.st_mode >> 12 & 15];
        for (int i = 0; i < 9; i++)
            if (!(st.st_mode >> (8 - i) & 1))
                mode[1 + i] = '-';
        if (st.st_mode & 04000)
            mode[3] = mode[3] == 'x' ? 's' : 'S';
        if (st.st_mode & 02000)
            mode[6] = mode[6] == 'x' ? 's' : 'S';
        if (st.st_mode & 01000)
            mode[9] = mode[9] == 'x' ? 't' : 'T';
        print("%s %3u %5u %5u %8ld ", mode, (unsigned)st.st_nlink, st.st_uid, st.st_gid, (long)st.st_size);
    }
    print("%s", name);
    long length;
    if (details && (st.st_mode & 0170000) == 0120000 &&
        (length = SYS4(readlinkat, directory, name, target, sizeof target - 1)) >= 0) {
        target[length] = 0;
        print(" -> %s", target);
    }
    print("\n");
    return 0;
}

static void sort(char **names, long count) {
    for (long gap = count / 2; gap > 0; gap /= 2) {
        for (long i = gap; i < count; i++) {
            char *name = names[i];
            long at = i;
            for (; at >= gap && strcmp(names[at - gap], name) > 0; at -= gap)
                names[at] = names[at - gap];
            names[at] = name;
        }
    }
}

static int list(const char *path) {
    static char bytes[32768];
    long directory = SYS4(openat, AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0), n;
    if (directory == -ENOTDIR)
        return show(AT_FDCWD, path);
    if (directory < 0)
        return fail(path, directory);
    long count = 0, capacity = 64;
    char **names = allocate((size_t)capacity * sizeof *names);
    while ((n = SYS3(getdents64, directory, bytes, sizeof bytes)) > 0) {
        for (long at = 0; at < n;) {
            struct entry *e = (struct entry *)(bytes + at);
            at += e->length;
            if (e->name[0] == '.' && !all)
                continue;
            if (count == capacity) {
                char **bigger = allocate((size_t)(capacity *= 2) * sizeof *names);
                memcpy(bigger, names, (size_t)count * sizeof *names);
                names = bigger;
            }
            names[count++] = duplicate(e->name, strlen(e->name));
        }
    }
    int status = n < 0 ? fail(path, n) : 0;
    sort(names, count);
    for (long i = 0; i < count; i++)
        status |= show(directory, names[i]);
    SYS1(close, directory);
    return status;
}

int main(int argc, char **argv) {
    int first = 1, status = 0;
    for (; first < argc && argv[first][0] == '-' && argv[first][1]; first++) {
        for (char *s = argv[first] + 1; *s; s++) {
            if (*s != 'a' && *s != 'l') {
                complain("unknown option -%c", *s);
                return 2;
            }
            *s == 'a' ? (all = 1) : (details = 1);
        }
    }
    if (first == argc)
        return list(".");
    for (int i = first; i < argc; i++) {
        if (argc - first > 1)
            print("%s%s:\n", i > first ? "\n" : "", argv[i]);
        status |= list(argv[i]);
    }
    return status;
}
