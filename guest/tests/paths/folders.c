/* mkdir, rmdir, unlink, getdents, telldir: creation, refusal, reading while it changes. */
#include "../check.h"

#include <dirent.h>

static int count_entries(const char *path) {
    DIR *dir = opendir(path);
    int n = 0;
    if (!dir)
        return -1;
    while (readdir(dir))
        n++;
    closedir(dir);
    return n;
}

static void making(void) {
    struct stat st, up;
    umask(022);
    CHECK_EQ(mkdir("d", 0777), 0);
    CHECK(stat("d", &st) == 0 && (st.st_mode & 07777) == 0755);
    CHECK_EQ(mkdir("sticky", 01777), 0);
    CHECK(stat("sticky", &st) == 0 && (st.st_mode & 07777) == 01755);
    CHECK_ERRNO(mkdir("d", 0755), EEXIST);
    CHECK_ERRNO(mkdir("absent/d", 0755), ENOENT);
    make_file("file", "");
    CHECK_ERRNO(mkdir("file/d", 0755), ENOTDIR);
    CHECK_ERRNO(mkdir("file", 0755), EEXIST);
    CHECK_EQ(mkdir("slash/", 0755), 0);
    MUST(symlink("nowhere", "dangling"));
    CHECK_ERRNO(mkdir("dangling", 0755), EEXIST);
    CHECK(stat("d/..", &up) == 0 && stat(".", &st) == 0 && up.st_ino == st.st_ino);
    MUST(mkdir("set", 0755));
    MUST(chmod("set", 02755)); /* set-group-ID is inherited by folders below */
    MUST(mkdir("set/below", 0755));
    CHECK(stat("set/below", &st) == 0 && (st.st_mode & 07777) == 02755);
}

static void removing(void) {
    MUST(mkdir("d/sub", 0755));
    CHECK_ERRNO(rmdir("d"), ENOTEMPTY);
    CHECK_ERRNO(unlink("d"), EISDIR);
    CHECK_ERRNO(rmdir("file"), ENOTDIR);
    CHECK_ERRNO(rmdir("absent"), ENOENT);
    CHECK_EQ(unlinkat(AT_FDCWD, "d/sub", AT_REMOVEDIR), 0);
    CHECK_ERRNO(unlinkat(AT_FDCWD, "file", AT_REMOVEDIR), ENOTDIR);
    CHECK_ERRNO(unlinkat(AT_FDCWD, "file", 0x8), EINVAL);
    CHECK_ERRNO(unlink("absent"), ENOENT);
    CHECK_ERRNO(unlink("file/"), ENOTDIR);
    /* A removed folder that is still open, or somebody's working folder. */
    int fd = MUST(open("d", O_RDONLY));
    CHECK_EQ(rmdir("d"), 0);
    CHECK_ERRNO(openat(fd, "x", O_WRONLY | O_CREAT, 0600), ENOENT);
    CHECK_ERRNO(mkdirat(fd, "x", 0755), ENOENT);
    struct stat st;
    CHECK(fstat(fd, &st) == 0 && S_ISDIR(st.st_mode));
    close(fd);
    /* An unlinked open file keeps its bytes. */
    fd = MUST(open("gone", O_RDWR | O_CREAT, 0600));
    MUST(write(fd, "still", 5));
    CHECK_EQ(unlink("gone"), 0);
    char bytes[8];
    CHECK_EQ(pread(fd, bytes, 8, 0), 5);
    CHECK(fstat(fd, &st) == 0 && st.st_nlink == 0);
    close(fd);
}

static void reading(void) {
    enum { FILES = 500 };
    char name[32], seen[FILES] = {0};
    MUST(mkdir("many", 0755));
    CHECK_EQ(count_entries("many"), 2);
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "many/file-%d", i);
        make_file(name, "");
    }
    CHECK_EQ(count_entries("many"), FILES + 2);
    /* Every entry exactly once, even when entries already read are removed meanwhile. */
    DIR *dir = opendir("many");
    struct dirent *entry;
    int twice = 0, count = 0, wrong_type = 0;
    while ((entry = readdir(dir))) {
        int i;
        if (sscanf(entry->d_name, "file-%d", &i) != 1)
            continue;
        twice += seen[i]++;
        count++;
        wrong_type += entry->d_type != DT_REG && entry->d_type != DT_UNKNOWN;
        snprintf(name, sizeof name, "many/file-%d", i);
        if (i % 2)
            unlink(name);
    }
    CHECK_EQ(count, FILES);
    CHECK_EQ(twice, 0);
    CHECK_EQ(wrong_type, 0);
    rewinddir(dir);
    count = 0;
    while (readdir(dir))
        count++;
    CHECK_EQ(count, FILES / 2 + 2);
    /* A position can be gone back to. */
    rewinddir(dir);
    readdir(dir), readdir(dir), readdir(dir);
    long at = telldir(dir);
    char next[256];
    strcpy(next, readdir(dir)->d_name);
    readdir(dir);
    seekdir(dir, at);
    CHECK(!strcmp(readdir(dir)->d_name, next));
    closedir(dir);
    char buffer[1024];
    int fd = MUST(open("many", O_RDONLY));
    CHECK_ERRNO(syscall(SYS_getdents64, fd, buffer, 8), EINVAL); /* too small for one entry */
    CHECK(syscall(SYS_getdents64, fd, buffer, sizeof buffer) > 0);
    CHECK_ERRNO(syscall(SYS_getdents64, fd, 16, 1024), EFAULT);
    close(fd);
    fd = MUST(open("file", O_RDONLY));
    CHECK_ERRNO(syscall(SYS_getdents64, fd, buffer, sizeof buffer), ENOTDIR);
    close(fd);
}

int main(void) {
    enter_scratch();
    making();
    removing();
    reading();
    leave_scratch();
    return done();
}
