/* forkbomb: forks until that fails, then goes on trying; to test the limit on processes. Each child does the same. */
#include "rt.h"

int main(int argc, char **argv) {
    (void)argc, (void)argv;
    for (;;)
        fork_process();
}
