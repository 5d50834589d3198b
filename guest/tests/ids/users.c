/* User and group numbers: reading, changing as root, after giving root up; groups; set-user-ID programs. */
#include "../check.h"

#include <grp.h>
#include <sys/fsuid.h>

#define TEST "ids/users"

static int ids_are(uid_t r, uid_t e, uid_t s) {
    uid_t a, b, c;
    return getresuid(&a, &b, &c) == 0 && a == r && b == e && c == s;
}

static int gids_are(gid_t r, gid_t e, gid_t s) {
    gid_t a, b, c;
    return getresgid(&a, &b, &c) == 0 && a == r && b == e && c == s;
}

int main(int argc, char **argv) {
    (void)argv;
    if (argc > 1)
        return ids_are(1000, 2000, 2000) && gids_are(1000, 3000, 3000) ? 31 : 32;
    CHECK(getuid() == geteuid() && getgid() == getegid());
    if (geteuid() != 0) {
        printf("needs root; ");
        return done();
    }
    CHECK_EQ(IN_CHILD({
        CHECK_EQ(setresuid(10, 20, 30), 0);
        CHECK(ids_are(10, 20, 30));
        CHECK_EQ(setresuid(-1, 30, -1), 0); /* among one's own three */
        CHECK(ids_are(10, 30, 30));
        CHECK_EQ(setuid(10), 0); /* not root: the effective one only */
        CHECK(ids_are(10, 10, 30));
        CHECK_ERRNO(setuid(0), EPERM);
        CHECK_ERRNO(setresuid(-1, 5, -1), EPERM);
        CHECK_EQ(seteuid(30), 0);
        CHECK_EQ(setreuid(30, 10), 0);
        CHECK(ids_are(30, 10, 10));
    }), 0);
    CHECK_EQ(IN_CHILD({
        CHECK_EQ(setuid(77), 0); /* root: all three, for good */
        CHECK(ids_are(77, 77, 77));
        CHECK_ERRNO(setuid(0), EPERM);
    }), 0);
    CHECK_EQ(IN_CHILD({
        CHECK_EQ(seteuid(77), 0);
        CHECK(ids_are(0, 77, 0));
        CHECK_ERRNO(chroot("/"), EPERM);
        CHECK_EQ(seteuid(0), 0);
        CHECK_EQ(chroot("/"), 0);
    }), 0);
    CHECK_EQ(IN_CHILD({
        CHECK_EQ(setresgid(10, 20, 30), 0);
        CHECK(gids_are(10, 20, 30));
        CHECK_EQ(setgid(5), 0);
        CHECK(gids_are(5, 5, 5));
        gid_t list[3] = {100, 200, 100};
        gid_t got[8];
        CHECK_EQ(setgroups(3, list), 0);
        CHECK_EQ(getgroups(0, got), 3);
        CHECK_EQ(getgroups(8, got), 3);
        CHECK_ERRNO(getgroups(2, got), EINVAL);
        CHECK_ERRNO(getgroups(-1, got), EINVAL);
        CHECK_ERRNO(setgroups(65537, list), EINVAL);
        CHECK_EQ(setuid(1), 0);
        CHECK_ERRNO(setgroups(0, NULL), EPERM);
        CHECK_ERRNO(setgid(6), EPERM);
        CHECK_EQ(setgid(5), 0);
    }), 0);
    CHECK_EQ(IN_CHILD({
        CHECK_EQ(setfsuid(55), 0);
        CHECK_EQ(setfsuid(-1), 55);
        CHECK_EQ(setuid(9), 0);
        CHECK_EQ(setfsuid(-1), 9);
        setfsuid(0);
        CHECK_EQ(setfsuid(-1), 9); /* refused in silence */
    }), 0);

    /* A set-user-ID program: effective and saved become the file's owner. */
    enter_scratch();
    MUST(chmod(".", 0755));
    int from = MUST(open("/proc/self/exe", O_RDONLY)), to = MUST(open("program", O_WRONLY | O_CREAT, 0755));
    char block[65536];
    ssize_t n;
    while ((n = read(from, block, sizeof block)) > 0)
        MUST(write(to, block, (size_t)n));
    close(from), close(to);
    MUST(chown("program", 2000, 3000));
    MUST(chmod("program", 06755));
    CHECK_EQ(IN_CHILD({
        MUST(setgroups(0, NULL));
        MUST(setgid(1000));
        MUST(setuid(1000));
        execl("./program", "guest-tests", TEST, "suid", (char *)NULL);
    }), 31);
    /* Writing to it takes the bits away. */
    CHECK_EQ(IN_CHILD({
        MUST(chmod("program", 06777));
        MUST(setuid(1000));
        int fd = MUST(open("program", O_WRONLY));
        MUST(pwrite(fd, "x", 1, 1 << 20));
        struct stat st;
        CHECK(fstat(fd, &st) == 0 && (st.st_mode & 07777) == 0777);
    }), 0);
    leave_scratch();
    return done();
}
