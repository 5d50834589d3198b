/* Fibonacci by double recursion: calls and returns, little else. */
#include "bench.h"

__attribute__((noinline, optimize("no-optimize-sibling-calls"))) static uint64_t fib(int n) {
    return n < 2 ? (uint64_t)n : fib(n - 1) + fib(n - 2);
}

uint64_t fib_kernel(long n) {
    uint64_t sum = 0;
    while (n-- > 0)
        sum += fib(27 + (int)(n & 1));
    return sum;
}
