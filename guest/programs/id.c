/* id: the user, group and supplementary group numbers. */
#include "rt.h"

int main(int argc, char **argv) {
    (void)argc, (void)argv;
    static unsigned groups[65536];
    print("uid=%ld gid=%ld", SYS0(getuid), SYS0(getgid));
    if (SYS0(geteuid) != SYS0(getuid))
        print(" euid=%ld", SYS0(geteuid));
    if (SYS0(getegid) != SYS0(getgid))
        print(" egid=%ld", SYS0(getegid));
    long n = SYS2(getgroups, 65536, groups);
    for (long i = 0; i < n; i++)
        print("%s%u", i ? "," : " groups=", groups[i]);
    print("\n");
    return 0;
}
