/* Product of two matrices of doubles, rows walked in order. */
#include "bench.h"

#include <string.h>

enum { SIZE = 96 };
static double a[SIZE][SIZE], b[SIZE][SIZE], c[SIZE][SIZE];

uint64_t matmul_kernel(long n) {
    uint64_t sum = 0, seed = 2, bits;
    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < SIZE; j++)
            a[i][j] = (double)(next_random(&seed) & 1023), b[i][j] = (double)(next_random(&seed) & 1023);
    while (n-- > 0) {
        a[n % SIZE][n % SIZE] += 1;
        memset(c, 0, sizeof c);
        for (int i = 0; i < SIZE; i++)
            for (int k = 0; k < SIZE; k++)
                for (int j = 0; j < SIZE; j++)
                    c[i][j] += a[i][k] * b[k][j];
        for (int i = 0; i < SIZE; i++) {
            memcpy(&bits, &c[i][(i * 7) % SIZE], sizeof bits);
            sum = fold(sum, bits);
        }
    }
    return sum;
}
