/* Robust mutexes: who dies holding one leaves a message. */
#include "../check.h"

#include <pthread.h>

static void make(pthread_mutex_t *mutex) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(mutex, &attributes);
}

static void *lock_and_end(void *mutex) {
    pthread_mutex_lock(mutex);
    return NULL;
}

static void *lock_later(void *mutex) { return (void *)(intptr_t)pthread_mutex_lock(mutex); }

int main(void) {
    pthread_mutex_t *mutex = MUST(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    pthread_t thread;
    make(mutex);
    pthread_create(&thread, NULL, lock_and_end, mutex);
    pthread_join(thread, NULL);
    CHECK_EQ(pthread_mutex_lock(mutex), EOWNERDEAD);
    CHECK_EQ(pthread_mutex_consistent(mutex), 0);
    CHECK_EQ(pthread_mutex_unlock(mutex), 0);
    CHECK_EQ(pthread_mutex_lock(mutex), 0);
    pthread_mutex_unlock(mutex);
    /* A process that is killed; somebody waits already. */
    int ends[2];
    char c;
    MUST(pipe(ends));
    pid_t child = MUST(fork());
    if (child == 0) {
        pthread_mutex_lock(mutex);
        write(ends[1], "x", 1);
        for (;;)
            pause();
    }
    MUST(read(ends[0], &c, 1));
    CHECK_EQ(pthread_mutex_trylock(mutex), EBUSY);
    pthread_create(&thread, NULL, lock_later, mutex);
    sleep_ms(20);
    kill(child, SIGKILL);
    wait_for(child);
    void *value;
    pthread_join(thread, &value);
    CHECK_EQ((intptr_t)value, EOWNERDEAD);
    /* That thread ended without making it consistent, still holding it. */
    CHECK_EQ(pthread_mutex_lock(mutex), EOWNERDEAD);
    CHECK_EQ(pthread_mutex_unlock(mutex), 0);
    CHECK_EQ(pthread_mutex_lock(mutex), ENOTRECOVERABLE);
    make(mutex);
    child = MUST(fork());
    if (child == 0) {
        pthread_mutex_lock(mutex);
        _exit(0);
    }
    wait_for(child);
    CHECK_EQ(pthread_mutex_lock(mutex), EOWNERDEAD);
    void *head = NULL;
    size_t length = 0;
    CHECK_EQ(syscall(SYS_get_robust_list, 0, &head, &length), 0);
    CHECK(head != NULL && length == 24);
    CHECK_ERRNO(syscall(SYS_set_robust_list, head, 23), EINVAL);
    return done();
}
