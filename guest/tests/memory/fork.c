/* Memory across fork: private pages are copied on write, shared ones are one; many generations. */
#include "../check.h"

#include <stdatomic.h>

static int data = 1;
static int bss[4096];

int main(void) {
    int stack = 2;
    int *heap = malloc(1 << 20);
    heap[0] = 3;
    heap[200000] = 4;
    pid_t child = MUST(fork());
    if (child == 0) {
        data = 10, stack = 20, heap[0] = 30, bss[4095] = 40;
        _exit(!(data == 10 && stack == 20 && heap[0] == 30 && heap[200000] == 4));
    }
    CHECK_EQ(wait_for(child), 0);
    CHECK(data == 1 && stack == 2 && heap[0] == 3 && bss[4095] == 0);
    /* The parent writes first. */
    int ends[2];
    char c;
    MUST(pipe(ends));
    child = MUST(fork());
    if (child == 0) {
        read(ends[0], &c, 1);
        _exit(!(data == 1 && heap[200000] == 4));
    }
    data = 100, heap[200000] = 400;
    MUST(write(ends[1], "x", 1));
    CHECK_EQ(wait_for(child), 0);

    /* Shared anonymous memory: one counter, many processes. */
    atomic_int *counter = MUST(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    for (int i = 0; i < 8; i++) {
        if (MUST(fork()) == 0) {
            for (int j = 0; j < 1000; j++)
                atomic_fetch_add(counter, 1);
            _exit(0);
        }
    }
    while (wait(NULL) > 0)
        ;
    CHECK_EQ(atomic_load(counter), 8000);

    /* Ten generations, each writing its own page and reading those of its forefathers. */
    enum { GENERATIONS = 10 };
    char *pages = MUST(mmap(NULL, GENERATIONS * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    int generation = 0;
    while (generation < GENERATIONS) {
        pages[generation * 4096] = (char)(generation + 1);
        pid_t next = MUST(fork());
        if (next > 0) {
            int status = wait_for(next);
            int wrong = generation + 1 < GENERATIONS && pages[(generation + 1) * 4096] != 0;
            if (generation > 0)
                _exit(status | wrong);
            CHECK_EQ(status, 0);
            CHECK_EQ(wrong, 0);
            break;
        }
        generation++;
    }
    if (generation == GENERATIONS) {
        for (int i = 0; i < GENERATIONS; i++)
            if (pages[i * 4096] != i + 1)
                _exit(1);
        _exit(0);
    }

    /* Memory that became read-only stays so in the child, and can be made writable in it alone. */
    MUST(mprotect(pages, 4096, PROT_READ));
    CHECK_EQ(IN_CHILD(pages[0] = 9), 1000 + SIGSEGV);
    CHECK_EQ(IN_CHILD({
        MUST(mprotect(pages, 4096, PROT_READ | PROT_WRITE));
        pages[0] = 9;
    }), 0);
    CHECK_EQ(pages[0], 1);
    /* The kernel writes into a page shared after fork: the parent must not see it. */
    MUST(mprotect(pages, 4096, PROT_READ | PROT_WRITE));
    CHECK_EQ(IN_CHILD({
        MUST(write(ends[1], "K", 1));
        MUST(read(ends[0], pages, 1));
        CHECK_EQ(pages[0], 'K');
    }), 0);
    CHECK_EQ(pages[0], 1);
    return done();
}
