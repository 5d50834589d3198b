/* Mutexes, condition variables, read-write locks, spin locks, semaphores. */
#include "../check.h"

#include <pthread.h>
#include <semaphore.h>

enum { THREADS = 4, ROUNDS = 20000 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t spin;
static sem_t semaphore;
static long counter, spun;
static int queue[16], head, tail, taken, sum, pair[2], torn;

static void *increment(void *argument) {
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&mutex);
        counter++;
        pthread_mutex_unlock(&mutex);
        pthread_spin_lock(&spin);
        spun++;
        pthread_spin_unlock(&spin);
    }
    return argument;
}

static void *consume(void *argument) {
    for (;;) {
        pthread_mutex_lock(&mutex);
        while (head == tail)
            pthread_cond_wait(&condition, &mutex);
        int item = queue[tail++ % 16];
        if (item) {
            sum += item;
            taken++;
        }
        pthread_cond_broadcast(&condition);
        pthread_mutex_unlock(&mutex);
        if (!item)
            return argument;
    }
}

static void produce(int item) {
    pthread_mutex_lock(&mutex);
    while (head - tail == 16)
        pthread_cond_wait(&condition, &mutex);
    queue[head++ % 16] = item;
    pthread_cond_broadcast(&condition);
    pthread_mutex_unlock(&mutex);
}

static void *read_pair(void *argument) {
    for (int i = 0; i < 5000; i++) {
        pthread_rwlock_rdlock(&rwlock);
        if (pair[0] != pair[1])
            torn++;
        pthread_rwlock_unlock(&rwlock);
    }
    return argument;
}

static void *write_pair(void *argument) {
    for (int i = 0; i < 2000; i++) {
        pthread_rwlock_wrlock(&rwlock);
        pair[0]++;
        pair[1]++;
        pthread_rwlock_unlock(&rwlock);
    }
    return argument;
}

static void *hold(void *argument) {
    pthread_mutex_lock(&mutex);
    sem_post(&semaphore);
    sleep_ms(60);
    pthread_mutex_unlock(&mutex);
    return argument;
}

static void *try_foreign(void *argument) { return (void *)(intptr_t)pthread_mutex_unlock(argument); }

int main(void) {
    pthread_t threads[THREADS + 1];
    void *value;
    pthread_spin_init(&spin, 0);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, increment, NULL);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    CHECK_EQ(counter, THREADS * ROUNDS);
    CHECK_EQ(spun, THREADS * ROUNDS);

    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, consume, NULL);
    for (int i = 1; i <= 1000; i++)
        produce(i);
    for (int i = 0; i < THREADS; i++)
        produce(0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    CHECK(taken == 1000 && sum == 500500);

    pthread_create(&threads[0], NULL, write_pair, NULL);
    for (int i = 1; i < THREADS; i++)
        pthread_create(&threads[i], NULL, read_pair, NULL);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    CHECK(torn == 0 && pair[0] == 2000);

    /* Waiting with a limit. */
    sem_init(&semaphore, 0, 0);
    pthread_create(&threads[0], NULL, hold, NULL);
    sem_wait(&semaphore);
    CHECK_EQ(pthread_mutex_trylock(&mutex), EBUSY);
    struct timespec limit;
    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_nsec += 20000000;
    if (limit.tv_nsec >= 1000000000)
        limit.tv_sec++, limit.tv_nsec -= 1000000000;
    CHECK_EQ(pthread_mutex_timedlock(&mutex, &limit), ETIMEDOUT);
    CHECK_EQ(pthread_mutex_lock(&mutex), 0);
    int64_t start = monotonic_ms();
    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_nsec += 20000000;
    if (limit.tv_nsec >= 1000000000)
        limit.tv_sec++, limit.tv_nsec -= 1000000000;
    int waited;
    while ((waited = pthread_cond_timedwait(&condition, &mutex, &limit)) == 0)
        ;
    CHECK(waited == ETIMEDOUT && monotonic_ms() - start >= 18);
    pthread_mutex_unlock(&mutex);
    pthread_join(threads[0], NULL);
    CHECK_ERRNO(sem_trywait(&semaphore), EAGAIN);
    sem_post(&semaphore);
    CHECK_EQ(sem_trywait(&semaphore), 0);
    clock_gettime(CLOCK_REALTIME, &limit);
    CHECK_ERRNO(sem_timedwait(&semaphore, &limit), ETIMEDOUT);

    /* Kinds of mutexes. */
    pthread_mutexattr_t attributes;
    pthread_mutex_t special;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&special, &attributes);
    CHECK(pthread_mutex_lock(&special) == 0 && pthread_mutex_lock(&special) == 0);
    CHECK(pthread_mutex_unlock(&special) == 0 && pthread_mutex_unlock(&special) == 0);
    CHECK_EQ(pthread_mutex_unlock(&special), EPERM);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&special, &attributes);
    CHECK_EQ(pthread_mutex_lock(&special), 0);
    CHECK_EQ(pthread_mutex_lock(&special), EDEADLK);
    pthread_create(&threads[0], NULL, try_foreign, &special);
    pthread_join(threads[0], &value);
    CHECK_EQ((intptr_t)value, EPERM);

    /* Between processes. */
    struct { pthread_mutex_t mutex; pthread_cond_t condition; sem_t semaphore; int value; } *shared =
        MUST(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&shared->mutex, &attributes);
    pthread_condattr_t condition_attributes;
    pthread_condattr_init(&condition_attributes);
    pthread_condattr_setpshared(&condition_attributes, PTHREAD_PROCESS_SHARED);
    pthread_cond_init(&shared->condition, &condition_attributes);
    sem_init(&shared->semaphore, 1, 0);
    pid_t child = MUST(fork());
    if (child == 0) {
        for (int i = 0; i < 5000; i++) {
            pthread_mutex_lock(&shared->mutex);
            shared->value++;
            pthread_mutex_unlock(&shared->mutex);
        }
        pthread_mutex_lock(&shared->mutex);
        while (shared->value < 20000)
            pthread_cond_wait(&shared->condition, &shared->mutex);
        pthread_mutex_unlock(&shared->mutex);
        sem_post(&shared->semaphore);
        _exit(0);
    }
    for (int i = 0; i < 5000; i++) {
        pthread_mutex_lock(&shared->mutex);
        shared->value++;
        pthread_mutex_unlock(&shared->mutex);
    }
    while (__atomic_load_n(&shared->value, __ATOMIC_SEQ_CST) < 10000)
        sleep_ms(1);
    sleep_ms(10);
    pthread_mutex_lock(&shared->mutex);
    shared->value = 20000;
    pthread_cond_signal(&shared->condition);
    pthread_mutex_unlock(&shared->mutex);
    CHECK_EQ(sem_wait(&shared->semaphore), 0);
    CHECK_EQ(wait_for(child), 0);
    return done();
}
