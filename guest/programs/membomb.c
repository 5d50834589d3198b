/* membomb: takes and touches memory until there is no more, then says how many MiB it got; to test the memory limit. */
#include <linux/mman.h>

#include "rt.h"

int main(int argc, char **argv) {
    (void)argc, (void)argv;
    const size_t mebibyte = 1 << 20;
    for (unsigned long got = 0;; got++) {
        long at = SYS6(mmap, 0, mebibyte, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (at < 0 && at > -4096) {
            print("refused after %lu MiB: %s\n", got, error_text(at));
            return 1;
        }
        for (size_t i = 0; i < mebibyte; i += 4096)
            *(volatile char *)(at + (long)i) = 1;
    }
}
