/* Product of two integer matrices. */
#include "bench.h"

enum { SIZE = 96 };
static int32_t a[SIZE][SIZE], b[SIZE][SIZE], c[SIZE][SIZE];

uint64_t intmatmul_kernel(long n) {
    uint64_t sum = 0, seed = 1;
    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < SIZE; j++)
            a[i][j] = next_random(&seed) & 1023, b[i][j] = next_random(&seed) & 1023;
    while (n-- > 0) {
        a[n % SIZE][n % SIZE]++;
        for (int i = 0; i < SIZE; i++) {
            for (int j = 0; j < SIZE; j++) {
                int32_t dot = 0;
                for (int k = 0; k < SIZE; k++)
                    dot += a[i][k] * b[k][j];
                c[i][j] = dot;
            }
        }
        for (int i = 0; i < SIZE; i++)
            sum = fold(sum, (uint32_t)c[i][(i * 7) % SIZE]);
    }
    return sum;
}
