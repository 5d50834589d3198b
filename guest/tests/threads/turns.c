/* Who runs next: a woken thread runs although its waker goes on computing; those that wake each other leave others their turn. */
#include "../check.h"

#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>

enum { ROUNDS = 100, RING = 8, LAPS = 300 };

static atomic_int word, seen, stop;
static int pipes[RING][2];

static void *sleeper(void *argument) {
    for (int round = 1; round <= ROUNDS; round++) {
        while (atomic_load(&word) < round)
            syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, round - 1, NULL, NULL, 0);
        atomic_store(&seen, round);
    }
    return argument;
}

static void *compute(void *argument) {
    long *count = argument;
    while (!atomic_load(&stop))
        ++*count;
    return argument;
}

static void *pass(void *argument) {
    int own = (int)(intptr_t)argument;
    char token;
    for (int lap = 0; lap < LAPS; lap++) {
        MUST(read(pipes[own][0], &token, 1));
        MUST(write(pipes[(own + 1) % RING][1], &token, 1));
    }
    return NULL;
}

int main(void) {
    pthread_t thread, ring[RING];
    pthread_create(&thread, NULL, sleeper, NULL);
    for (int round = 1; round <= ROUNDS; round++) {
        atomic_store(&word, round);
        syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
        while (atomic_load(&seen) != round)
            ; /* never waits in the kernel */
    }
    CHECK_EQ(pthread_join(thread, NULL), 0);

    long count[2] = {0, 0};
    pthread_t busy[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&busy[i], NULL, compute, &count[i]);
    for (int i = 0; i < RING; i++)
        MUST(pipe(pipes[i]));
    for (int i = 0; i < RING; i++)
        pthread_create(&ring[i], NULL, pass, (void *)(intptr_t)i);
    MUST(write(pipes[0][1], "t", 1));
    for (int i = 0; i < RING; i++)
        CHECK_EQ(pthread_join(ring[i], NULL), 0);
    atomic_store(&stop, 1);
    for (int i = 0; i < 2; i++)
        pthread_join(busy[i], NULL);
    CHECK(count[0] > 0 && count[1] > 0);
    char token;
    CHECK(read(pipes[0][0], &token, 1) == 1 && token == 't');
    return done();
}
