/* uname: system name, node name, release, version and machine. */
#include <linux/utsname.h>

#include "rt.h"

int main(int argc, char **argv) {
    (void)argc, (void)argv;
    struct new_utsname name;
    long error = SYS1(uname, &name);
    if (error)
        return fail("uname", error);
    print("%s %s %s %s %s\n", name.sysname, name.nodename, name.release, name.version, name.machine);
    return 0;
}
