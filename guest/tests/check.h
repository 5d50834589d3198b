/* The whole test framework: a test is a program that includes this, checks, and returns done(). */
#ifndef CHECK_H
#define CHECK_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int checks_made, checks_failed;

/* Checks a condition; on failure says where, and goes on. */
#define CHECK(condition)                                                                                  \
    do {                                                                                                  \
        errno = 0;                                                                                        \
        int passed_ = !!(condition);                                                                      \
        int errno_ = errno;                                                                               \
        __atomic_add_fetch(&checks_made, 1, __ATOMIC_RELAXED);                                            \
        if (!passed_) {                                                                                   \
            __atomic_add_fetch(&checks_failed, 1, __ATOMIC_RELAXED);                                      \
            fprintf(stderr, "%s:%d: failed: %s (errno %d %s)\n", __FILE__, __LINE__, #condition, errno_,  \
                    strerror(errno_));                                                                    \
        }                                                                                                 \
    } while (0)

/* Checks that two integers are equal, and shows both if not. */
#define CHECK_EQ(actual, expected)                                                                        \
    do {                                                                                                  \
        errno = 0;                                                                                        \
        long long actual_ = (long long)(actual);                                                          \
        int errno_ = errno;                                                                               \
        long long expected_ = (long long)(expected);                                                      \
        __atomic_add_fetch(&checks_made, 1, __ATOMIC_RELAXED);                                            \
        if (actual_ != expected_) {                                                                       \
            __atomic_add_fetch(&checks_failed, 1, __ATOMIC_RELAXED);                                      \
            fprintf(stderr, "%s:%d: failed: %s is %lld, not %s = %lld (errno %d %s)\n", __FILE__,         \
                    __LINE__, #actual, actual_, #expected, expected_, errno_, strerror(errno_));          \
        }                                                                                                 \
    } while (0)

/* Checks that a call fails with an errno. */
#define CHECK_ERRNO(call, expected)                                                                       \
    do {                                                                                                  \
        errno = 0;                                                                                        \
        long long result_ = (long long)(intptr_t)(call);                                                  \
        int errno_ = errno;                                                                               \
        __atomic_add_fetch(&checks_made, 1, __ATOMIC_RELAXED);                                            \
        if (result_ != -1 || errno_ != (expected)) {                                                      \
            __atomic_add_fetch(&checks_failed, 1, __ATOMIC_RELAXED);                                      \
            fprintf(stderr, "%s:%d: failed: %s gives %lld, errno %d %s, not %s\n", __FILE__, __LINE__,    \
                    #call, result_, errno_, strerror(errno_), #expected);                                 \
        }                                                                                                 \
    } while (0)

/* A call whose success the rest of the test needs; gives its result. */
#define MUST(call)                                                                                        \
    ({                                                                                                    \
        errno = 0;                                                                                        \
        __typeof__(call) must_ = (call);                                                                  \
        if ((intptr_t)must_ == -1) {                                                                      \
            fprintf(stderr, "%s:%d: cannot go on: %s: errno %d %s\n", __FILE__, __LINE__, #call, errno,   \
                    strerror(errno));                                                                     \
            exit(1);                                                                                      \
        }                                                                                                 \
        must_;                                                                                            \
    })

/* The end of a test: its summary, and its exit status. */
__attribute__((unused)) static int done(void) {
    if (checks_failed)
        printf("FAILED %d of %d checks\n", checks_failed, checks_made);
    else
        printf("ok %d checks\n", checks_made);
    fflush(stdout);
    return checks_failed != 0;
}

/* A new empty folder of this test, made the working directory; removed by leave_scratch. */
__attribute__((unused)) static char scratch[64];

__attribute__((unused)) static void enter_scratch(void) {
    strcpy(scratch, "/tmp/guest-test-XXXXXX");
    if (!mkdtemp(scratch)) {
        perror("mkdtemp");
        exit(1);
    }
    MUST(chdir(scratch));
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at) {
    (void)st, (void)kind, (void)at;
    return remove(path);
}

__attribute__((unused)) static void leave_scratch(void) {
    MUST(chdir("/"));
    nftw(scratch, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Creates a file with a text. */
__attribute__((unused)) static void make_file(const char *name, const char *text) {
    int fd = MUST(open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644));
    if (*text)
        MUST(write(fd, text, strlen(text)));
    close(fd);
}

/* Whether a file holds exactly this text. */
__attribute__((unused)) static int file_is(const char *name, const char *text) {
    char bytes[4096];
    int fd = open(name, O_RDONLY);
    if (fd < 0)
        return 0;
    ssize_t n = read(fd, bytes, sizeof bytes);
    close(fd);
    return n == (ssize_t)strlen(text) && !memcmp(bytes, text, (size_t)n);
}

/* Starts a role of this test in a new program: the binary holds all tests, its first argument chooses. */
#define EXEC_SELF(test, ...) execl("/proc/self/exe", "guest-tests", test, __VA_ARGS__, (char *)NULL)

/* The exit code of a child; 1000 + signal number when a signal ended it; -1 when there is no such child. */
__attribute__((unused)) static int wait_for(pid_t pid) {
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Runs a body in a child and gives wait_for's result:  IN_CHILD(... _exit(3)) */
#define IN_CHILD(...)                        \
    ({                                       \
        fflush(NULL);                        \
        pid_t child_ = MUST(fork());         \
        if (child_ == 0) {                   \
            checks_failed = 0;               \
            __VA_ARGS__;                     \
            _exit(checks_failed != 0);       \
        }                                    \
        wait_for(child_);                    \
    })

__attribute__((unused)) static int64_t monotonic_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

__attribute__((unused)) static void sleep_ms(int ms) {
    struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
    while (nanosleep(&t, &t) && errno == EINTR)
        ;
}

#endif
