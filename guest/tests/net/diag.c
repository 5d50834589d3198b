/* Netlink: sockets are listed by NETLINK_SOCK_DIAG. */
#include "../check.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

static int diag;
static char reply[65536];

/* Sends a dump request and calls `each` for every answer; gives how often it said yes. */
static int dump(void *body, size_t length, int (*each)(void *, size_t, unsigned long), unsigned long argument) {
    struct {
        struct nlmsghdr header;
        char body[64];
    } request = {{(uint32_t)(sizeof(struct nlmsghdr) + length), SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | NLM_F_DUMP, 77, 0}, {0}};
    memcpy(request.body, body, length);
    MUST(send(diag, &request, request.header.nlmsg_len, 0));
    for (int found = 0;;) {
        int n = (int)MUST(recv(diag, reply, sizeof reply, 0));
        for (struct nlmsghdr *h = (void *)reply; NLMSG_OK(h, (unsigned)n); h = NLMSG_NEXT(h, n)) {
            CHECK_EQ(h->nlmsg_seq, 77);
            if (h->nlmsg_type == NLMSG_DONE)
                return found;
            if (h->nlmsg_type == NLMSG_ERROR)
                return ((struct nlmsgerr *)NLMSG_DATA(h))->error;
            found += each(NLMSG_DATA(h), NLMSG_PAYLOAD(h, 0), argument);
        }
    }
}

static int is_port(void *data, size_t length, unsigned long port) {
    struct inet_diag_msg *m = data;
    return length >= sizeof *m && m->id.idiag_sport == htons((uint16_t)port) && m->idiag_state == 10 && m->idiag_wqueue == 5 &&
           m->id.idiag_src[0] == htonl(INADDR_LOOPBACK) && m->idiag_inode != 0;
}

static int is_inode(void *data, size_t length, unsigned long inode) {
    struct unix_diag_msg *m = data;
    if (length < sizeof *m || m->udiag_ino != inode)
        return 0;
    CHECK(m->udiag_type == SOCK_STREAM && m->udiag_state == 10);
    struct nlattr *a = (void *)(m + 1);
    CHECK(a->nla_type == UNIX_DIAG_NAME && !memcmp((char *)(a + 1), "\0callgate-diag", 14));
    return 1;
}

int main(void) {
    diag = socket(AF_NETLINK, SOCK_DGRAM, NETLINK_SOCK_DIAG);
    if (diag < 0) {
        CHECK(errno == EPROTONOSUPPORT);
        return done();
    }
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_un un = {AF_UNIX, "\0callgate-diag"};
    socklen_t length = sizeof in;
    int server = MUST(socket(AF_INET, SOCK_STREAM, 0));
    MUST(bind(server, (struct sockaddr *)&in, sizeof in));
    MUST(listen(server, 5));
    MUST(getsockname(server, (struct sockaddr *)&in, &length));
    struct inet_diag_req_v2 inet = {.sdiag_family = AF_INET, .sdiag_protocol = IPPROTO_TCP, .idiag_states = 1 << 10};
    CHECK_EQ(dump(&inet, sizeof inet, is_port, ntohs(in.sin_port)), 1);
    inet.idiag_states = 1 << 1;
    CHECK_EQ(dump(&inet, sizeof inet, is_port, ntohs(in.sin_port)), 0);
    struct stat st;
    int local = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
    MUST(bind(local, (struct sockaddr *)&un, sizeof(sa_family_t) + 14));
    MUST(listen(local, 5));
    MUST(fstat(local, &st));
    struct unix_diag_req unixes = {.sdiag_family = AF_UNIX, .udiag_states = ~0U, .udiag_show = UDIAG_SHOW_NAME};
    CHECK_EQ(dump(&unixes, sizeof unixes, is_inode, st.st_ino), 1);
    inet.sdiag_family = 99;
    CHECK(dump(&inet, sizeof inet, is_port, 0) < 0);
    return done();
}
