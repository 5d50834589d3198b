/* mkdir DIRECTORY... */
#include "rt.h"

int main(int argc, char **argv) {
    int status = 0;
    for (int i = 1; i < argc; i++) {
        long error = SYS3(mkdirat, AT_FDCWD, argv[i], 0777);
        if (error)
            status = fail(argv[i], error);
    }
    return status;
}
