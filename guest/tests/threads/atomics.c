/* Atomic operations of all widths between threads; memory order as programs rely on it. */
#include "../check.h"

#include <pthread.h>
#include <stdatomic.h>

enum { THREADS = 4, ROUNDS = 50000 };

static atomic_int word;
static atomic_long wide;
static _Atomic unsigned char byte;
static _Atomic unsigned short half;
static atomic_int bits, flag, least = 1 << 30, turn_data;
static long plain;
static atomic_flag lock = ATOMIC_FLAG_INIT;
static atomic_uintptr_t stack_top;

struct node {
    struct node *next;
    int value;
};

static struct node nodes[THREADS][1000];

static void *count(void *argument) {
    int id = (int)(intptr_t)argument;
    for (int i = 0; i < ROUNDS; i++) {
        atomic_fetch_add(&word, 1);
        atomic_fetch_sub(&wide, 3);
        atomic_fetch_add(&byte, 1);
        atomic_fetch_add(&half, 1);
        atomic_fetch_xor(&bits, 1 << id);
        while (atomic_flag_test_and_set_explicit(&lock, memory_order_acquire))
            ;
        plain++;
        atomic_flag_clear_explicit(&lock, memory_order_release);
        int now = atomic_load(&least);
        while (now > -i && !atomic_compare_exchange_weak(&least, &now, -i))
            ;
    }
    for (int i = 0; i < 1000; i++) {
        struct node *n = &nodes[id][i];
        n->value = 1;
        uintptr_t top = atomic_load(&stack_top);
        do
            n->next = (struct node *)top;
        while (!atomic_compare_exchange_weak_explicit(&stack_top, &top, (uintptr_t)n, memory_order_release, memory_order_relaxed));
    }
    return NULL;
}

static int message[64];

static void *publish(void *argument) {
    for (int round = 1; round <= 5000; round++) {
        for (int i = 0; i < 64; i++)
            message[i] = round;
        atomic_store_explicit(&flag, round, memory_order_release);
        while (atomic_load_explicit(&turn_data, memory_order_acquire) != round)
            ;
    }
    return argument;
}

static atomic_int x, y, go;
static int seen_x, seen_y;

static void *store_then_load(void *argument) {
    (void)argument;
    while (!atomic_load_explicit(&go, memory_order_acquire))
        ;
    atomic_store(&y, 1);
    seen_x = atomic_load(&x);
    return NULL;
}

int main(void) {
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, count, (void *)(intptr_t)i);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    CHECK_EQ(word, THREADS * ROUNDS);
    CHECK_EQ(wide, -3L * THREADS * ROUNDS);
    CHECK_EQ(byte, (unsigned char)(THREADS * ROUNDS));
    CHECK_EQ(half, (unsigned short)(THREADS * ROUNDS));
    CHECK_EQ(bits, 0);
    CHECK_EQ(plain, THREADS * ROUNDS);
    CHECK_EQ(least, -(ROUNDS - 1));
    int sum = 0;
    for (struct node *n = (struct node *)stack_top; n; n = n->next)
        sum += n->value;
    CHECK_EQ(sum, THREADS * 1000);

    int torn = 0;
    pthread_create(&threads[0], NULL, publish, NULL);
    for (int round = 1; round <= 5000; round++) {
        while (atomic_load_explicit(&flag, memory_order_acquire) != round)
            ;
        for (int i = 0; i < 64; i++)
            torn += message[i] != round;
        atomic_store_explicit(&turn_data, round, memory_order_release);
    }
    pthread_join(threads[0], NULL);
    CHECK_EQ(torn, 0);

    /* With sequential consistency one of two must see the other's store. */
    int both_missed = 0;
    for (int i = 0; i < 300; i++) {
        x = y = go = 0;
        pthread_create(&threads[0], NULL, store_then_load, NULL);
        atomic_store_explicit(&go, 1, memory_order_release);
        atomic_store(&x, 1);
        seen_y = atomic_load(&y);
        pthread_join(threads[0], NULL);
        both_missed += !seen_x && !seen_y;
    }
    CHECK_EQ(both_missed, 0);
    return done();
}
