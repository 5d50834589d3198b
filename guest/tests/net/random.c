/* Calls of sockets, pipes and readiness with arguments by chance, many of them wrong: each must come back with some answer. */
#include "../check.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <netinet/in.h>

enum { FDS = 24, BASE = 100, CALLS = 30000 };

static uint64_t state;
static unsigned char block[4096], addresses[256], control[256];

static unsigned any(unsigned bound) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 11) % bound;
}

static int one_of(int count, const int *values) {
    return any(40) ? values[any(count)] : (int)any(70000) - 100;
}
#define ONE_OF(...) one_of(sizeof((int[]){__VA_ARGS__}) / sizeof(int), (int[]){__VA_ARGS__})

static int fd(void) {
    return any(50) ? BASE + (int)any(FDS) : any(5) ? (int)any(300) + 3 : -1;
}

static void *memory(void *good) {
    return any(30) ? good : any(2) ? NULL : (void *)(uintptr_t)(0x1000 + any(100000));
}

/* Keeps a new descriptor in one of the places; they are all that a call is given, and none of them blocks. */
static void keep(int new) {
    if (new < 0)
        return;
    fcntl(new, F_SETFL, O_NONBLOCK);
    dup2(new, BASE + any(FDS));
    if (new < BASE || new >= BASE + FDS)
        close(new);
}

static socklen_t address(void) {
    memset(addresses, 0, sizeof addresses);
    struct sockaddr_in *v4 = (void *)addresses;
    struct sockaddr_in6 *v6 = (void *)addresses;
    struct sockaddr_un *un = (void *)addresses;
    switch (any(6)) {
    case 0:
    case 1:
        v4->sin_family = AF_INET;
        v4->sin_port = htons(any(3) ? 40100 + any(6) : 0);
        v4->sin_addr.s_addr = htonl(any(5) ? INADDR_LOOPBACK : INADDR_ANY);
        return sizeof *v4 - (any(20) == 0);
    case 2:
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(any(3) ? 40100 + any(6) : 0);
        v6->sin6_addr = any(4) ? in6addr_loopback : in6addr_any;
        return sizeof *v6;
    case 3:
    case 4:
        un->sun_family = AF_UNIX;
        snprintf(un->sun_path + 1, 20, "random-%d-%u", getpid(), any(6));
        return offsetof(struct sockaddr_un, sun_path) + strlen(un->sun_path + 1) + 1;
    default:
        addresses[0] = any(20);
        return any(sizeof addresses);
    }
}

static void message(struct msghdr *header, struct iovec *vector) {
    memset(header, 0, sizeof *header);
    vector[0] = (struct iovec){memory(block), any(sizeof block)};
    vector[1] = (struct iovec){block, any(100)};
    header->msg_iov = memory(vector);
    header->msg_iovlen = any(20) ? any(3) : any(2000);
    if (any(2)) {
        header->msg_namelen = address();
        header->msg_name = addresses;
    }
    if (any(2)) {
        struct cmsghdr *cmsg = (void *)control;
        memset(control, 0, sizeof control);
        int files[3] = {fd(), fd(), fd()};
        cmsg->cmsg_level = any(10) ? SOL_SOCKET : (int)any(300);
        cmsg->cmsg_type = any(10) ? SCM_RIGHTS : (int)any(5);
        cmsg->cmsg_len = any(10) ? CMSG_LEN(sizeof(int) * (1 + any(3))) : any(300);
        memcpy(CMSG_DATA(cmsg), files, sizeof files);
        header->msg_control = control;
        header->msg_controllen = any(10) ? CMSG_SPACE(sizeof files) : any(sizeof control);
    }
}

