#!/bin/bash
# Writes coldcode.c to standard output: COUNT (1000) different functions, each called once; the program prints a checksum and the time.
# It shows what code costs that runs only once. The same COUNT gives the same bytes.
set -eu
count=${1:-1000}
seed=12345
next() { seed=$(((seed * 1103515245 + 12345) & 0x7fffffff)); random=$((seed >> 8)); }

cat <<'END'
/* coldcode: many functions, each called once. Prints: coldcode functions N checksum HEX ns NS */
#include <stdint.h>
#include <stdio.h>
#include <time.h>

typedef uint64_t u64;
#define F(n) __attribute__((noinline)) static u64 f##n(u64 a, u64 b)

END
for ((i = 0; i < count; i++)); do
    echo "F($i) {"
    next; steps=$((4 + random % 9))
    for ((j = 0; j < steps; j++)); do
        next; k=$((random % 65521 + 3))
        next; s=$((random % 61 + 1))
        next
        case $((random % 8)) in
            0) echo "    a = a * ${k}u + b;" ;;
            1) echo "    b ^= a >> $s;" ;;
            2) echo "    if (a & $k) b += ${k}u; else a -= b;" ;;
            3) echo "    for (int i = 0; i < $((k % 7 + 2)); i++) a = (a << 1 | a >> 63) + b;" ;;
            4) echo "    b = b / ${k}u + a;" ;;
            5) echo "    a ^= b << $s; b = (uint32_t)b * (u64)${k}u;" ;;
            6) echo "    switch (a & 3) { case 0: b += $k; break; case 1: b ^= a; break; case 2: a += $s; break; default: b = ~b; }" ;;
            7) echo "    while (b > ${k}u && (a & 15) != $((k % 16))) { b >>= 3; a += b; }" ;;
        esac
    done
    echo "    return a + b;"
    echo "}"
done
echo
echo "static u64 (*const functions[])(u64, u64) = {"
for ((i = 0; i < count; i++)); do echo "    f$i,"; done
cat <<'END'
};

enum { COUNT = sizeof functions / sizeof *functions };

int main(void) {
    struct timespec start, end;
    u64 a = 1, b = 2;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int i = 0; i < COUNT; i++) {
        u64 c = functions[i](a, b);
        a = b, b = c;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("coldcode functions %d checksum %016llx ns %lld\n", COUNT, (unsigned long long)b,
           (end.tv_sec - start.tv_sec) * 1000000000LL + end.tv_nsec - start.tv_nsec);
    return 0;
}
END
