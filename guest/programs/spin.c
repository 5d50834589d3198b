/* spin: a loop without end and without system calls, to test preemption, time limits and kill. */
#include "rt.h"

int main(int argc, char **argv) {
    (void)argc, (void)argv;
    for (;;)
        __asm__ volatile("");
}
