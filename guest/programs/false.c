/* false: exit status 1. */
#include "rt.h"

int main(int argc, char **argv) {
    (void)argc, (void)argv;
    return 1;
}
