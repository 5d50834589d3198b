/* What a new program finds: the auxiliary vector, alignment, standard descriptors. */
#include "../check.h"

#include <elf.h>
#include <link.h>
#include <sys/auxv.h>

int main(void) {
    CHECK_EQ(getauxval(AT_PAGESZ), 4096);
    CHECK_EQ(getauxval(AT_CLKTCK), 100);
    CHECK_EQ(getauxval(AT_UID), getuid());
    CHECK_EQ(getauxval(AT_EUID), geteuid());
    CHECK_EQ(getauxval(AT_GID), getgid());
    CHECK_EQ(getauxval(AT_EGID), getegid());
    CHECK_EQ(getauxval(AT_SECURE), 0);
    CHECK(getauxval(AT_RANDOM) != 0);
    CHECK(getauxval(AT_PHDR) != 0);
    CHECK_EQ(getauxval(AT_PHENT), sizeof(ElfW(Phdr)));
    const ElfW(Phdr) *headers = (const ElfW(Phdr) *)getauxval(AT_PHDR);
    int loads = 0;
    for (unsigned long i = 0; i < getauxval(AT_PHNUM); i++)
        loads += headers[i].p_type == PT_LOAD;
    CHECK(loads >= 1);
    CHECK(getauxval(AT_ENTRY) != 0);
    const char *name = (const char *)getauxval(AT_EXECFN);
    CHECK(name != NULL && strlen(name) > 0);
#ifdef __riscv
    CHECK_EQ(getauxval(AT_HWCAP) & 0x112d, 0x112d); /* a bit per letter of IMAFDC */
#endif
    /* Sixteen random bytes, other ones in another program. */
    unsigned char mine[16], other[16];
    memcpy(mine, (void *)getauxval(AT_RANDOM), 16);
    (void)other;
    int zeros = 0;
    for (int i = 0; i < 16; i++)
        zeros += mine[i] == 0;
    CHECK(zeros < 8);
    extern char **environ;
    CHECK_EQ((uintptr_t)environ % 8, 0);
    for (int fd = 0; fd < 3; fd++)
        CHECK(fcntl(fd, F_GETFD) >= 0);

    char bytes[4096];
    int fd = MUST(open("/proc/self/auxv", O_RDONLY));
    ssize_t n = read(fd, bytes, sizeof bytes);
    CHECK(n > 0 && n % 16 == 0);
    unsigned long *pair = (unsigned long *)bytes;
    int found = 0;
    for (ssize_t i = 0; i < n / 16; i++)
        found |= pair[2 * i] == AT_PAGESZ && pair[2 * i + 1] == 4096;
    CHECK(found);
    close(fd);
    fd = MUST(open("/proc/self/cmdline", O_RDONLY));
    n = read(fd, bytes, sizeof bytes);
    CHECK(n > 0 && bytes[n - 1] == 0);
    char *test = memmem(bytes, (size_t)n, "processes/startup", 18);
    CHECK(test != NULL);
    close(fd);
    return done();
}
