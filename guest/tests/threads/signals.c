/* Signals and threads: masks are each thread's own, handlers are shared, process signals go to one that accepts. */
#include "../check.h"

#include <pthread.h>

static volatile pid_t handled_by;
static volatile int calls, stop;

static void take(int number) {
    (void)number;
    handled_by = (pid_t)syscall(SYS_gettid);
    calls++;
}

static volatile pid_t other_tid;

static void *open_thread(void *argument) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    other_tid = (pid_t)syscall(SYS_gettid);
    while (!stop)
        sleep_ms(1);
    return argument;
}

static void *check_mask(void *argument) {
    sigset_t set;
    pthread_sigmask(SIG_BLOCK, NULL, &set);
    return (void *)(intptr_t)(argument == NULL && sigismember(&set, SIGUSR1));
}

static void *wait_signal(void *argument) {
    sigset_t set;
    int number = 0;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigwait(&set, &number);
    return (void *)(intptr_t)(argument ? 0 : number);
}

static void *compute(void *argument) {
    while (!stop)
        ;
    return argument;
}

int main(void) {
    pthread_t thread;
    void *value;
    sigset_t set, pending;
    signal(SIGUSR1, take);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    pthread_create(&thread, NULL, check_mask, NULL);
    pthread_join(thread, &value);
    CHECK_EQ((intptr_t)value, 1); /* inherited */
    pthread_create(&thread, NULL, open_thread, NULL);
    while (!other_tid)
        sleep_ms(1);
    kill(getpid(), SIGUSR1);
    for (int i = 0; i < 1000 && !calls; i++)
        sleep_ms(1);
    CHECK(calls == 1 && handled_by == other_tid);
    /* To a thread: pending there, not for the process. */
    pthread_kill(pthread_self(), SIGUSR1);
    sleep_ms(20);
    CHECK_EQ(calls, 1);
    sigpending(&pending);
    CHECK(sigismember(&pending, SIGUSR1));
    stop = 1;
    pthread_join(thread, NULL);
    sigdelset(&set, SIGUSR2);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    CHECK(calls == 2 && handled_by == getpid());

    pthread_create(&thread, NULL, wait_signal, NULL);
    sleep_ms(10);
    kill(getpid(), SIGUSR2); /* blocked everywhere: who waits takes it */
    pthread_join(thread, &value);
    CHECK_EQ((intptr_t)value, SIGUSR2);

    /* A thread that computes is interrupted as well. */
    stop = calls = 0;
    signal(SIGUSR1, take);
    pthread_create(&thread, NULL, compute, NULL);
    sleep_ms(10);
    for (int i = 0; i < 100; i++) {
        int before = calls;
        pthread_kill(thread, SIGUSR1);
        for (int j = 0; j < 2000 && calls == before; j++)
            usleep(100);
    }
    CHECK_EQ(calls, 100);
    stop = 1;
    pthread_join(thread, NULL);
    return done();
}
