/* Path syntax: lengths, slashes, dots, the root. */
#include "../check.h"

int main(void) {
    enter_scratch();
    struct stat st, other;
    char longest[300], path[PATH_MAX + 64];
    memset(longest, 'n', sizeof longest);
    longest[255] = 0;
    CHECK_EQ(mkdir(longest, 0755), 0);
    CHECK_EQ(stat(longest, &st), 0);
    longest[255] = 'n', longest[256] = 0;
    CHECK_ERRNO(mkdir(longest, 0755), ENAMETOOLONG);
    CHECK_ERRNO(stat(longest, &st), ENAMETOOLONG);
    CHECK_ERRNO(open(longest, O_WRONLY | O_CREAT, 0600), ENAMETOOLONG);

    /* A path of 4095 characters is allowed, of 4096 it is not. */
    make_file("f", "x");
    memset(path, '/', sizeof path);
    for (int i = 0; i < PATH_MAX; i += 2)
        path[i] = '.';
    path[PATH_MAX - 2] = 'f';
    path[PATH_MAX - 1] = 0;
    CHECK_EQ(stat(path, &st), 0);
    path[PATH_MAX - 1] = 'f';
    path[PATH_MAX] = 0;
    CHECK_ERRNO(stat(path, &st), ENAMETOOLONG);

    MUST(mkdir("d", 0755));
    make_file("d/f", "deep");
    CHECK_EQ(stat("d//f", &st), 0);
    CHECK_EQ(stat("./d/./f", &st), 0);
    CHECK_EQ(stat("d/../d/f", &st), 0);
    CHECK_EQ(stat("d/", &st), 0);
    CHECK_EQ(stat("d/.", &other), 0);
    CHECK_EQ(st.st_ino, other.st_ino);
    CHECK_ERRNO(stat("absent/../d/f", &st), ENOENT); /* each step must exist */
    CHECK_ERRNO(stat("f/../f", &st), ENOTDIR);
    CHECK_ERRNO(stat("f/.", &st), ENOTDIR);
    CHECK_EQ(stat("/", &st), 0);
    CHECK_EQ(stat("/..", &other), 0);
    CHECK(st.st_ino == other.st_ino && st.st_dev == other.st_dev); /* the root is its own parent */
    CHECK_EQ(stat("/../../..", &other), 0);
    CHECK_EQ(st.st_ino, other.st_ino);
    CHECK_EQ(stat("//", &other), 0);
    CHECK_ERRNO(mkdir("d/.", 0755), EEXIST);
    CHECK_ERRNO(mkdir("/", 0755), EEXIST);
    CHECK_ERRNO(rmdir("d/."), EINVAL);
    CHECK_ERRNO(rmdir("d/.."), ENOTEMPTY);
    CHECK_ERRNO(rmdir("/"), EBUSY);
    CHECK_ERRNO(unlink("."), EISDIR);

    /* Any byte but the slash and NUL makes a name. */
    CHECK_EQ(open("\xff\x01 odd\n\"name", O_WRONLY | O_CREAT, 0600) >= 0, 1);
    CHECK_EQ(stat("\xff\x01 odd\n\"name", &st), 0);
    CHECK_EQ(open("...", O_WRONLY | O_CREAT, 0600) >= 0, 1);
    CHECK_EQ(stat("...", &st), 0);
    CHECK_ERRNO(stat("", &st), ENOENT);
    leave_scratch();
    return done();
}
