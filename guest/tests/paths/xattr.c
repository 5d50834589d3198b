/* Extended attributes of the user namespace. */
#include "../check.h"

#include <sys/xattr.h>

int main(void) {
    enter_scratch();
    char value[64], list[256];
    make_file("file", "x");
    MUST(symlink("file", "link"));
    if (setxattr("file", "user.one", "1", 1, 0) < 0 && errno == EOPNOTSUPP) {
        printf("no attributes on this file system; ");
        leave_scratch();
        return done();
    }
    CHECK_EQ(getxattr("file", "user.one", value, sizeof value), 1);
    CHECK_EQ(value[0], '1');
    CHECK_EQ(setxattr("file", "user.two", "twotwo", 6, XATTR_CREATE), 0);
    CHECK_ERRNO(setxattr("file", "user.two", "x", 1, XATTR_CREATE), EEXIST);
    CHECK_ERRNO(setxattr("file", "user.three", "x", 1, XATTR_REPLACE), ENODATA);
    CHECK_EQ(setxattr("file", "user.two", "2", 1, XATTR_REPLACE), 0);
    CHECK_EQ(setxattr("file", "user.empty", NULL, 0, 0), 0);
    CHECK_EQ(getxattr("file", "user.empty", value, sizeof value), 0);
    CHECK_EQ(setxattr("link", "user.through", "link", 4, 0), 0);
    CHECK_EQ(getxattr("file", "user.through", NULL, 0), 4); /* size 0 asks for the length */
    CHECK_ERRNO(getxattr("file", "user.through", value, 3), ERANGE);
    CHECK_ERRNO(getxattr("file", "user.absent", value, sizeof value), ENODATA);
    CHECK_ERRNO(lsetxattr("link", "user.x", "x", 1, 0), EPERM); /* user attributes: files and folders only */
    ssize_t n = listxattr("file", list, sizeof list);
    int found = 0;
    for (ssize_t i = 0; i < n; i += (ssize_t)strlen(list + i) + 1)
        found += !strcmp(list + i, "user.one") || !strcmp(list + i, "user.two") || !strcmp(list + i, "user.empty") ||
                 !strcmp(list + i, "user.through");
    CHECK_EQ(found, 4);
    CHECK_EQ(listxattr("file", NULL, 0), n);
    CHECK_ERRNO(listxattr("file", list, 3), ERANGE);
    CHECK_EQ(removexattr("file", "user.one"), 0);
    CHECK_ERRNO(removexattr("file", "user.one"), ENODATA);
    int fd = MUST(open("file", O_RDONLY));
    CHECK_EQ(fsetxattr(fd, "user.fd", "f", 1, 0), 0);
    CHECK_EQ(fgetxattr(fd, "user.fd", value, 1), 1);
    CHECK(flistxattr(fd, list, sizeof list) > 0);
    CHECK_EQ(fremovexattr(fd, "user.fd"), 0);
    CHECK_ERRNO(setxattr("file", "unknown.x", "x", 1, 0), EOPNOTSUPP);
    CHECK_ERRNO(setxattr("file", "user.x", "x", 1, 4), EINVAL);
    CHECK_ERRNO(setxattr("file", "", "x", 1, 0), ERANGE);
    memset(list, 'n', sizeof list);
    memcpy(list, "user.", 5);
    char name[300];
    memset(name, 'n', sizeof name);
    memcpy(name, "user.", 5);
    name[299] = 0;
    CHECK_ERRNO(setxattr("file", name, "x", 1, 0), ERANGE);
    static char large[65537];
    CHECK_ERRNO(setxattr("file", "user.large", large, sizeof large, 0), E2BIG);
    CHECK_ERRNO(getxattr("absent", "user.x", value, 1), ENOENT);
    close(fd);
    leave_scratch();
    return done();
}
