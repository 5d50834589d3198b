/* CPU kernels: each does its fixed work n times and returns a checksum that depends on all of it.
 * The same sources are built for the host and for riscv64, so that times can stand side by side. */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>

uint64_t crc32_kernel(long n);
uint64_t dhry_kernel(long n);
uint64_t fib_kernel(long n);
uint64_t gotos_kernel(long n);
uint64_t intmatmul_kernel(long n);
uint64_t list_kernel(long n);
uint64_t matmul_kernel(long n);
uint64_t nbody_kernel(long n);
uint64_t qsort_kernel(long n);
uint64_t sieve_kernel(long n);
uint64_t strings_kernel(long n);

/* A small generator of repeatable numbers (xorshift64). */
static inline uint64_t next_random(uint64_t *state) {
    uint64_t x = *state;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return *state = x;
}

/* Folds a value into a checksum. */
static inline uint64_t fold(uint64_t sum, uint64_t value) {
    return (sum ^ value) * 0x9e3779b97f4a7c15u;
}

#endif
