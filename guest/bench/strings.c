/* Text work with the C library: copy, length, compare, search, format, split, hash of words. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 256, TEXT = 8192 };

static const char *const words[] = {"alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel"};
static char text[TEXT], copy[TEXT];
static uint32_t counts[BUCKETS];

static void compose(uint64_t *seed) {
    size_t at = 0;
    while (at + 32 < TEXT) {
        uint64_t r = next_random(seed);
        at += (size_t)snprintf(text + at, TEXT - at, "%s-%u ", words[r & 7], (unsigned)(r >> 8) & 0xfff);
    }
}

uint64_t strings_kernel(long n) {
    uint64_t sum = 0, seed = 6;
    memset(counts, 0, sizeof counts);
    while (n-- > 0) {
        compose(&seed);
        memcpy(copy, text, strlen(text) + 1);
        char *state;
        for (char *word = strtok_r(copy, " ", &state); word; word = strtok_r(NULL, " ", &state)) {
            uint32_t hash = 2166136261u;
            for (const char *s = word; *s; s++)
                hash = (hash ^ (uint8_t)*s) * 16777619u;
            counts[hash % BUCKETS]++;
            char *dash = strchr(word, '-');
            sum += strtoul(dash + 1, NULL, 10);
            *dash = 0;
            for (int i = 0; i < 8; i++)
                sum += strcmp(word, words[i]) == 0 ? (uint64_t)i : 0;
        }
        sum = fold(sum, strstr(text, "hotel-7") ? (uint64_t)(strstr(text, "hotel-7") - text) : 0);
    }
    for (int i = 0; i < BUCKETS; i++)
        sum = fold(sum, counts[i]);
    return sum;
}
