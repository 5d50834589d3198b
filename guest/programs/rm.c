/* rm PATH...: removes files and empty directories. */
#include "rt.h"

int main(int argc, char **argv) {
    int status = 0;
    for (int i = 1; i < argc; i++) {
        long error = SYS3(unlinkat, AT_FDCWD, argv[i], 0);
        if (error == -EISDIR)
            error = SYS3(unlinkat, AT_FDCWD, argv[i], AT_REMOVEDIR);
        if (error)
            status = fail(argv[i], error);
    }
    return status;
}
