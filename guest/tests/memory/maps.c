/* /proc/self/maps and friends show what is mapped. */
#include "../check.h"

struct line {
    unsigned long from, to, offset, inode;
    char permissions[8], path[256];
};

/* Finds the line that covers an address; false when none does. */
static int find(const void *address, struct line *found) {
    FILE *maps = fopen("/proc/self/maps", "r");
    char text[512];
    int hit = 0;
    if (!maps)
        return 0;
    while (!hit && fgets(text, sizeof text, maps)) {
        unsigned major, minor;
        struct line l = {0};
        int n = sscanf(text, "%lx-%lx %7s %lx %x:%x %lu %255[^\n]", &l.from, &l.to, l.permissions, &l.offset, &major, &minor,
                       &l.inode, l.path);
        CHECK(n >= 7);
        if (l.from <= (uintptr_t)address && (uintptr_t)address < l.to) {
            *found = l;
            hit = 1;
        }
    }
    fclose(maps);
    return hit;
}

int main(void) {
    struct line l;
    int local = 0;
    CHECK(find((void *)(uintptr_t)main, &l) && !strncmp(l.permissions, "r-xp", 4));
    CHECK(find(&local, &l) && !strncmp(l.permissions, "rw-p", 4) && strstr(l.path, "[stack]"));
    char *p = MUST(mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    CHECK(find(p, &l) && !strncmp(l.permissions, "rw-p", 4) && l.path[0] == 0);
    MUST(mprotect(p + 4096, 4096, PROT_NONE)); /* splits it in three */
    CHECK(find(p + 4096, &l) && !strncmp(l.permissions, "---p", 4) && l.from == (uintptr_t)p + 4096 && l.to == l.from + 4096);
    MUST(munmap(p, 3 * 4096));
    CHECK(!find(p, &l));
    enter_scratch();
    make_file("file", "x");
    int fd = MUST(open("file", O_RDWR));
    MUST(ftruncate(fd, 3 * 4096));
    p = MUST(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 4096));
    struct stat st;
    MUST(fstat(fd, &st));
    CHECK(find(p, &l) && !strncmp(l.permissions, "r--s", 4) && l.offset == 4096 && l.inode == st.st_ino);
    char expected[128];
    snprintf(expected, sizeof expected, "%s/file", scratch);
    CHECK(!strcmp(l.path, expected));

    char target[256];
    ssize_t n = readlink("/proc/self/exe", target, sizeof target - 1);
    CHECK(n > 0);
    target[n > 0 ? n : 0] = 0;
    CHECK(find((void *)(uintptr_t)main, &l) && !strcmp(l.path, target));
    /* statm: pages, in a row of numbers. */
    unsigned long size = 0, resident = 0;
    FILE *statm = fopen("/proc/self/statm", "r");
    CHECK(statm && fscanf(statm, "%lu %lu", &size, &resident) == 2 && size >= resident && resident > 0);
    leave_scratch();
    return done();
}
