/* sleep SECONDS: waits; a decimal fraction is allowed. */
#include <linux/time.h>

#include "rt.h"

int main(int argc, char **argv) {
    struct timespec left = {0};
    char *point = argc == 2 ? strchr(argv[1], '.') : NULL;
    if (point) {
        long unit = 100000000;
        for (char *s = point + 1; *s >= '0' && *s <= '9'; s++, unit /= 10)
            left.tv_nsec += (*s - '0') * unit;
        *point = 0;
    }
    long seconds = 0;
    if (argc != 2 || ((!point || point != argv[1]) && (!parse_number(argv[1], &seconds) || seconds < 0))) {
        complain("usage: sleep SECONDS");
        return 2;
    }
    left.tv_sec = seconds;
    while (SYS2(nanosleep, &left, &left) == -EINTR)
        ;
    return 0;
}
