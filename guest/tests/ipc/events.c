/* eventfd, timerfd, signalfd, memfd. */
#include "../check.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

static void counters(void) {
    uint64_t value;
    int fd = MUST(eventfd(3, EFD_NONBLOCK | EFD_CLOEXEC));
    CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
    CHECK(read(fd, &value, 8) == 8 && value == 3);
    CHECK_ERRNO(read(fd, &value, 8), EAGAIN);
    value = 5;
    CHECK_EQ(write(fd, &value, 8), 8);
    CHECK_EQ(write(fd, &value, 8), 8);
    CHECK_ERRNO(read(fd, &value, 4), EINVAL);
    CHECK(read(fd, &value, 8) == 8 && value == 10);
    value = UINT64_MAX;
    CHECK_ERRNO(write(fd, &value, 8), EINVAL);
    value = UINT64_MAX - 1;
    CHECK_EQ(write(fd, &value, 8), 8);
    struct pollfd p = {.fd = fd, .events = POLLIN | POLLOUT};
    CHECK(poll(&p, 1, 0) == 1 && p.revents == POLLIN); /* full: not writable */
    value = 1;
    CHECK_ERRNO(write(fd, &value, 8), EAGAIN);
    close(fd);
    fd = MUST(eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK));
    CHECK(read(fd, &value, 8) == 8 && value == 1);
    CHECK(read(fd, &value, 8) == 8 && value == 1);
    CHECK_ERRNO(read(fd, &value, 8), EAGAIN);
    close(fd);
    CHECK_ERRNO(eventfd(0, 0x100), EINVAL);
    fd = MUST(eventfd(0, 0));
    pid_t child = MUST(fork());
    if (child == 0) {
        sleep_ms(20);
        value = 9;
        write(fd, &value, 8);
        _exit(0);
    }
    CHECK(read(fd, &value, 8) == 8 && value == 9);
    wait_for(child);
    close(fd);
}

static void timers(void) {
    uint64_t value;
    int fd = MUST(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
    CHECK_ERRNO(read(fd, &value, 8), EAGAIN);
    struct itimerspec t = {{0, 0}, {0, 20000000}}, now;
    int64_t start = monotonic_ms();
    CHECK_EQ(timerfd_settime(fd, 0, &t, NULL), 0);
    CHECK(timerfd_gettime(fd, &now) == 0 && now.it_value.tv_nsec <= 20000000);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    CHECK_EQ(poll(&p, 1, 5000), 1);
    CHECK(monotonic_ms() - start >= 18);
    CHECK(read(fd, &value, 8) == 8 && value == 1);
    CHECK_ERRNO(read(fd, &value, 8), EAGAIN);
    t.it_interval.tv_nsec = 10000000;
    CHECK_EQ(timerfd_settime(fd, 0, &t, NULL), 0);
    sleep_ms(75);
    CHECK(read(fd, &value, 8) == 8 && value >= 5);
    t = (struct itimerspec){{0, 0}, {0, 0}};
    CHECK_EQ(timerfd_settime(fd, 0, &t, &now), 0);
    CHECK_EQ(now.it_interval.tv_nsec, 10000000);
    t.it_value.tv_sec = 1;
    CHECK_EQ(timerfd_settime(fd, TFD_TIMER_ABSTIME, &t, NULL), 0); /* long past */
    CHECK_EQ(poll(&p, 1, 1000), 1);
    CHECK(read(fd, &value, 8) == 8 && value == 1);
    t.it_value.tv_nsec = 1000000000;
    CHECK_ERRNO(timerfd_settime(fd, 0, &t, NULL), EINVAL);
    CHECK_ERRNO(timerfd_settime(fd, 0x100, &now, NULL), EINVAL);
    CHECK_ERRNO(timerfd_settime(0, 0, &now, NULL), EINVAL);
    CHECK_ERRNO(timerfd_create(CLOCK_MONOTONIC, 0x100), EINVAL);
    CHECK_ERRNO(timerfd_create(CLOCK_PROCESS_CPUTIME_ID, 0), EINVAL);
    CHECK_ERRNO(write(fd, &value, 8), EINVAL);
    close(fd);
}

static void signals(void) {
    sigset_t set;
    struct signalfd_siginfo info[4];
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    CHECK(fd >= 0);
    if (fd < 0)
        return;
    CHECK_ERRNO(read(fd, info, sizeof info), EAGAIN);
    kill(getpid(), SIGUSR1);
    sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 42});
    struct pollfd p = {.fd = fd, .events = POLLIN};
    CHECK(poll(&p, 1, 0) == 1 && p.revents == POLLIN);
    CHECK_EQ(read(fd, info, sizeof info), 2 * sizeof *info);
    CHECK(info[0].ssi_signo == SIGUSR1 && info[0].ssi_pid == (uint32_t)getpid() && info[0].ssi_code == SI_USER);
    CHECK(info[1].ssi_signo == (uint32_t)SIGRTMIN && info[1].ssi_int == 42);
    CHECK_ERRNO(read(fd, info, 10), EINVAL);
    CHECK_EQ(poll(&p, 1, 0), 0);
    sigdelset(&set, SIGUSR1);
    CHECK_EQ(signalfd(fd, &set, 0), fd);
    kill(getpid(), SIGUSR1);
    CHECK_EQ(poll(&p, 1, 0), 0);
    CHECK_ERRNO(signalfd(-1, &set, 0x100), EINVAL);
    CHECK_ERRNO(signalfd(0, &set, 0), EINVAL);
    close(fd);
}

static void memory_files(void) {
    int fd = MUST(memfd_create("name", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
    CHECK_EQ(write(fd, "hello", 5), 5);
    struct stat st;
    CHECK(fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 5 && st.st_nlink == 0);
    char path[64], target[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(path, target, sizeof target - 1);
    CHECK(n > 0 && !strncmp(target, "/memfd:name (deleted)", 21));
    char *p = MUST(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    p[0] = 'H';
    char text[8];
    CHECK(pread(fd, text, 5, 0) == 5 && !memcmp(text, "Hello", 5));
    CHECK_EQ(fcntl(fd, F_GET_SEALS), 0);
    CHECK_ERRNO(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), EBUSY); /* mapped writable */
    MUST(munmap(p, 4096));
    CHECK_EQ(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK), 0);
    CHECK_ERRNO(ftruncate(fd, 1), EPERM);
    CHECK_EQ(ftruncate(fd, 100), 0);
    CHECK_EQ(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL), 0);
    CHECK_ERRNO(ftruncate(fd, 200), EPERM);
    CHECK_ERRNO(write(fd, "x", 1), EPERM);
    CHECK_ERRNO(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK), EPERM);
    CHECK_EQ(fcntl(fd, F_GET_SEALS), F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
    close(fd);
    fd = MUST(memfd_create("plain", 0));
    CHECK_EQ(fcntl(fd, F_GET_SEALS), F_SEAL_SEAL);
    CHECK_ERRNO(memfd_create("x", 0x1000), EINVAL);
    close(fd);
}

int main(void) {
    counters();
    timers();
    signals();
    memory_files();
    return done();
}
