/* Mappings of files: private and shared, beyond the end, after truncation and close. */
#include "../check.h"

#include <setjmp.h>

static sigjmp_buf back;
static siginfo_t info;

static void on_fault(int number, siginfo_t *i, void *context) {
    (void)number, (void)context;
    info = *i;
    siglongjmp(back, 1);
}

/* The signal that reading the address gives, or 0. */
static int touch(volatile char *p) {
    info.si_signo = 0;
    if (!sigsetjmp(back, 1))
        (void)*p;
    return info.si_signo;
}

int main(void) {
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    enter_scratch();
    char bytes[16];
    int fd = MUST(open("file", O_RDWR | O_CREAT, 0600));
    CHECK_EQ(write(fd, "0123456789", 10), 10);

    char *shared = MUST(mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    char *private = MUST(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
    CHECK(!memcmp(shared, "0123456789\0\0", 12));
    shared[0] = 'S';
    CHECK_EQ(pread(fd, bytes, 1, 0), 1);
    CHECK_EQ(bytes[0], 'S'); /* a store is seen by read at once */
    CHECK_EQ(pwrite(fd, "W", 1, 1), 1);
    CHECK_EQ(shared[1], 'W'); /* and a write by a load */
    private[2] = 'P';
    CHECK_EQ(shared[2], '2');
    CHECK_EQ(private[3], '3');
    CHECK_EQ(pwrite(fd, "Z", 1, 4), 1);
    CHECK_EQ(private[2], 'P'); /* the page is the process's own now */
    shared[100] = 'x';         /* beyond the end, in the last page: allowed, and not part of the file */
    struct stat st;
    CHECK(fstat(fd, &st) == 0 && st.st_size == 10);
    CHECK_EQ(touch(shared + 4096), SIGBUS);
    CHECK(info.si_code == BUS_ADRERR && info.si_addr == shared + 4096);
    CHECK_EQ(ftruncate(fd, 8192), 0);
    CHECK_EQ(touch(shared + 4096), 0);
    CHECK_EQ(shared[4096], 0);
    shared[4096] = 'Q';
    CHECK_EQ(ftruncate(fd, 10), 0);
    CHECK_EQ(touch(shared + 4096), SIGBUS); /* cut off under the mapping */
    CHECK_EQ(ftruncate(fd, 8192), 0);
    CHECK_EQ(shared[4096], 0);
    CHECK_EQ(msync(shared, 8192, MS_SYNC), 0);
    CHECK_EQ(msync(shared, 8192, MS_ASYNC), 0);
    CHECK_ERRNO(msync(shared, 8192, MS_SYNC | MS_ASYNC), EINVAL);
    CHECK_ERRNO(msync(shared + 1, 4096, MS_SYNC), EINVAL);
    CHECK_ERRNO(msync(shared, 4096, 0x100), EINVAL);

    /* A mapping outlives its descriptor and its name. */
    close(fd);
    unlink("file");
    CHECK_EQ(shared[0], 'S');
    /* Both sides of a fork share it. */
    CHECK_EQ(IN_CHILD(shared[5] = 'C'; private[5] = 'C'), 0);
    CHECK_EQ(shared[5], 'C');
    CHECK_EQ(private[5], '5');
    CHECK_EQ(munmap(shared, 8192), 0);
    CHECK_EQ(touch(shared), SIGSEGV);
    CHECK_EQ(info.si_code, SEGV_MAPERR);

    make_file("ro", "readonly");
    fd = MUST(open("ro", O_RDONLY));
    CHECK_ERRNO(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), EACCES);
    shared = MUST(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0));
    CHECK_ERRNO(mprotect(shared, 4096, PROT_READ | PROT_WRITE), EACCES);
    private = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    CHECK(private != MAP_FAILED);
    private[0] = 'R';
    CHECK(file_is("ro", "readonly"));
    CHECK_ERRNO(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 100), EINVAL); /* offset not at a page */
    close(fd);
    fd = MUST(open("ro", O_WRONLY));
    CHECK_ERRNO(mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, fd, 0), EACCES);
    CHECK_ERRNO(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0), EACCES);
    close(fd);
    fd = MUST(open(".", O_RDONLY));
    CHECK_ERRNO(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0), ENODEV);
    close(fd);
    int ends[2];
    MUST(pipe(ends));
    CHECK_ERRNO(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, ends[0], 0), ENODEV);

    /* An offset in the middle; a file written through one mapping, read through another. */
    fd = MUST(open("two", O_RDWR | O_CREAT, 0600));
    MUST(ftruncate(fd, 3 * 4096));
    char *first = MUST(mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    char *second = MUST(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 2 * 4096));
    strcpy(first + 2 * 4096 + 5, "hello");
    CHECK(!strcmp(second + 5, "hello"));
    int zero = MUST(open("/dev/zero", O_RDWR));
    char *zeros = MUST(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, zero, 0));
    CHECK_EQ(zeros[100], 0);
    zeros[100] = 1;
    leave_scratch();
    return done();
}
