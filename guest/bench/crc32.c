/* CRC-32 of a buffer, a table look-up per byte. */
#include "bench.h"

enum { LENGTH = 65536 };
static uint8_t bytes[LENGTH];
static uint32_t table[256];

uint64_t crc32_kernel(long n) {
    uint64_t sum = 0, seed = 4;
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int bit = 0; bit < 8; bit++)
            c = c & 1 ? c >> 1 ^ 0xedb88320u : c >> 1;
        table[i] = c;
    }
    for (int i = 0; i < LENGTH; i++)
        bytes[i] = (uint8_t)next_random(&seed);
    while (n-- > 0) {
        uint32_t crc = ~0u;
        for (int i = 0; i < LENGTH; i++)
            crc = table[(crc ^ bytes[i]) & 255] ^ crc >> 8;
        bytes[n % LENGTH] ^= (uint8_t)crc;
        sum = fold(sum, ~crc);
    }
    return sum;
}
