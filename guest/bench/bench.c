/* bench KERNEL|all [N [RUNS]]: runs a CPU kernel RUNS times with N iterations each and prints
 *     KERNEL n N checksum HEX first NS tenth NS steady NS
 * where steady is the median of the runs after the tenth, all in nanoseconds per run. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct kernel {
    const char *name;
    uint64_t (*run)(long n);
    long iterations; /* about 10 ms a run on a machine of 2024 */
};

static const struct kernel kernels[] = {
    {"sieve", sieve_kernel, 15},       {"intmatmul", intmatmul_kernel, 48}, {"list", list_kernel, 25},
    {"crc32", crc32_kernel, 50},       {"qsort", qsort_kernel, 6},          {"fib", fib_kernel, 10},
    {"nbody", nbody_kernel, 115},      {"matmul", matmul_kernel, 48},       {"gotos", gotos_kernel, 40},
    {"strings", strings_kernel, 110},  {"dhry", dhry_kernel, 10000},
};

enum { KERNELS = sizeof kernels / sizeof *kernels, MAX_RUNS = 1000 };

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void measure(const struct kernel *kernel, long n, int runs) {
    static int64_t times[MAX_RUNS];
    uint64_t sum = 0;
    for (int i = 0; i < runs; i++) {
        int64_t start = now();
        sum = kernel->run(n);
        times[i] = now() - start;
    }
    int64_t first = times[0], tenth = times[runs < 10 ? runs - 1 : 9];
    int warm = runs > 10 ? 10 : runs - 1;
    qsort(times + warm, runs - warm, sizeof *times, ascending);
    printf("%s n %ld checksum %016llx first %lld tenth %lld steady %lld\n", kernel->name, n, (unsigned long long)sum,
           (long long)first, (long long)tenth, (long long)times[warm + (runs - warm) / 2]);
    fflush(stdout);
}

int main(int argc, char **argv) {
    long n = argc > 2 ? atol(argv[2]) : 0;
    int runs = argc > 3 ? atoi(argv[3]) : 21, found = 0;
    if (argc < 2 || n < 0 || runs < 1 || runs > MAX_RUNS) {
        fprintf(stderr, "usage: bench KERNEL|all [N [RUNS]]\n");
        return 2;
    }
    for (int i = 0; i < KERNELS; i++) {
        if (strcmp(argv[1], "all") && strcmp(argv[1], kernels[i].name))
            continue;
        measure(&kernels[i], n ? n : kernels[i].iterations, runs);
        found = 1;
    }
    if (!found)
        fprintf(stderr, "bench: no kernel %s\n", argv[1]);
    return found ? 0 : 2;
}
