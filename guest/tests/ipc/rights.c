/* Descriptors and credentials through a socket. */
#include "../check.h"

#include <sys/socket.h>

static ssize_t send_descriptors(int to, const int *fds, int count) {
    char control[CMSG_SPACE(16 * sizeof(int))] = {0};
    struct iovec part = {"d", 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = CMSG_SPACE(count * sizeof(int))};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(count * sizeof(int));
    memcpy(CMSG_DATA(header), fds, count * sizeof(int));
    return sendmsg(to, &message, 0);
}

/* Receives a byte and up to 16 descriptors; the number of them. */
static int receive(int from, int *fds, size_t space, int flags, int *message_flags) {
    char control[CMSG_SPACE(16 * sizeof(int))], byte;
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = space};
    if (recvmsg(from, &message, flags) != 1)
        return -1;
    *message_flags = message.msg_flags;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (!header || header->cmsg_type != SCM_RIGHTS)
        return 0;
    int count = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    memcpy(fds, CMSG_DATA(header), count * sizeof(int));
    return count;
}

int main(void) {
    int s[2], fds[16], sent[3], flags;
    char text[16];
    enter_scratch();
    make_file("file", "0123456789");
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    sent[0] = MUST(open("file", O_RDONLY | O_CLOEXEC));
    lseek(sent[0], 4, SEEK_SET);
    CHECK_EQ(send_descriptors(s[0], sent, 1), 1);
    close(sent[0]); /* it lives on in the message */
    CHECK_EQ(receive(s[1], fds, CMSG_SPACE(4), 0, &flags), 1);
    CHECK(read(fds[0], text, 3) == 3 && !memcmp(text, "456", 3)); /* the same open file */
    CHECK_EQ(fcntl(fds[0], F_GETFD), 0);
    close(fds[0]);

    MUST(pipe(sent));
    sent[2] = MUST(open("/dev/null", O_WRONLY));
    CHECK_EQ(send_descriptors(s[0], sent, 3), 1);
    CHECK_EQ(receive(s[1], fds, CMSG_SPACE(3 * 4), MSG_CMSG_CLOEXEC, &flags), 3);
    CHECK_EQ(fcntl(fds[1], F_GETFD), FD_CLOEXEC);
    CHECK(write(fds[1], "through", 7) == 7 && read(sent[0], text, 16) == 7);
    for (int i = 0; i < 3; i++)
        close(fds[i]);
    /* Too little room: those that fit, and a flag. */
    MUST(send_descriptors(s[0], sent, 3));
    CHECK_EQ(receive(s[1], fds, CMSG_LEN(4), 0, &flags), 1);
    CHECK(flags & MSG_CTRUNC);
    close(fds[0]);
    /* Nobody takes them: they close, and the pipe ends. */
    int ends[2];
    MUST(pipe(ends));
    MUST(send_descriptors(s[0], &ends[1], 1));
    close(ends[1]);
    CHECK_EQ(recv(s[1], text, 1, 0), 1);
    CHECK_EQ(read(ends[0], text, 1), 0);
    /* A socket in a message in itself, given up, is collected. */
    int loop[2];
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, loop));
    MUST(send_descriptors(loop[0], &loop[1], 1));
    close(loop[0]), close(loop[1]);
    int bad = 999;
    CHECK_ERRNO(send_descriptors(s[0], &bad, 1), EBADF);
    /* Across processes. */
    pid_t child = MUST(fork());
    if (child == 0) {
        int count = receive(s[1], fds, CMSG_SPACE(4), 0, &flags);
        _exit(count == 1 && write(fds[0], "child", 5) == 5 ? 0 : 1);
    }
    int out = MUST(open("out", O_RDWR | O_CREAT, 0600));
    MUST(send_descriptors(s[0], &out, 1));
    CHECK_EQ(wait_for(child), 0);
    CHECK(file_is("out", "child"));

    /* Credentials: asked for by the receiver, filled in by the kernel. */
    int on = 1;
    CHECK_EQ(setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on), 0);
    char control[128], byte;
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    MUST(send(s[0], "x", 1, 0));
    CHECK_EQ(recvmsg(s[1], &message, 0), 1);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    CHECK(header && header->cmsg_type == SCM_CREDENTIALS);
    if (header) {
        struct ucred credentials;
        memcpy(&credentials, CMSG_DATA(header), sizeof credentials);
        CHECK(credentials.pid == getpid() && credentials.uid == geteuid() && credentials.gid == getegid());
    }
    leave_scratch();
    return done();
}
