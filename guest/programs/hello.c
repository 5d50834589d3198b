/* hello: one line of output. */
#include "rt.h"

int main(int argc, char **argv) {
    (void)argc, (void)argv;
    print("Hello, world!\n");
    return 0;
}
