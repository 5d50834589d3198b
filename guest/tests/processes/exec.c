/* execve: what is kept and what is reset, arguments, errors. */
#include "../check.h"

#include <sys/resource.h>

#define TEST "processes/exec"

static int role_echo(int argc, char **argv) {
    for (int i = 1; i < argc; i++)
        printf("[%s]", argv[i]);
    extern char **environ;
    for (char **e = environ; *e; e++)
        printf("{%s}", *e);
    fflush(stdout);
    return 0;
}

static void on_usr1(int number) { (void)number; }

/* After the exec: checks that what the parent set up before it arrived. */
static int role_inherit(char **argv) {
    CHECK_ERRNO(fcntl(atoi(argv[2]), F_GETFD), EBADF); /* close-on-exec */
    CHECK_EQ(fcntl(atoi(argv[3]), F_GETFD), 0);
    CHECK_EQ(lseek(atoi(argv[3]), 0, SEEK_CUR), 3);
    struct sigaction action;
    sigaction(SIGUSR1, NULL, &action);
    CHECK(action.sa_handler == SIG_DFL); /* handlers are gone */
    sigaction(SIGUSR2, NULL, &action);
    CHECK(action.sa_handler == SIG_IGN); /* ignoring is kept */
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    CHECK(sigismember(&mask, SIGINT) && !sigismember(&mask, SIGTERM));
    sigpending(&mask);
    CHECK(sigismember(&mask, SIGINT)); /* pending signals are kept */
    CHECK_EQ(umask(0), 031);
    char path[PATH_MAX];
    CHECK(getcwd(path, sizeof path) && !strcmp(path, argv[4]));
    struct rlimit limit;
    CHECK(getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_cur == 0);
    stack_t stack;
    CHECK(sigaltstack(NULL, &stack) == 0 && (stack.ss_flags & SS_DISABLE));
    CHECK_EQ(getpid(), atoi(argv[5]));
    return checks_failed != 0;
}

static void inheritance(void) {
    enter_scratch();
    make_file("file", "0123456789");
    int closed = MUST(open("file", O_RDONLY | O_CLOEXEC)), kept = MUST(open("file", O_RDONLY));
    lseek(kept, 3, SEEK_SET);
    CHECK_EQ(IN_CHILD({
        static char stack_bytes[32768];
        stack_t stack = {.ss_sp = stack_bytes, .ss_size = sizeof stack_bytes};
        struct rlimit limit = {0, 0};
        char a[16], b[16], c[16];
        snprintf(a, sizeof a, "%d", closed);
        snprintf(b, sizeof b, "%d", kept);
        snprintf(c, sizeof c, "%d", getpid());
        signal(SIGUSR1, on_usr1);
        signal(SIGUSR2, SIG_IGN);
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGINT);
        sigprocmask(SIG_SETMASK, &set, NULL);
        raise(SIGINT);
        umask(031);
        sigaltstack(&stack, NULL);
        setrlimit(RLIMIT_CORE, &limit);
        EXEC_SELF(TEST, "inherit", a, b, scratch, c);
    }), 0);
    leave_scratch();
}

/* What a child writes to standard output when it executes this. */
static char *output(const char *path, char **argv, char **envp) {
    static char text[1 << 20];
    int ends[2];
    size_t n = 0;
    ssize_t got;
    MUST(pipe(ends));
    pid_t pid = MUST(fork());
    if (pid == 0) {
        dup2(ends[1], 1);
        close(ends[0]);
        close(ends[1]);
        execve(path, argv, envp);
        dprintf(1, "errno %d", errno);
        _exit(1);
    }
    close(ends[1]);
    while ((got = read(ends[0], text + n, sizeof text - 1 - n)) > 0)
        n += (size_t)got;
    text[n] = 0;
    close(ends[0]);
    wait_for(pid);
    return text;
}

