/* kill [-SIGNAL] PID...: sends a signal by number, 15 unless told. */
#include "rt.h"

int main(int argc, char **argv) {
    long signal = 15, pid;
    int i = 1, status = 0;
    if (argc > 2 && argv[1][0] == '-') {
        if (!parse_number(argv[1] + 1, &signal)) {
            complain("not a signal number: %s", argv[1] + 1);
            return 2;
        }
        i++;
    }
    for (; i < argc; i++) {
        long error = parse_number(argv[i], &pid) ? SYS2(kill, pid, signal) : -EINVAL;
        if (error)
            status = fail(argv[i], error);
    }
    return status;
}
