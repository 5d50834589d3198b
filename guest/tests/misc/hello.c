/* Hello, world: the smallest program of a static C library. */
#include <stdio.h>

int main(void) {
    puts("Hello, world!");
    return 0;
}
