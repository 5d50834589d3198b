/* Memory of another process: process_vm_readv and process_vm_writev; holes by madvise; locked memory. */
#include "../check.h"
#include <sys/resource.h>
#include <sys/uio.h>

#define PAGE 4096

static void transfer(void) {
    char *p = MUST(mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    strcpy(p + PAGE - 3, "across pages");
    MUST(mprotect(p + 2 * PAGE, PAGE, PROT_READ));
    int ready[2], go[2];
    MUST(pipe(ready));
    MUST(pipe(go));
    pid_t child = MUST(fork());
    char c;
    if (child == 0) {
        strcpy(p, "child's");
        MUST(write(ready[1], "r", 1));
        MUST(read(go[0], &c, 1));
        _exit(strcmp(p + 100, "from parent") != 0);
    }
    MUST(read(ready[0], &c, 1));
    char first[8] = "", second[16] = "";
    struct iovec local[2] = {{first, 8}, {second, 13}}, remote[2] = {{p, 8}, {p + PAGE - 3, 13}};
    CHECK_EQ(process_vm_readv(child, local, 2, remote, 2, 0), 21);
    CHECK(!strcmp(first, "child's") && !strcmp(second, "across pages"));
    struct iovec text = {"from parent", 12}, there = {p + 100, 12};
    CHECK_EQ(process_vm_writev(child, &text, 1, &there, 1, 0), 12);
    CHECK(p[100] == 0); /* the parent's copy is another one */
    struct iovec beyond = {p + 2 * PAGE - 4, 12};
    CHECK_EQ(process_vm_writev(child, &text, 1, &beyond, 1, 0), 4); /* up to the page that it must not write */
    struct iovec read_only = {p + 2 * PAGE, 12}, nowhere = {(void *)16, 12};
    CHECK_ERRNO(process_vm_writev(child, &text, 1, &read_only, 1, 0), EFAULT);
    struct iovec buffer = {second, 12};
    CHECK_ERRNO(process_vm_readv(child, &buffer, 1, &nowhere, 1, 0), EFAULT);
    CHECK_ERRNO(process_vm_readv(child, &buffer, 1, &there, 1, 1), EINVAL);
    CHECK_ERRNO(process_vm_readv(child, &buffer, 1, &there, 1025, 0), EINVAL);
    MUST(write(go[1], "g", 1));
    int status;
    MUST(waitpid(child, &status, 0));
    CHECK_EQ(status, 0);
    CHECK_ERRNO(process_vm_readv(child, &buffer, 1, &there, 1, 0), ESRCH);
    munmap(p, 3 * PAGE);
}

static void holes(void) {
    char *p = MUST(mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    memset(p, 1, 3 * PAGE);
    CHECK_EQ(madvise(p + PAGE, PAGE, MADV_REMOVE), 0);
    CHECK(p[PAGE - 1] == 1 && p[PAGE] == 0 && p[2 * PAGE - 1] == 0 && p[2 * PAGE] == 1);
    CHECK_EQ(IN_CHILD(_exit(p[PAGE] != 0 || p[0] != 1)), 0);
    munmap(p, 3 * PAGE);
    p = MUST(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    CHECK_ERRNO(madvise(p, PAGE, MADV_REMOVE), EINVAL);
    munmap(p, PAGE);
}

static void locking(void) {
    char *p = MUST(mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    unsigned char in[4];
    CHECK_EQ(mlock(p + PAGE, PAGE), 0);
    CHECK_EQ(mincore(p, 4 * PAGE, in), 0);
    CHECK((in[1] & 1) == 1);
    CHECK_ERRNO(madvise(p, 4 * PAGE, MADV_DONTNEED), EINVAL);
    CHECK_EQ(munlock(p, 4 * PAGE), 0);
    CHECK_EQ(madvise(p, 4 * PAGE, MADV_DONTNEED), 0);
    MUST(munmap(p + 3 * PAGE, PAGE));
    CHECK_ERRNO(mlock(p + 2 * PAGE, 2 * PAGE), ENOMEM);
    CHECK_EQ(munlock(p, 3 * PAGE), 0);
    CHECK_ERRNO(mlockall(0), EINVAL);
    CHECK_EQ(munlockall(), 0);
    munmap(p, 4 * PAGE);
}

int main(void) {
    transfer();
    holes();
    locking();
    return done();
}
