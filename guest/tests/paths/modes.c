/* chmod, chown, umask, and what the modes then forbid. */
#include "../check.h"

static mode_t mode_of(const char *path) {
    struct stat st;
    return lstat(path, &st) ? 0 : st.st_mode & 07777;
}

static void changing(void) {
    make_file("file", "x");
    MUST(symlink("file", "link"));
    CHECK_EQ(chmod("file", 0751), 0);
    CHECK_EQ(mode_of("file"), 0751);
    CHECK_EQ(chmod("link", 0640), 0); /* goes through the link */
    CHECK_EQ(mode_of("file"), 0640);
    int fd = MUST(open("file", O_RDONLY));
    CHECK_EQ(fchmod(fd, 04755), 0);
    CHECK_EQ(mode_of("file"), 04755);
    CHECK_EQ(chown("file", 1000, 1001), 0);
    struct stat st;
    CHECK(stat("file", &st) == 0 && st.st_uid == 1000 && st.st_gid == 1001);
    CHECK_EQ(st.st_mode & 07777, 0755); /* a change of owner takes set-user-ID away */
    CHECK_EQ(fchown(fd, -1, 7), 0);
    CHECK(stat("file", &st) == 0 && st.st_uid == 1000 && st.st_gid == 7);
    CHECK_EQ(lchown("link", 5, 6), 0);
    CHECK(lstat("link", &st) == 0 && st.st_uid == 5 && st.st_gid == 6);
    CHECK(stat("link", &st) == 0 && st.st_uid == 1000);
    CHECK_ERRNO(chmod("absent", 0), ENOENT);
    CHECK_ERRNO(chown("absent", 0, 0), ENOENT);
    CHECK_ERRNO(fchownat(AT_FDCWD, "file", 0, 0, 0x8), EINVAL);
    CHECK_EQ(fchownat(fd, "", 0, 0, AT_EMPTY_PATH), 0);
    close(fd);
    CHECK_EQ(umask(0111), 022);
    CHECK_EQ(umask(07777), 0111);
    CHECK_EQ(umask(022), 0777); /* only the nine permission bits count */
}

/* As a plain user. */
static void become(uid_t uid, gid_t gid) {
    MUST(syscall(SYS_setgroups, 0, NULL));
    MUST(setgid(gid));
    MUST(setuid(uid));
}

static void obeying(void) {
    MUST(chmod(".", 0755));
    make_file("owner", "x"), MUST(chown("owner", 1000, 1000)), MUST(chmod("owner", 0077));
    make_file("group", "x"), MUST(chown("group", 1, 1000)), MUST(chmod("group", 0707));
    make_file("others", "x"), MUST(chown("others", 1, 1)), MUST(chmod("others", 0770));
    MUST(mkdir("closed", 0700));
    make_file("closed/in", "x");
    MUST(mkdir("listed", 0744));
    make_file("listed/in", "x");
    MUST(mkdir("passed", 0711));
    make_file("passed/in", "x");
    MUST(mkdir("sticky", 0777)), MUST(chmod("sticky", 01777));
    make_file("sticky/roots", "x");
    MUST(mkdir("open", 0777)), MUST(chmod("open", 0777));
    make_file("open/roots", "x");
    CHECK_EQ(IN_CHILD({
        become(1000, 1000);
        CHECK_ERRNO(open("owner", O_RDONLY), EACCES); /* the first class that fits decides */
        CHECK_ERRNO(open("group", O_RDONLY), EACCES);
        CHECK_ERRNO(open("others", O_RDONLY), EACCES);
        CHECK_ERRNO(open("closed/in", O_RDONLY), EACCES);
        CHECK_ERRNO(open("listed/in", O_RDONLY), EACCES);
        CHECK(open("listed", O_RDONLY) >= 0);
        CHECK(open("passed/in", O_RDONLY) >= 0);
        CHECK_ERRNO(open("passed", O_RDONLY), EACCES);
        CHECK_ERRNO(chdir("closed"), EACCES);
        CHECK_ERRNO(open("new", O_WRONLY | O_CREAT, 0600), EACCES);
        CHECK_ERRNO(mkdir("new", 0700), EACCES);
        CHECK_ERRNO(unlink("owner"), EACCES);
        CHECK_ERRNO(rename("owner", "x"), EACCES);
        CHECK_ERRNO(unlink("sticky/roots"), EPERM);
        CHECK_ERRNO(rename("sticky/roots", "sticky/x"), EPERM);
        CHECK_EQ(unlink("open/roots"), 0); /* the folder's permission decides, not the file's */
        CHECK_EQ(chmod("owner", 0600), 0);
        CHECK(open("owner", O_RDWR) >= 0);
        CHECK_ERRNO(chmod("group", 0777), EPERM);
        CHECK_ERRNO(chown("owner", 1, -1), EPERM);
        CHECK_EQ(chown("owner", -1, 1000), 0);
        CHECK_ERRNO(chown("owner", -1, 77), EPERM);
        make_file("sticky/mine", "x");
        struct stat st;
        CHECK(stat("sticky/mine", &st) == 0 && st.st_uid == 1000 && st.st_gid == 1000);
        CHECK_EQ(unlink("sticky/mine"), 0);
    }), 0);
    CHECK_EQ(IN_CHILD({
        gid_t group = 1000;
        MUST(syscall(SYS_setgroups, 1, &group));
        MUST(setgid(5));
        MUST(setuid(5));
        CHECK_ERRNO(open("group", O_RDONLY), EACCES); /* a supplementary group counts as the group */
    }), 0);
}

int main(void) {
    umask(022);
    enter_scratch();
    changing();
    if (geteuid() == 0)
        obeying();
    leave_scratch();
    return done();
}
