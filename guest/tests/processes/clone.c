/* clone with the flags that libraries use; vfork; clone3 where there is one. */
#include "../check.h"

#include <linux/sched.h>
#include <sched.h>

static int shared_value;

static int child_function(void *argument) {
    shared_value = *(int *)argument;
    return 5;
}

int main(void) {
    static char stack[65536] __attribute__((aligned(16)));
    int argument = 77, status;
    /* Memory of its own. */
    pid_t pid = clone(child_function, stack + sizeof stack, SIGCHLD, &argument);
    CHECK(pid > 0);
    CHECK_EQ(wait_for(pid), 5);
    CHECK_EQ(shared_value, 0);
    /* Memory of the parent's, as posix_spawn has it: the parent waits. */
    pid = clone(child_function, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, &argument);
    CHECK(pid > 0);
    CHECK_EQ(shared_value, 77);
    CHECK_EQ(wait_for(pid), 5);
    /* The child's number is stored in both. */
    pid_t parent_tid = 0;
    pid = (pid_t)syscall(SYS_clone, CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD, 0, &parent_tid,
#ifdef __x86_64__
                         &shared_value, 0
#else
                         0, &shared_value
#endif
    );
    if (pid == 0)
        _exit(shared_value == (int)syscall(SYS_gettid) ? 0 : 1);
    CHECK(pid > 0 && parent_tid == pid);
    CHECK_EQ(wait_for(pid), 0);
    CHECK_EQ(shared_value, 77);
    /* No signal at its end: only __WALL or __WCLONE finds it. */
    pid = clone(child_function, stack + sizeof stack, 0, &argument);
    CHECK(pid > 0);
    sleep_ms(20);
    CHECK_ERRNO(waitpid(pid, &status, 0), ECHILD);
    CHECK_EQ(waitpid(pid, &status, __WCLONE), pid);
    /* The same table of descriptors, the same working folder. */
    pid = clone(child_function, stack + sizeof stack, CLONE_FILES | CLONE_FS | SIGCHLD, &argument);
    CHECK_EQ(wait_for(pid), 5);
    CHECK_EQ(IN_CHILD({
        pid_t other = (pid_t)syscall(SYS_clone, CLONE_FILES | CLONE_FS | SIGCHLD, 0, 0, 0, 0);
        if (other == 0) {
            dup2(0, 77);
            chdir("/dev");
            umask(055);
            _exit(0);
        }
        wait_for(other);
        char path[64];
        CHECK(fcntl(77, F_GETFD) >= 0);
        CHECK(getcwd(path, sizeof path) && !strcmp(path, "/dev"));
        CHECK_EQ(umask(0), 055);
    }), 0);
    /* Flags that do not go together. */
    CHECK_ERRNO(syscall(SYS_clone, CLONE_THREAD | SIGCHLD, 0, 0, 0, 0), EINVAL);
    CHECK_ERRNO(syscall(SYS_clone, CLONE_SIGHAND | SIGCHLD, 0, 0, 0, 0), EINVAL);
    CHECK_ERRNO(syscall(SYS_clone, CLONE_FS | CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0), EINVAL);

    pid = vfork();
    if (pid == 0)
        _exit(6);
    CHECK_EQ(wait_for(pid), 6);

    struct clone_args args = {.exit_signal = SIGCHLD};
    pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
    if (pid == 0)
        _exit(8);
    if (pid < 0)
        CHECK_EQ(errno, ENOSYS);
    else
        CHECK_EQ(wait_for(pid), 8);
    if (pid > 0) {
        CHECK_ERRNO(syscall(SYS_clone3, &args, 8), EINVAL);
        args.flags = SIGCHLD; /* the signal is no flag here */
        CHECK_ERRNO(syscall(SYS_clone3, &args, sizeof args), EINVAL);
    }
    return done();
}
