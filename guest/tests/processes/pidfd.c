/* Process descriptors: open, poll, signal, wait. */
#include "../check.h"

#include <poll.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

int main(void) {
    pid_t child = MUST(fork());
    if (child == 0)
        for (;;)
            pause();
    int fd = (int)syscall(SYS_pidfd_open, child, 0);
    CHECK(fd >= 0);
    CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    CHECK_EQ(poll(&p, 1, 0), 0);
    CHECK_EQ(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0), 0);
    CHECK_ERRNO(syscall(SYS_pidfd_send_signal, fd, 999, NULL, 0), EINVAL);
    CHECK_ERRNO(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0x100), EINVAL);
    CHECK_ERRNO(syscall(SYS_pidfd_send_signal, 0, 0, NULL, 0), EBADF);
    CHECK_EQ(syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0), 0);
    CHECK_EQ(poll(&p, 1, 5000), 1);
    CHECK_EQ(p.revents & POLLIN, POLLIN);
    siginfo_t info;
    CHECK_EQ(waitid(P_PIDFD, (id_t)fd, &info, WEXITED), 0);
    CHECK(info.si_pid == child && info.si_status == SIGTERM && info.si_code == CLD_KILLED);
    CHECK_ERRNO(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0), ESRCH);
    close(fd);
    CHECK_ERRNO(syscall(SYS_pidfd_open, child, 0), ESRCH);
    CHECK_ERRNO(syscall(SYS_pidfd_open, -1, 0), EINVAL);
    CHECK_ERRNO(syscall(SYS_pidfd_open, getpid(), 0x100), EINVAL);
    return done();
}
