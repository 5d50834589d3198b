/* The C library's qsort with a comparison function: calls through a pointer. */
#include "bench.h"

#include <stdlib.h>

enum { COUNT = 20000 };
static uint32_t values[COUNT];

static int compare(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

uint64_t qsort_kernel(long n) {
    uint64_t sum = 0, seed = 5;
    while (n-- > 0) {
        for (int i = 0; i < COUNT; i++)
            values[i] = (uint32_t)next_random(&seed);
        qsort(values, COUNT, sizeof *values, compare);
        for (int i = 0; i < COUNT; i += 97)
            sum = fold(sum, values[i]);
    }
    return sum;
}
