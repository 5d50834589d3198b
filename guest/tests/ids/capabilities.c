/* Capabilities: what root has, what is left after setuid, dropping one. */
#include "../check.h"

#include <linux/capability.h>
#include <sys/prctl.h>

static int get(struct __user_cap_data_struct data[2]) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    return (int)syscall(SYS_capget, &header, data);
}

int main(void) {
    struct __user_cap_data_struct data[2];
    struct __user_cap_header_struct header = {0x12345678, 0};
    CHECK_ERRNO(syscall(SYS_capget, &header, data), EINVAL);
    CHECK_EQ(header.version, _LINUX_CAPABILITY_VERSION_3); /* told which one it knows */
    CHECK_EQ(syscall(SYS_capget, &header, NULL), 0);
    header.pid = -1;
    CHECK_ERRNO(syscall(SYS_capget, &header, data), EINVAL);
    CHECK_EQ(get(data), 0);
    if (geteuid() != 0) {
        printf("needs root; ");
        return done();
    }
    CHECK(data[0].effective & 1u << CAP_CHOWN);
    CHECK_EQ(IN_CHILD({
        MUST(setuid(1000));
        CHECK_EQ(get(data), 0);
        CHECK(data[0].effective == 0 && data[0].permitted == 0);
    }), 0);
    CHECK_EQ(IN_CHILD({
        prctl(PR_SET_KEEPCAPS, 1);
        MUST(setuid(1000));
        CHECK_EQ(get(data), 0);
        CHECK(data[0].effective == 0 && (data[0].permitted & 1u << CAP_CHOWN));
    }), 0);
    CHECK_EQ(IN_CHILD({
        header = (struct __user_cap_header_struct){_LINUX_CAPABILITY_VERSION_3, 0};
        CHECK_EQ(get(data), 0);
        data[0].effective &= ~(1u << CAP_KILL | 1u << CAP_SETUID);
        CHECK_EQ(syscall(SYS_capset, &header, data), 0);
        CHECK_ERRNO(setuid(1000), EPERM);
        data[0].permitted &= ~(1u << CAP_SETUID);
        CHECK_EQ(syscall(SYS_capset, &header, data), 0);
        data[0].permitted |= 1u << CAP_SETUID;
        CHECK_ERRNO(syscall(SYS_capset, &header, data), EPERM); /* never back */
    }), 0);
    CHECK_EQ(prctl(PR_CAPBSET_READ, CAP_CHOWN), 1);
    CHECK_ERRNO(prctl(PR_CAPBSET_READ, 999), EINVAL);
    return done();
}
