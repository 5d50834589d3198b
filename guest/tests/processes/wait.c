/* wait4, waitid: statuses, options, choice of children, what is left when they are gone. */
#include "../check.h"

#include <sys/resource.h>

static pid_t child_exiting(int code) {
    pid_t pid = MUST(fork());
    if (pid == 0)
        _exit(code);
    return pid;
}

static pid_t child_waiting(void) {
    pid_t pid = MUST(fork());
    if (pid == 0)
        for (;;)
            pause();
    return pid;
}

static void statuses(void) {
    int status;
    pid_t pid = child_exiting(42);
    CHECK_EQ(waitpid(pid, &status, 0), pid);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 42);
    pid = child_exiting(0x1ff);
    CHECK_EQ(waitpid(pid, &status, 0), pid);
    CHECK_EQ(WEXITSTATUS(status), 0xff); /* eight bits of it */
    pid = child_waiting();
    CHECK_EQ(waitpid(pid, &status, WNOHANG), 0);
    kill(pid, SIGTERM);
    CHECK_EQ(waitpid(pid, &status, 0), pid);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM && !WCOREDUMP(status));
    CHECK_ERRNO(waitpid(pid, &status, 0), ECHILD);
    CHECK_ERRNO(waitpid(-1, &status, WNOHANG), ECHILD);
    CHECK_ERRNO(waitpid(getpid(), &status, 0), ECHILD);
    CHECK_ERRNO(waitpid(-1, &status, 0x100), EINVAL);
    pid = child_exiting(0);
    CHECK_ERRNO(waitpid(-1, (int *)16, 0), EFAULT); /* reaped all the same */
    CHECK_ERRNO(waitpid(pid, &status, 0), ECHILD);
}

static void stopping(void) {
    int status;
    pid_t pid = child_waiting();
    kill(pid, SIGSTOP);
    CHECK_EQ(waitpid(pid, &status, WUNTRACED), pid);
    CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
    CHECK_EQ(waitpid(pid, &status, WUNTRACED | WNOHANG), 0); /* told once */
    kill(pid, SIGCONT);
    CHECK_EQ(waitpid(pid, &status, WCONTINUED), pid);
    CHECK(WIFCONTINUED(status));
    kill(pid, SIGSTOP);
    CHECK_EQ(waitpid(pid, &status, WUNTRACED), pid);
    kill(pid, SIGTERM);
    sleep_ms(20);
    CHECK_EQ(waitpid(pid, &status, WNOHANG), 0); /* stopped: the signal waits */
    kill(pid, SIGKILL);                          /* but this one does not */
    CHECK_EQ(wait_for(pid), 1000 + SIGKILL);
}

static void choices(void) {
    pid_t a = child_exiting(1), b = child_exiting(2);
    CHECK_EQ(wait_for(b), 2);
    CHECK_EQ(wait_for(a), 1);
    pid_t grouped = child_waiting();
    MUST(setpgid(grouped, grouped));
    pid_t plain = child_exiting(3);
    int status;
    CHECK_EQ(waitpid(0, &status, 0), plain); /* own group */
    CHECK_EQ(waitpid(-grouped, &status, WNOHANG), 0);
    kill(-grouped, SIGKILL);
    CHECK_EQ(waitpid(-grouped, &status, 0), grouped);
    CHECK_ERRNO(waitpid(-grouped, &status, 0), ECHILD);
}

static void info(void) {
    siginfo_t i;
    pid_t pid = child_exiting(7);
    memset(&i, 0x55, sizeof i);
    CHECK_EQ(waitid(P_PID, (id_t)pid, &i, WEXITED | WNOWAIT), 0);
    CHECK(i.si_signo == SIGCHLD && i.si_code == CLD_EXITED && i.si_pid == pid && i.si_status == 7 && i.si_uid == getuid());
    CHECK_EQ(waitid(P_ALL, 0, &i, WEXITED), 0); /* WNOWAIT left it there */
    CHECK_EQ(i.si_pid, pid);
    pid = child_waiting();
    i.si_pid = 99;
    CHECK_EQ(waitid(P_PID, (id_t)pid, &i, WEXITED | WNOHANG), 0);
    CHECK_EQ(i.si_pid, 0); /* nothing yet */
    kill(pid, SIGSTOP);
    CHECK_EQ(waitid(P_PID, (id_t)pid, &i, WSTOPPED), 0);
    CHECK(i.si_code == CLD_STOPPED && i.si_status == SIGSTOP);
    kill(pid, SIGCONT);
    CHECK_EQ(waitid(P_PID, (id_t)pid, &i, WCONTINUED), 0);
    CHECK(i.si_code == CLD_CONTINUED && i.si_status == SIGCONT);
    kill(pid, SIGKILL);
    CHECK_EQ(waitid(P_PGID, (id_t)getpgrp(), &i, WEXITED), 0);
    CHECK(i.si_code == CLD_KILLED && i.si_status == SIGKILL);
    CHECK_ERRNO(waitid(P_PID, 1, &i, 0), EINVAL);
    CHECK_ERRNO(waitid(9, 1, &i, WEXITED), EINVAL);
    CHECK_ERRNO(waitid(P_ALL, 0, &i, WEXITED), ECHILD);
}

static void use_of_resources(void) {
    struct rusage usage;
    pid_t pid = MUST(fork());
    if (pid == 0) {
        clock_t start = clock();
        while (clock() - start < CLOCKS_PER_SEC / 20)
            ;
        _exit(0);
    }
    memset(&usage, 0, sizeof usage);
    CHECK_EQ(wait4(pid, NULL, 0, &usage), pid);
    long ms = usage.ru_utime.tv_sec * 1000 + usage.ru_utime.tv_usec / 1000 + usage.ru_stime.tv_sec * 1000 +
              usage.ru_stime.tv_usec / 1000;
    CHECK(ms >= 30 && ms < 2000);
    CHECK_EQ(getrusage(RUSAGE_CHILDREN, &usage), 0);
    CHECK(usage.ru_utime.tv_sec * 1000000 + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec > 0);
    CHECK_EQ(getrusage(RUSAGE_SELF, &usage), 0);
    CHECK(usage.ru_maxrss > 0);
    CHECK_EQ(getrusage(RUSAGE_THREAD, &usage), 0);
    CHECK_ERRNO(getrusage(77, &usage), EINVAL);
}

int main(void) {
    statuses();
    stopping();
    choices();
    info();
    use_of_resources();
    /* Who ignores SIGCHLD has no zombies; wait waits for all and then fails. */
    CHECK_EQ(IN_CHILD({
        signal(SIGCHLD, SIG_IGN);
        child_exiting(3);
        CHECK_ERRNO(wait(NULL), ECHILD);
    }), 0);
    return done();
}
