/* osbench [CASE|all [MILLISECONDS]]: times one operating-system operation a case and prints
 *     CASE ns NS first NS ops N    nanoseconds per operation; of the very first one; operations in a batch
 * For pipe-64m they are nanoseconds per MiB. A batch is doubled until it takes MILLISECONDS (100); then the median of three more
 * counts. Where two tasks meet, both are pinned to one CPU. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char file_name[64], directory[] = "/tmp/osbenchXXXXXX";
static char block[65536];
static int fds[4];
static uint32_t word;
static char *pages;
static pid_t peer;
static pthread_t peer_thread;

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static _Noreturn void die(const char *what) {
    fprintf(stderr, "osbench: %s: %s\n", what, strerror(errno));
    exit(1);
}

#define MUST(call) ({ __typeof__(call) result_ = (call); if (result_ == (__typeof__(call))-1) die(#call); result_; })

static void pin(void) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(0, &one);
    sched_setaffinity(0, sizeof one, &one); /* a kernel without it still gives a figure */
}

/* ---- single calls ---- */

static void getppid_run(long n) {
    while (n-- > 0)
        syscall(SYS_getppid);
}

static void clock_run(long n) {
    struct timespec t;
    while (n-- > 0)
        clock_gettime(CLOCK_MONOTONIC, &t);
}

/* Past the vDSO: what a libc without one, or a clock that it does not serve, costs. */
static void clock_raw_run(long n) {
    struct timespec t;
    while (n-- > 0)
        MUST(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t));
}

static void open_zero(void) { fds[0] = MUST(open("/dev/zero", O_RDONLY)); }
static void open_null(void) { fds[0] = MUST(open("/dev/null", O_WRONLY)); }

static void make_file(void) {
    MUST(mkdtemp(directory) ? 0 : -1);
    snprintf(file_name, sizeof file_name, "%s/file", directory);
    fds[0] = MUST(open(file_name, O_RDWR | O_CREAT, 0600));
    MUST(write(fds[0], block, sizeof block));
}

static void remove_file(void) {
    unlink(file_name);
    rmdir(directory);
}

static void read_run(long n) {
    while (n-- > 0)
        MUST(read(fds[0], block, 1));
}

static void write_run(long n) {
    while (n-- > 0)
        MUST(write(fds[0], block, 1));
}

static void fstat_run(long n) {
    struct stat st;
    while (n-- > 0)
        MUST(fstat(fds[0], &st));
}

static void stat_run(long n) {
    struct stat st;
    while (n-- > 0)
        MUST(stat(file_name, &st));
}

static void pread_run(long n) {
    while (n-- > 0)
        MUST(pread(fds[0], block, 4096, 4096));
}

static void pwrite_run(long n) {
    while (n-- > 0)
        MUST(pwrite(fds[0], block, 4096, 4096));
}

static void open_run(long n) {
    while (n-- > 0)
        close(MUST(open(file_name, O_RDONLY)));
}

static void create_run(long n) {
    char name[80];
    snprintf(name, sizeof name, "%s/new", directory);
    while (n-- > 0) {
        close(MUST(open(name, O_WRONLY | O_CREAT | O_EXCL, 0600)));
        MUST(unlink(name));
    }
}

/* ---- ping-pong ---- */

static _Noreturn void answer(int in, int out) {
    char c;
    while (read(in, &c, 1) == 1)
        if (write(out, &c, 1) != 1)
            break;
    _exit(0);
}

static void ping_run(long n) {
    char c = 1;
    while (n-- > 0) {
        MUST(write(fds[1], &c, 1));
        MUST(read(fds[0], &c, 1));
    }
}

static void fork_peer(int in, int out) {
    pin();
    peer = MUST(fork());
    if (peer == 0) {
        for (int i = 0; i < 4; i++)
            if (fds[i] != in && fds[i] != out)
                close(fds[i]);
        answer(in, out);
    }
}

static void end_peer(void) {
    kill(peer, SIGKILL);
    waitpid(peer, NULL, 0);
}

static void make_pipes(void) {
    int there[2], back[2];
    MUST(pipe(there));
    MUST(pipe(back));
    fds[0] = back[0], fds[1] = there[1], fds[2] = there[0], fds[3] = back[1];
    fork_peer(there[0], back[1]);
}

static void make_unix(void) {
    int ends[2];
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
    fds[0] = fds[1] = ends[0], fds[2] = fds[3] = ends[1];
    fork_peer(ends[1], ends[1]);
}

