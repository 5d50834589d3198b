/* Primes by striking out multiples: byte stores with a growing stride. */
#include "bench.h"

#include <string.h>

enum { LIMIT = 200000 };
static char composite[LIMIT];

uint64_t sieve_kernel(long n) {
    uint64_t sum = 0;
    while (n-- > 0) {
        memset(composite, 0, sizeof composite);
        for (long i = 2; i < LIMIT; i++) {
            if (composite[i])
                continue;
            sum += i;
            for (long j = i * 2; j < LIMIT; j += i)
                composite[j] = 1;
        }
    }
    return sum;
}