static void arguments(void) {
    char *argv[] = {"x", TEST, "echo", "", "two words", "\xff", NULL}, *envp[] = {"A=1", "odd", "", NULL};
    CHECK(!strcmp(output("/proc/self/exe", argv, envp), "[echo][][two words][\xff]{A=1}{odd}{}"));
    char *none[] = {NULL};
    CHECK(!strcmp(output("/proc/self/exe", argv, none), "[echo][][two words][\xff]"));
    CHECK(!strcmp(output("/proc/self/exe", argv, NULL), "[echo][][two words][\xff]"));
    /* Long, but within the limits: 1000 arguments of 100 bytes. */
    char *many[1004], word[101];
    memset(word, 'w', 100);
    word[100] = 0;
    many[0] = "x", many[1] = TEST, many[2] = "echo";
    for (int i = 3; i < 1003; i++)
        many[i] = word;
    many[1003] = NULL;
    CHECK_EQ(strlen(output("/proc/self/exe", many, none)), 6 + 1000 * 102);
    /* One string may have 128 KiB, with its NUL. */
    static char large[131073];
    memset(large, 'l', sizeof large - 1);
    char *too_large[] = {"x", TEST, "echo", large, NULL};
    CHECK(!strcmp(output("/proc/self/exe", too_large, none), "errno 7"));
    large[131071] = 0;
    CHECK_EQ(strlen(output("/proc/self/exe", too_large, none)), 6 + 131071 + 2);
}

static void errors(void) {
    char *argv[] = {"x", NULL}, *none[] = {NULL};
    enter_scratch();
    CHECK_ERRNO(execve("absent", argv, none), ENOENT);
    CHECK_ERRNO(execve("", argv, none), ENOENT);
    CHECK_ERRNO(execve(".", argv, none), EACCES);
    make_file("plain", "some text\n");
    CHECK_ERRNO(execve("plain", argv, none), EACCES); /* not even root, when nobody may */
    CHECK_ERRNO(execve("plain/x", argv, none), ENOTDIR);
    MUST(chmod("plain", 0755));
    CHECK_ERRNO(execve("plain", argv, none), ENOEXEC);
    make_file("empty", "");
    MUST(chmod("empty", 0755));
    CHECK_ERRNO(execve("empty", argv, none), ENOEXEC);
    MUST(symlink("loop", "loop"));
    CHECK_ERRNO(execve("loop", argv, none), ELOOP);
    CHECK_ERRNO(execve((char *)16, argv, none), EFAULT);
    CHECK_ERRNO(execve("/proc/self/exe", (char **)16, none), EFAULT);
    make_file("wrong", "\177ELF\2\1\1");
    MUST(chmod("wrong", 0755));
    CHECK_ERRNO(execve("wrong", argv, none), ENOEXEC);
    CHECK_ERRNO(execve("/dev/null", argv, none), EACCES);
    /* A file open for writing cannot be run. */
    int fd = MUST(open("plain", O_WRONLY));
    CHECK_ERRNO(execve("plain", argv, none), ETXTBSY);
    close(fd);
    /* By descriptor. */
    fd = MUST(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
    char *echo[] = {"x", TEST, "echo", "by", "fd", NULL};
    CHECK_EQ(IN_CHILD({
        dup2(MUST(open("out", O_WRONLY | O_CREAT, 0600)), 1);
        syscall(SYS_execveat, fd, "", echo, none, AT_EMPTY_PATH);
    }), 0);
    CHECK(file_is("out", "[echo][by][fd]"));
    CHECK_ERRNO(syscall(SYS_execveat, fd, "", echo, none, 0), ENOENT);
    CHECK_ERRNO(syscall(SYS_execveat, AT_FDCWD, "x", echo, none, 0x8), EINVAL);
    MUST(symlink("/proc/self/exe", "link"));
    CHECK_ERRNO(syscall(SYS_execveat, AT_FDCWD, "link", echo, none, AT_SYMLINK_NOFOLLOW), ELOOP);
    leave_scratch();
}

int main(int argc, char **argv) {
    if (argc > 1 && !strcmp(argv[1], "echo"))
        return role_echo(argc, argv);
    if (argc > 1 && !strcmp(argv[1], "inherit"))
        return role_inherit(argv);
    inheritance();
    arguments();
    errors();
    return done();
}
