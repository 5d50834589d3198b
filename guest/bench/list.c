/* A linked list in shuffled order: built, reversed, summed. Loads that depend on loads. */
#include "bench.h"

enum { NODES = 20000 };

struct node {
    struct node *next;
    uint64_t value;
};

static struct node nodes[NODES];
static uint32_t order[NODES];

uint64_t list_kernel(long n) {
    uint64_t sum = 0, seed = 3;
    for (uint32_t i = 0; i < NODES; i++)
        order[i] = i;
    for (uint32_t i = NODES - 1; i > 0; i--) {
        uint32_t j = next_random(&seed) % (i + 1), t = order[i];
        order[i] = order[j], order[j] = t;
    }
    struct node *head = 0;
    for (uint32_t i = 0; i < NODES; i++) {
        nodes[order[i]] = (struct node){head, i};
        head = &nodes[order[i]];
    }
    while (n-- > 0) {
        struct node *reversed = 0;
        while (head) {
            struct node *next = head->next;
            head->next = reversed;
            reversed = head;
            head = next;
        }
        head = reversed;
        for (int round = 0; round < 4; round++)
            for (struct node *p = head; p; p = p->next)
                sum += p->value++;
    }
    return sum;
}