static void call(void) {
    struct msghdr header;
    struct iovec vector[2];
    struct epoll_event event = {any(2) ? EPOLLIN | EPOLLOUT : any(0x7fffffff), {.u64 = 1}}, events[8];
    socklen_t length = any(200);
    int pair[2] = {-1, -1}, number = any(100000);
    int flags = MSG_DONTWAIT | MSG_NOSIGNAL | ONE_OF(0, 0, MSG_PEEK, MSG_TRUNC, MSG_WAITALL, MSG_OOB, MSG_ERRQUEUE);
    flags |= MSG_DONTWAIT | MSG_NOSIGNAL;
    switch (any(24)) {
    case 0:
    case 1:
        keep(socket(ONE_OF(AF_UNIX, AF_INET, AF_INET6), ONE_OF(SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET), 0));
        break;
    case 2:
        if (socketpair(AF_UNIX, ONE_OF(SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET), 0, pair) == 0) {
            keep(pair[0]);
            keep(pair[1]);
        }
        break;
    case 3:
        if (pipe2(memory(pair), O_NONBLOCK) == 0) {
            keep(pair[0]);
            keep(pair[1]);
        }
        break;
    case 4:
        keep(any(2) ? eventfd(any(5), EFD_NONBLOCK) : epoll_create1(0));
        break;
    case 5:
        length = address();
        bind(fd(), memory(addresses), length);
        break;
    case 6:
        listen(fd(), (int)any(10) - 2);
        break;
    case 7:
        length = address();
        connect(fd(), memory(addresses), length);
        break;
    case 8:
        keep(accept4(fd(), memory(addresses), memory(&length), any(10) ? SOCK_NONBLOCK : any(1000000)));
        break;
    case 9:
    case 10:
        length = address();
        sendto(fd(), memory(block), any(sizeof block), flags, any(2) ? (void *)addresses : NULL, length);
        break;
    case 11:
    case 12:
        recvfrom(fd(), memory(block), any(sizeof block), flags, memory(addresses), memory(&length));
        break;
    case 13:
        message(&header, vector);
        sendmsg(fd(), memory(&header), flags);
        break;
    case 14:
        message(&header, vector);
        if (recvmsg(fd(), memory(&header), flags) >= 0 && header.msg_control == control && header.msg_controllen >= CMSG_LEN(4)) {
            struct cmsghdr *cmsg = (void *)control;
            if (cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SCM_RIGHTS)
                for (size_t at = CMSG_LEN(0); at + 4 <= cmsg->cmsg_len; at += 4) {
                    memcpy(&number, control + at, 4);
                    keep(number);
                }
        }
        break;
    case 15:
        setsockopt(fd(), ONE_OF(0, 1, 6, 41), any(70), memory(&number), ONE_OF(4, 8, 16, 1));
        break;
    case 16:
        getsockopt(fd(), ONE_OF(0, 1, 6, 41), any(70), memory(block), memory(&length));
        break;
    case 17:
        shutdown(fd(), any(4));
        break;
    case 18:
        any(2) ? getsockname(fd(), memory(addresses), memory(&length)) : getpeername(fd(), memory(addresses), memory(&length));
        break;
    case 19:
        epoll_ctl(fd(), 1 + any(4), fd(), memory(&event));
        break;
    case 20:
        epoll_wait(fd(), memory(events), (int)any(10) - 1, 0);
        break;
    case 21: {
        struct pollfd polls[4] = {{fd(), POLLIN, 0}, {fd(), POLLOUT, 0}, {fd(), any(65536), 0}, {-1, 0, 0}};
        poll(memory(polls), any(5), 0);
        fd_set set;
        FD_ZERO(&set);
        FD_SET(BASE + any(FDS), &set);
        struct timeval now = {0, 0};
        select(BASE + FDS, any(2) ? &set : NULL, any(2) ? &set : NULL, &set, &now);
        break;
    }
    case 22:
        any(2) ? read(fd(), memory(block), any(sizeof block)) : write(fd(), memory(block), any(sizeof block));
        break;
    default:
        any(2) ? close(BASE + any(FDS)) : ioctl(fd(), ONE_OF(FIONREAD, 0x5411, 0x8912, 0x8913, 0x8905), memory(block));
    }
}

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN);
    state = argc > 1 ? strtoull(argv[1], NULL, 0) : 88172645463325252ull;
    printf("seed %llu\n", (unsigned long long)state);
    for (int i = 0; i < CALLS; i++)
        call();
    for (int i = 0; i < FDS; i++)
        close(BASE + i);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, (int[2]){0}) == 0);
    return done();
}
