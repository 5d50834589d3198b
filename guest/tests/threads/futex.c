/* futex called directly: wait, wake, bit sets, requeue, time limits, refusals. */
#include "../check.h"

#include <linux/futex.h>
#include <pthread.h>

static uint32_t word, second;

static long futex(uint32_t *at, int operation, uint32_t value, const void *timeout_or_count, uint32_t *other, uint32_t value3) {
    return syscall(SYS_futex, at, operation, value, timeout_or_count, other, value3);
}

struct waiter {
    uint32_t bits;
    long result;
    int woken;
    pthread_t thread;
};

static int started;

static void *wait_word(void *argument) {
    struct waiter *w = argument;
    __atomic_add_fetch(&started, 1, __ATOMIC_SEQ_CST);
    long r = w->bits ? futex(&word, FUTEX_WAIT_BITSET_PRIVATE, 0, NULL, NULL, w->bits) : futex(&word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
    w->result = r < 0 ? -errno : r;
    __atomic_store_n(&w->woken, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

static struct waiter waiters[6];

static void start_waiters(int count) {
    started = 0;
    for (int i = 0; i < count; i++) {
        waiters[i].woken = 0;
        pthread_create(&waiters[i].thread, NULL, wait_word, &waiters[i]);
    }
    while (__atomic_load_n(&started, __ATOMIC_SEQ_CST) < count)
        sleep_ms(1);
    sleep_ms(40);
}

static int woken(int count) {
    int n = 0;
    sleep_ms(40);
    for (int i = 0; i < count; i++)
        n += __atomic_load_n(&waiters[i].woken, __ATOMIC_SEQ_CST);
    return n;
}

static void join_waiters(int count) {
    for (int i = 0; i < count; i++) {
        pthread_join(waiters[i].thread, NULL);
        CHECK_EQ(waiters[i].result, 0);
    }
}

static void nothing(int number) { (void)number; }

int main(void) {
    struct timespec short_time = {0, 20000000}, wrong = {0, 1000000000}, at;
    CHECK_ERRNO(futex(&word, FUTEX_WAIT, 1, NULL, NULL, 0), EAGAIN); /* another value */
    int64_t start = monotonic_ms();
    CHECK_ERRNO(futex(&word, FUTEX_WAIT, 0, &short_time, NULL, 0), ETIMEDOUT);
    CHECK(monotonic_ms() - start >= 19 && monotonic_ms() - start < 2000);
    CHECK_ERRNO(futex(&word, FUTEX_WAIT, 0, &wrong, NULL, 0), EINVAL);
    /* A bit-set wait takes an absolute time. */
    start = monotonic_ms();
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_nsec += 20000000;
    if (at.tv_nsec >= 1000000000)
        at.tv_sec++, at.tv_nsec -= 1000000000;
    CHECK_ERRNO(futex(&word, FUTEX_WAIT_BITSET_PRIVATE, 0, &at, NULL, FUTEX_BITSET_MATCH_ANY), ETIMEDOUT);
    CHECK(monotonic_ms() - start >= 19);
    CHECK_ERRNO(futex(&word, FUTEX_WAIT_BITSET_PRIVATE, 0, &at, NULL, FUTEX_BITSET_MATCH_ANY), ETIMEDOUT); /* past */
    clock_gettime(CLOCK_REALTIME, &at);
    CHECK_ERRNO(futex(&word, FUTEX_WAIT_BITSET_PRIVATE | FUTEX_CLOCK_REALTIME, 0, &at, NULL, ~0u), ETIMEDOUT);
    CHECK_ERRNO(futex(&word, FUTEX_WAIT_BITSET_PRIVATE, 0, NULL, NULL, 0), EINVAL);
    CHECK_ERRNO(futex((uint32_t *)((char *)&word + 1), FUTEX_WAIT, 0, NULL, NULL, 0), EINVAL);
    CHECK_ERRNO(futex((uint32_t *)16, FUTEX_WAIT, 0, NULL, NULL, 0), EFAULT);
    CHECK_ERRNO(futex(&word, 77, 0, NULL, NULL, 0), ENOSYS);
    CHECK_EQ(futex(&word, FUTEX_WAKE, 1, NULL, NULL, 0), 0);

    start_waiters(4);
    CHECK_EQ(futex(&word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0), 1);
    CHECK_EQ(woken(4), 1);
    CHECK_EQ(futex(&word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0), 3);
    CHECK_EQ(woken(4), 4);
    join_waiters(4);

    for (int i = 0; i < 4; i++)
        waiters[i].bits = 1u << i;
    start_waiters(4);
    CHECK_EQ(futex(&word, FUTEX_WAKE_BITSET_PRIVATE, INT_MAX, NULL, NULL, 0x10), 0);
    CHECK_EQ(futex(&word, FUTEX_WAKE_BITSET_PRIVATE, INT_MAX, NULL, NULL, 0x6), 2);
    CHECK_EQ(woken(4), 2);
    CHECK(waiters[1].woken && waiters[2].woken);
    CHECK_EQ(futex(&word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0), 2);
    join_waiters(4);
    for (int i = 0; i < 6; i++)
        waiters[i].bits = 0;

    start_waiters(5);
    CHECK_ERRNO(futex(&word, FUTEX_CMP_REQUEUE_PRIVATE, 1, (void *)2, &second, 1), EAGAIN);
    CHECK_EQ(futex(&word, FUTEX_CMP_REQUEUE_PRIVATE, 1, (void *)2, &second, 0), 3); /* one woken, two moved */
    CHECK_EQ(woken(5), 1);
    CHECK_EQ(futex(&second, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0), 2);
    CHECK_EQ(woken(5), 3);
    CHECK_EQ(futex(&word, FUTEX_REQUEUE_PRIVATE, 0, (void *)(long)INT_MAX, &second, 0), 2);
    CHECK_EQ(futex(&word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0), 0);
    CHECK_EQ(futex(&second, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0), 2);
    join_waiters(5);

    /* WAKE_OP: changes the second word, wakes at the first, and at the second if its old value compares. */
    start_waiters(2);
    second = 5;
    CHECK_EQ(futex(&word, FUTEX_WAKE_OP_PRIVATE, 1, (void *)1, &second, FUTEX_OP(FUTEX_OP_ADD, 3, FUTEX_OP_CMP_EQ, 5)), 1);
    CHECK_EQ(second, 8);
    CHECK_EQ(futex(&word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0), 1);
    join_waiters(2);

    /* Shared between processes; private ones are not. */
    uint32_t *shared = MUST(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    pid_t child = MUST(fork());
    if (child == 0)
        _exit(futex(shared, FUTEX_WAIT, 0, NULL, NULL, 0) != 0);
    long n = 0;
    for (int i = 0; i < 1000 && n == 0; i++) {
        sleep_ms(2);
        n = futex(shared, FUTEX_WAKE, 1, NULL, NULL, 0);
    }
    CHECK_EQ(n, 1);
    CHECK_EQ(wait_for(child), 0);

    /* The same page of a file, mapped at two addresses. */
    int fd = MUST(memfd_create("futex", 0));
    MUST(ftruncate(fd, 4096));
    uint32_t *a = MUST(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    uint32_t *b = MUST(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    child = MUST(fork());
    if (child == 0)
        _exit(futex(a + 7, FUTEX_WAIT, 0, NULL, NULL, 0) != 0);
    n = 0;
    for (int i = 0; i < 1000 && n == 0; i++) {
        sleep_ms(2);
        n = futex(b + 7, FUTEX_WAKE, 1, NULL, NULL, 0);
    }
    CHECK_EQ(n, 1);
    CHECK_EQ(wait_for(child), 0);

    struct sigaction action = {.sa_handler = nothing};
    sigaction(SIGALRM, &action, NULL);
    ualarm(20000, 0);
    CHECK_ERRNO(futex(&word, FUTEX_WAIT, 0, NULL, NULL, 0), EINTR);
    return done();
}
