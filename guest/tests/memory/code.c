/* Code written at run time: made, run, changed, run again; also in a thread's sight and after fork. */
#include "../check.h"

typedef long (*function)(void);

/* A function that returns a small constant. */
static void write_code(unsigned char *at, int value) {
#if defined __riscv
    uint32_t code[2] = {0x00000513u | (uint32_t)value << 20, 0x00008067u}; /* li a0, value; ret */
#elif defined __x86_64__
    unsigned char code[6] = {0xb8, (unsigned char)value, 0, 0, 0, 0xc3}; /* mov eax, value; ret */
#endif
    memcpy(at, code, sizeof code);
    __builtin___clear_cache((char *)at, (char *)at + sizeof code);
}

int main(void) {
    unsigned char *p = MUST(mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    for (int i = 1; i <= 100; i++) {
        write_code(p, i);
        CHECK_EQ(((function)(uintptr_t)p)(), i);
    }
    /* Much use of one version, then a change. */
    write_code(p + 64, 7);
    long sum = 0;
    for (int i = 0; i < 100000; i++)
        sum += ((function)(uintptr_t)(p + 64))();
    CHECK_EQ(sum, 700000);
    write_code(p + 64, 9);
    CHECK_EQ(((function)(uintptr_t)(p + 64))(), 9);
    CHECK_EQ(((function)(uintptr_t)p)(), 100); /* the neighbour is untouched */
    /* Write, then make executable. */
    MUST(mprotect(p, 4096, PROT_READ | PROT_WRITE));
    write_code(p, 11);
    MUST(mprotect(p, 4096, PROT_READ | PROT_EXEC));
    CHECK_EQ(((function)(uintptr_t)p)(), 11);
    /* A child changes its own copy. */
    MUST(mprotect(p, 4096, PROT_READ | PROT_WRITE | PROT_EXEC));
    CHECK_EQ(IN_CHILD({
        write_code(p, 12);
        CHECK_EQ(((function)(uintptr_t)p)(), 12);
    }), 0);
    CHECK_EQ(((function)(uintptr_t)p)(), 11);
    /* Other code mapped at the same place. */
    MUST(munmap(p, 4096));
    MUST(mmap(p, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
    write_code(p, 13);
    CHECK_EQ(((function)(uintptr_t)p)(), 13);
    /* Two views of the same memory: one written, one run. */
    int fd = MUST(memfd_create("code", 0));
    MUST(ftruncate(fd, 4096));
    unsigned char *write_view = MUST(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    unsigned char *run_view = MUST(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0));
    for (int i = 1; i < 5; i++) {
        write_code(write_view, i);
        __builtin___clear_cache((char *)run_view, (char *)run_view + 64);
        CHECK_EQ(((function)(uintptr_t)run_view)(), i);
    }
    return done();
}
