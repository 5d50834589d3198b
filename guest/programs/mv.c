/* mv FROM TO: renames. */
#include "rt.h"

int main(int argc, char **argv) {
    if (argc != 3) {
        complain("usage: mv FROM TO");
        return 2;
    }
    long error = SYS5(renameat2, AT_FDCWD, argv[1], AT_FDCWD, argv[2], 0);
    return error ? fail(argv[1], error) : 0;
}
