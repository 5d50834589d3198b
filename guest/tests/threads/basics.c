/* Threads: create, join, detach, values, thread-local data, barriers, once. */
#include "../check.h"

#include <pthread.h>

static __thread int local = 5;
static int *addresses[8];
static pthread_barrier_t barrier;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static int once_runs, destroyed, serial;

static void run_once(void) { once_runs++; }
static void destroy(void *value) { __atomic_add_fetch(&destroyed, (int)(intptr_t)value, __ATOMIC_SEQ_CST); }

static void *work(void *argument) {
    int i = (int)(intptr_t)argument;
    CHECK_EQ(local, 5);
    local = i;
    addresses[i] = &local;
    pthread_once(&once, run_once);
    pthread_setspecific(key, (void *)(intptr_t)(i + 1));
    if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD)
        __atomic_add_fetch(&serial, 1, __ATOMIC_SEQ_CST);
    CHECK_EQ(local, i);
    CHECK_EQ((intptr_t)pthread_getspecific(key), i + 1);
    return (void *)(intptr_t)(i * i);
}

static void *exit_deep(void *argument) {
    if (argument)
        pthread_exit((void *)77);
    return exit_deep(&local);
}

static void *get_tid(void *argument) {
    (void)argument;
    return (void *)(intptr_t)syscall(SYS_gettid);
}

static void *get_pid(void *argument) {
    (void)argument;
    return (void *)(intptr_t)(getpid() == (pid_t)(intptr_t)argument && syscall(SYS_gettid) != getpid());
}

static void *join_main(void *argument) { return (void *)(intptr_t)pthread_join(*(pthread_t *)argument, NULL); }

static int tasks(void) {
    char line[128];
    int threads = -1;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        sscanf(line, "Threads: %d", &threads);
    if (status)
        fclose(status);
    return threads;
}

/* Waits until so many threads are left: join may return a moment before the thread is gone. */
static int settles_at(int threads) {
    for (int i = 0; i < 500 && tasks() != threads; i++)
        sleep_ms(2);
    return tasks();
}

static void *sleeper(void *argument) {
    sleep_ms((int)(intptr_t)argument);
    return NULL;
}

int main(void) {
    pthread_t threads[8], one;
    void *value;
    pthread_key_create(&key, destroy);
    pthread_barrier_init(&barrier, NULL, 8);
    for (int i = 0; i < 8; i++)
        CHECK_EQ(pthread_create(&threads[i], NULL, work, (void *)(intptr_t)i), 0);
    for (int i = 0; i < 8; i++) {
        CHECK_EQ(pthread_join(threads[i], &value), 0);
        CHECK_EQ((intptr_t)value, i * i);
        for (int j = 0; j < i; j++)
            CHECK(addresses[i] != addresses[j]);
    }
    CHECK(once_runs == 1 && serial == 1 && destroyed == 36 && local == 5);
    CHECK_EQ(pthread_create(&one, NULL, exit_deep, NULL), 0);
    CHECK(pthread_join(one, &value) == 0 && value == (void *)77);
    pthread_create(&one, NULL, get_tid, NULL);
    pthread_join(one, &value);
    CHECK((intptr_t)value != getpid() && (intptr_t)value > 0);
    CHECK_EQ(syscall(SYS_gettid), getpid());
    pthread_create(&one, NULL, get_pid, (void *)(intptr_t)getpid());
    pthread_join(one, &value);
    CHECK_EQ((intptr_t)value, 1);
    one = pthread_self();
    CHECK_EQ((intptr_t)join_main(&one), EDEADLK);
    /* Detached ones clean up after themselves. */
    CHECK_EQ(settles_at(1), 1);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    CHECK_EQ(pthread_create(&one, &attributes, sleeper, (void *)50), 0);
    CHECK_EQ(tasks(), 2);
    CHECK_EQ(settles_at(1), 1);
    /* Many in a row, with small stacks. */
    pthread_attr_init(&attributes);
    CHECK_EQ(pthread_attr_setstacksize(&attributes, 65536), 0);
    for (int i = 0; i < 200; i++) {
        if (pthread_create(&one, &attributes, get_tid, NULL) != 0 || pthread_join(one, &value) != 0)
            CHECK(!"create and join");
    }
    CHECK(1);
    return done();
}