static void make_tcp(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int one = 1, listener = MUST(socket(AF_INET, SOCK_STREAM, 0));
    MUST(bind(listener, (struct sockaddr *)&address, sizeof address));
    MUST(listen(listener, 1));
    MUST(getsockname(listener, (struct sockaddr *)&address, &length));
    int client = MUST(socket(AF_INET, SOCK_STREAM, 0));
    MUST(connect(client, (struct sockaddr *)&address, sizeof address));
    int server = MUST(accept(listener, NULL, NULL));
    setsockopt(client, IPPROTO_TCP, 1 /* TCP_NODELAY */, &one, sizeof one);
    setsockopt(server, IPPROTO_TCP, 1, &one, sizeof one);
    close(listener);
    fds[0] = fds[1] = client, fds[2] = fds[3] = server;
    fork_peer(server, server);
}

static void futex_wait(uint32_t value) {
    syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void futex_set(uint32_t value) {
    __atomic_store_n(&word, value, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* The word is 0 while idle, 1 for ping, 2 to end; the peer answers a ping by setting it back to 0. */
static void *futex_peer(void *unused) {
    for (;;) {
        uint32_t value = __atomic_load_n(&word, __ATOMIC_SEQ_CST);
        if (value == 2)
            return unused;
        if (value == 0)
            futex_wait(0);
        else
            futex_set(0);
    }
}

static void make_futex(void) {
    pin();
    word = 0;
    pthread_create(&peer_thread, NULL, futex_peer, NULL);
}

static void futex_run(long n) {
    while (n-- > 0) {
        futex_set(1);
        while (__atomic_load_n(&word, __ATOMIC_SEQ_CST) == 1)
            futex_wait(1);
    }
}

static void end_futex(void) {
    futex_set(2);
    pthread_join(peer_thread, NULL);
}

/* ---- memory ---- */

static void mmap_run(long n) {
    while (n-- > 0) {
        char *p = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p == MAP_FAILED)
            die("mmap");
        *(volatile char *)p = 1;
        munmap(p, 65536);
    }
}

enum { FAULT_PAGES = 2048 };

static void fault_run(long n) {
    while (n > 0) {
        long batch = n < FAULT_PAGES ? n : FAULT_PAGES;
        pages = mmap(NULL, FAULT_PAGES * 4096L, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (pages == MAP_FAILED)
            die("mmap");
        madvise(pages, FAULT_PAGES * 4096L, MADV_NOHUGEPAGE);
        for (long i = 0; i < batch; i++)
            ((volatile char *)pages)[i * 4096] = 1;
        munmap(pages, FAULT_PAGES * 4096L);
        n -= batch;
    }
}

/* ---- signals, processes, threads ---- */

static volatile sig_atomic_t signals;

static void on_signal(int number) {
    (void)number;
    signals++;
}

static void make_signal(void) {
    signal(SIGUSR1, on_signal);
}

static void signal_run(long n) {
    while (n-- > 0)
        raise(SIGUSR1);
}

static void fork_run(long n) {
    while (n-- > 0) {
        pid_t pid = MUST(fork());
        if (pid == 0)
            _exit(0);
        MUST(waitpid(pid, NULL, 0));
    }
}

static void exec_and_wait(const char *path, char *const argv[]) {
    int status;
    pid_t pid = MUST(fork());
    if (pid == 0) {
        execv(path, argv);
        _exit(127);
    }
    MUST(waitpid(pid, &status, 0));
    if (status != 0) {
        fprintf(stderr, "osbench: %s ended with status %x\n", path, status);
        exit(1);
    }
}

/* Under an emulator the host's kernel cannot start a riscv64 program; BENCH_EMULATOR, words between spaces, says what to start it with. */
static void exec_run(long n) {
    static char emulator[4096], self[4096];
    char *argv[20], *rest;
    int words = 0;
    snprintf(emulator, sizeof emulator, "%s", getenv("BENCH_EMULATOR") ? getenv("BENCH_EMULATOR") : "");
    for (char *word = strtok_r(emulator, " ", &rest); word && words < 16; word = strtok_r(NULL, " ", &rest))
        argv[words++] = word;
    self[MUST(readlink("/proc/self/exe", self, sizeof self - 1))] = 0;
    argv[words] = self, argv[words + 1] = "nothing", argv[words + 2] = NULL;
    while (n-- > 0)
        exec_and_wait(argv[0], argv);
}

static void *nothing(void *argument) {
    return argument;
}

static void pthread_run(long n) {
    pthread_t thread;
    while (n-- > 0) {
        if (pthread_create(&thread, NULL, nothing, NULL))
            die("pthread_create");
        pthread_join(thread, NULL);
    }
}

/* ---- events ---- */

static void make_epoll(void) {
    struct epoll_event event = {.events = EPOLLIN};
    fds[0] = MUST(epoll_create1(0));
    fds[1] = MUST(eventfd(1, 0));
    MUST(epoll_ctl(fds[0], EPOLL_CTL_ADD, fds[1], &event));
}

static void epoll_run(long n) {
    struct epoll_event event;
    while (n-- > 0)
        if (epoll_wait(fds[0], &event, 1, 0) != 1)
            die("epoll_wait");
}

static void make_eventfd(void) { fds[0] = MUST(eventfd(0, 0)); }

static void eventfd_run(long n) {
    uint64_t value = 1;
    while (n-- > 0) {
        MUST(write(fds[0], &value, 8));
        MUST(read(fds[0], &value, 8));
    }
}

enum { PIPE_MIB = 64 };

/* 64 MiB from a child through a pipe, in blocks of 64 KiB. */
static void pipe_64m_run(long n) {
    while (n-- > 0) {
        int ends[2];
        MUST(pipe(ends));
        pid_t pid = MUST(fork());
        if (pid == 0) {
            for (int i = 0; i < 1024; i++)
                for (size_t at = 0; at < sizeof block;)
                    at += (size_t)MUST(write(ends[1], block + at, sizeof block - at));
            _exit(0);
        }
        close(ends[1]);
        long total = 0, got;
        while ((got = MUST(read(ends[0], block, sizeof block))) > 0)
            total += got;
        if (total != PIPE_MIB << 20)
            die("short pipe");
        close(ends[0]);
        MUST(waitpid(pid, NULL, 0));
    }
}

struct operation {
    const char *name;
    void (*prepare)(void);
    void (*run)(long n);
    void (*finish)(void);
};

static const struct operation operations[] = {
    {"getppid", NULL, getppid_run, NULL},
    {"clock-gettime", NULL, clock_run, NULL},
    {"clock-gettime-raw", NULL, clock_raw_run, NULL},
    {"read-zero", open_zero, read_run, NULL},
    {"write-null", open_null, write_run, NULL},
    {"fstat", make_file, fstat_run, remove_file},
    {"stat", make_file, stat_run, remove_file},
    {"pread-4k", make_file, pread_run, remove_file},
    {"pwrite-4k", make_file, pwrite_run, remove_file},
    {"open-close", make_file, open_run, remove_file},
    {"pipe", make_pipes, ping_run, end_peer},
    {"unix", make_unix, ping_run, end_peer},
    {"tcp", make_tcp, ping_run, end_peer},
    {"futex", make_futex, futex_run, end_futex},
    {"mmap-touch", NULL, mmap_run, NULL},
    {"page-fault", NULL, fault_run, NULL},
    {"signal", make_signal, signal_run, NULL},
    {"fork", NULL, fork_run, NULL},
    {"fork-exec", NULL, exec_run, NULL},
    {"pthread", NULL, pthread_run, NULL},
    {"epoll", make_epoll, epoll_run, NULL},
    {"eventfd", make_eventfd, eventfd_run, NULL},
    {"create-unlink", make_file, create_run, remove_file},
    {"pipe-64m", NULL, pipe_64m_run, NULL},
};

enum { OPERATIONS = sizeof operations / sizeof *operations };

enum { BATCHES = 3 };

static int ascending(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int64_t time_batch(const struct operation *operation, long n) {
    int64_t start = now();
    operation->run(n);
    return now() - start;
}

static void measure(const struct operation *operation, int64_t enough) {
    if (operation->prepare)
        operation->prepare();
    long n = 1;
    int64_t took = time_batch(operation, n), first = took, times[BATCHES];
    while (took < enough && n < 1L << 40)
        took = time_batch(operation, n *= 2);
    for (int i = 0; i < BATCHES; i++)
        times[i] = time_batch(operation, n);
    qsort(times, BATCHES, sizeof *times, ascending);
    took = times[BATCHES / 2];
    if (operation->finish)
        operation->finish();
    double units = strcmp(operation->name, "pipe-64m") ? 1 : PIPE_MIB;
    printf("%s ns %.1f first %.1f ops %ld\n", operation->name, (double)took / (double)n / units, (double)first / units, n);
    fflush(stdout);
}

/* Each case runs in a process of its own, so that none leaves anything to the next. */
static int measure_alone(const struct operation *operation, int64_t enough) {
    int status;
    pid_t pid = MUST(fork());
    if (pid == 0) {
        measure(operation, enough);
        _exit(0);
    }
    MUST(waitpid(pid, &status, 0));
    if (status != 0)
        fprintf(stderr, "osbench: %s failed with status %x\n", operation->name, status);
    return status != 0;
}

int main(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : "all";
    int64_t enough = (argc > 2 ? atol(argv[2]) : 100) * 1000000LL;
    int found = 0, failed = 0;
    if (!strcmp(name, "nothing"))
        return 0;
    for (int i = 0; i < OPERATIONS; i++) {
        if (!strcmp(name, operations[i].name)) {
            measure(&operations[i], enough);
            return 0;
        }
        if (!strcmp(name, "all")) {
            failed |= measure_alone(&operations[i], enough);
            found = 1;
        }
    }
    if (!found)
        fprintf(stderr, "usage: osbench [CASE|all [MILLISECONDS]]; no case %s\n", name);
    return found ? failed : 2;
}
