/* Cancellation, clean-up handlers, the end of the first thread, exec and exit with threads running. */
#include "../check.h"

#include <pthread.h>

#define TEST "threads/cancel"

static int cleaned, ends[2];

static void clean(void *argument) { cleaned += (int)(intptr_t)argument; }

static void *wait_forever(void *argument) {
    char c;
    pthread_cleanup_push(clean, (void *)1);
    pthread_cleanup_push(clean, (void *)10);
    read(ends[0], &c, 1);
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(0);
    return argument;
}

static volatile int spinning;

static void *spin(void *argument) {
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    spinning = 1;
    for (;;)
        ;
    return argument;
}

static void *late(void *argument) {
    sleep_ms(50);
    exit((int)(intptr_t)argument);
}

static void *loop(void *argument) {
    for (;;)
        __asm__ volatile("");
    return argument;
}

static void *do_exec(void *argument) {
    (void)argument;
    EXEC_SELF(TEST, "after");
    _exit(1);
}

static void *do_fork(void *argument) {
    (void)argument;
    pid_t child = fork();
    if (child == 0)
        _exit(syscall(SYS_gettid) == getpid() ? 21 : 1);
    return (void *)(intptr_t)wait_for(child);
}

static void *crash(void *argument) {
    sleep_ms(10);
    *(volatile int *)8 = 1;
    return argument;
}

int main(int argc, char **argv) {
    pthread_t thread;
    void *value;
    if (argc > 1 && !strcmp(argv[1], "after"))
        return syscall(SYS_gettid) == getpid() ? 17 : 1;
    MUST(pipe(ends));
    pthread_create(&thread, NULL, wait_forever, NULL);
    sleep_ms(20);
    CHECK_EQ(pthread_cancel(thread), 0);
    CHECK(pthread_join(thread, &value) == 0 && value == PTHREAD_CANCELED);
    CHECK_EQ(cleaned, 11);
    pthread_create(&thread, NULL, spin, NULL);
    while (!spinning)
        sleep_ms(1);
    CHECK_EQ(pthread_cancel(thread), 0);
    CHECK(pthread_join(thread, &value) == 0 && value == PTHREAD_CANCELED);

    /* The first thread ends; the process goes on until the last one does. */
    CHECK_EQ(IN_CHILD({
        pthread_create(&thread, NULL, late, (void *)23);
        pthread_exit(NULL);
    }), 23);
    /* exit in one thread ends all, even those that never enter the kernel. */
    CHECK_EQ(IN_CHILD({
        pthread_create(&thread, NULL, loop, NULL);
        pthread_create(&thread, NULL, wait_forever, NULL);
        sleep_ms(20);
        _exit(24);
    }), 24);
    CHECK_EQ(IN_CHILD({
        pthread_create(&thread, NULL, loop, NULL);
        pthread_create(&thread, NULL, crash, NULL);
        for (;;)
            pause();
    }), 1000 + SIGSEGV);
    /* exec in one thread: only that one is left, and it is the first. */
    CHECK_EQ(IN_CHILD({
        pthread_create(&thread, NULL, loop, NULL);
        pthread_create(&thread, NULL, wait_forever, NULL);
        sleep_ms(20);
        EXEC_SELF(TEST, "after");
    }), 17);
    CHECK_EQ(IN_CHILD({
        pthread_t other;
        pthread_create(&other, NULL, loop, NULL);
        pthread_create(&thread, NULL, do_exec, NULL);
        for (;;)
            pause();
    }), 17);
    /* fork copies only the calling thread. */
    pthread_create(&thread, NULL, do_fork, NULL);
    pthread_join(thread, &value);
    CHECK_EQ((intptr_t)value, 21);
    /* A child made by a thread is the process's: any thread may wait for it. */
    return done();
}
